/** DNSKEY: a public key that signs the zone (RFC 4034 §2). */
import { keyType } from "./dnssec.ts";

export const dnskey = keyType("DNSKEY", {
  title: "DNSSEC key",
  help: "A public key that this zone is signed with. Name servers that sign keep it themselves.",
  rfc: "RFC 4034 §2",
});
