/** AFSDB: a database server of an AFS cell (RFC 1183 §1). */
import { hostField, numberField, recordType } from "./record-type.ts";

export const afsdb = recordType({
  type: "AFSDB",
  title: "AFS database",
  help: "A database server of the AFS cell with this name.",
  rfc: "RFC 1183 §1",
  placeholder: "1 afs.example.net.",
  fields: [
    numberField("subtype", "Subtype", "1", 2, { help: "1 for AFS version 3, 2 for DCE." }),
    hostField("host", "Server", "afs.example.net."),
  ],
});
