/** SRV: where a service is (RFC 2782); the target `.` says that it is nowhere. */
import { hostField, numberField, recordType } from "./record-type.ts";

export const srv = recordType({
  type: "SRV",
  title: "Service",
  rfc: "RFC 2782",
  placeholder: "10 5 5060 sip.example.net.",
  fields: [
    numberField("priority", "Priority", "10", 65535),
    numberField("weight", "Weight", "5", 65535),
    numberField("port", "Port", "5060", 65535),
    hostField("target", "Target", "sip.example.net.", { root: true }),
  ],
});
