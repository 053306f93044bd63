/** MX: the host that takes mail (RFC 1035 §3.3.9, RFC 5321 §5.1); `0 .` says that none does (RFC 7505). */
import { hostField, numberField, recordType } from "./record-type.ts";

export const mx = recordType({
  type: "MX",
  title: "Mail server",
  help: "The server that takes mail for addresses at this name.",
  rfc: "RFC 1035 §3.3.9",
  placeholder: "10 mail.example.net.",
  fields: [
    numberField("preference", "Preference", "10", 2, { help: "The server with the lowest number is tried first." }),
    hostField("exchange", "Mail server", "mail.example.net.", {
      root: true,
      help: "A name with addresses of its own, not an alias. A single dot says that there is no mail here.",
    }),
  ],
  check: ({ preference, exchange }) =>
    exchange === "." && preference !== "0" ? ["An MX that says “no mail” has the preference 0 (RFC 7505 §3)."] : [],
});
