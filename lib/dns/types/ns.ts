/** NS: a name server of this zone, or of the one delegated here (RFC 1035 §3.3.11). */
import { hostField, recordType } from "./record-type.ts";

export const ns = recordType({
  type: "NS",
  title: "Name server",
  help: "A name server that answers for this name and all below it.",
  rfc: "RFC 1035 §3.3.11",
  placeholder: "ns1.example.net.",
  fields: [hostField("host", "Name server", "ns1.example.net.", { help: "Its name, not its address." })],
});
