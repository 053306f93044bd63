/** RP: who is responsible for a name (RFC 1183 §2.2). */
import { recordType, targetField } from "./record-type.ts";

export const rp = recordType({
  type: "RP",
  title: "Responsible person",
  help: "Who is responsible for this name.",
  rfc: "RFC 1183 §2.2",
  placeholder: "admin.example.net. contact.example.net.",
  fields: [
    targetField("mailbox", "Mail address", "admin.example.net.", "The @ is a dot here; a single dot for none."),
    targetField("text", "Text", "contact.example.net.", "A name with a TXT that says more; a single dot for none."),
  ],
});
