/** CERT: a certificate or where it is (RFC 4398 §2). */
import { algorithmMnemonics } from "./dnssec.ts";
import { base64Field, namedNumberField } from "./fields.ts";
import { numberField, recordType } from "./record-type.ts";

export const cert = recordType({
  type: "CERT",
  title: "Certificate",
  help: "A certificate or revocation list, or where to find one.",
  rfc: "RFC 4398 §2",
  placeholder: "3 0 0 mQENBFl8u5IBCAC7",
  fields: [
    namedNumberField("kind", "Certificate type", "3", 2, {
      help: "What the certificate is.",
      options: {
        1: "X.509",
        3: "OpenPGP",
        4: "where an X.509 certificate is",
        6: "where an OpenPGP key is",
        253: "named by a URI",
        254: "named by an OID",
      },
      mnemonics: { PKIX: 1, SPKI: 2, PGP: 3, IPKIX: 4, ISPKI: 5, IPGP: 6, ACPKIX: 7, IACPKIX: 8, URI: 253, OID: 254 },
    }),
    numberField("tag", "Key tag", "0", 2, { help: "The number that its key goes by, or 0." }),
    namedNumberField("algorithm", "Algorithm", "0", 1, {
      help: "As DNSSEC numbers them, or 0.",
      options: { 0: "none named", 13: "ECDSA P-256 with SHA-256", 15: "Ed25519", 8: "RSA with SHA-256" },
      mnemonics: algorithmMnemonics,
    }),
    base64Field("certificate", "Certificate", "mQENBFl8u5IBCAC7", "In base 64."),
  ],
});
