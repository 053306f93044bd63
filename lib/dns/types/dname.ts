/** DNAME: all names below this one are those below another (RFC 6672 §2). */
import { recordType, targetField } from "./record-type.ts";

export const dname = recordType({
  type: "DNAME",
  title: "Alias of a whole tree",
  help: "Makes every name below this one an alias of the same name below another; this name itself stays as it is.",
  rfc: "RFC 6672 §2",
  placeholder: "example.net.",
  fields: [targetField("target", "Target", "example.net.", "The name that has the names below it.")],
});
