/** DS: which key a zone below is signed with (RFC 4034 §5). It stands in the parent zone, beside the NS. */
import { digestType } from "./dnssec.ts";

export const ds = digestType("DS", {
  title: "Delegation signer",
  help: "Says which key the delegated zone is signed with. It stands beside the NS records of that zone.",
  rfc: "RFC 4034 §5",
});
