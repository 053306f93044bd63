/** PTR: the name of an address (RFC 1035 §3.3.12), or a service instance (RFC 6763 §4.1), which is no host name. */
import { recordType, targetField } from "./record-type.ts";

export const ptr = recordType({
  type: "PTR",
  title: "Name of an address",
  help: "The name that belongs to an address, in a reverse zone.",
  rfc: "RFC 1035 §3.3.12",
  placeholder: "host.example.net.",
  fields: [targetField("target", "Name", "host.example.net.", "The full name of the host.")],
});
