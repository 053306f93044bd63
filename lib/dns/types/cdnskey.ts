/** CDNSKEY: the key that the parent shall make its DS from (RFC 7344 §3.2). */
import { keyType } from "./dnssec.ts";

export const cdnskey = keyType("CDNSKEY", {
  title: "DNSSEC key for the parent",
  help: "Asks the registry to take this key for the DS records of this zone.",
  rfc: "RFC 7344 §3.2",
});
