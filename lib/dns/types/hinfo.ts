/** HINFO: what a host is (RFC 1035 §3.3.2), or that somebody need not ask for everything (RFC 8482). */
import { stringField } from "./fields.ts";
import { recordType } from "./record-type.ts";

export const hinfo = recordType({
  type: "HINFO",
  title: "Host information",
  help: "What a host is. Hardly anybody reads it, except those who look for a way in.",
  rfc: "RFC 1035 §3.3.2",
  placeholder: '"PC-Intel-700mhz" "Redhat Linux 7.1"',
  fields: [
    stringField("cpu", "Processor", "PC-Intel-700mhz", {}),
    stringField("system", "Operating system", "Redhat Linux 7.1", {}),
  ],
});
