/** URI: where a service is, as a URI (RFC 7553 §4). */
import { stringField } from "./fields.ts";
import { numberField, recordType } from "./record-type.ts";

export const uri = recordType({
  type: "URI",
  title: "URI of a service",
  help: "Where a service is, as a complete URI, at a name such as _http._tcp.",
  rfc: "RFC 7553 §4",
  placeholder: '10 1 "https://www.example.net/path"',
  fields: [
    numberField("priority", "Priority", "10", 2, { help: "The lowest is tried first." }),
    numberField("weight", "Weight", "1", 2, { help: "The share among those of the same priority." }),
    stringField("target", "URI", "https://www.example.net/path", {
      maxOctets: 65_535 - 4,
      help: "The whole URI.",
      inQuotes: true,
      refuse: (text) => (text === "" ? "URI is missing." : null),
    }),
  ],
  check: ({ target = "" }) =>
    /^"[a-z][a-z0-9+.-]*:/i.test(target) ? [] : ["A URI begins with its scheme, such as https:."],
});
