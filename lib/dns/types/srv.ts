/** SRV: where a service is (RFC 2782); the target `.` says that it is nowhere. */
import { hostField, numberField, recordType } from "./record-type.ts";

export const srv = recordType({
  type: "SRV",
  title: "Service",
  help: "Where a service runs, for programs that look for it by name, such as _sip._tcp.",
  rfc: "RFC 2782",
  placeholder: "10 5 5060 sip.example.net.",
  fields: [
    numberField("priority", "Priority", "10", 2, { help: "The lowest is tried first." }),
    numberField("weight", "Weight", "5", 2, { help: "The share among servers of the same priority." }),
    numberField("port", "Port", "5060", 2),
    hostField("target", "Target", "sip.example.net.", {
      root: true,
      help: "The host that offers the service. A single dot says that nobody does.",
    }),
  ],
});
