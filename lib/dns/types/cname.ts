/** CNAME: another name for this one (RFC 1035 §3.3.1). The target may have underscores, as validation names do. */
import { recordType, targetField } from "./record-type.ts";

export const cname = recordType({
  type: "CNAME",
  title: "Alias of another name",
  help: "Makes this name an alias: whoever asks for it gets what another name has.",
  rfc: "RFC 1035 §3.3.1",
  placeholder: "www.example.net.",
  fields: [targetField("target", "Target", "www.example.net.", "The name that has the records.")],
});
