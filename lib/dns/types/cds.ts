/** CDS: the DS that the parent shall have (RFC 7344 §3.1). */
import { digestType } from "./dnssec.ts";

export const cds = digestType("CDS", {
  title: "Delegation signer for the parent",
  help: "Asks the registry to publish this DS record for this zone.",
  rfc: "RFC 7344 §3.1",
});
