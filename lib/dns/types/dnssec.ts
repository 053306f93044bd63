/** What DNSKEY, DS and their copies for the parent, CDNSKEY and CDS, have in common: algorithms and digests. */
import { base64Field, hexField, namedNumberField } from "./fields.ts";
import { type Field, numberField, type Rdata, type RecordType, recordType } from "./record-type.ts";

/** DNSSEC algorithm numbers (IANA), those to sign with (RFC 9904) first to be offered. */
const algorithms: Readonly<Record<number, string>> = {
  13: "ECDSA P-256 with SHA-256",
  15: "Ed25519",
  8: "RSA with SHA-256",
  14: "ECDSA P-384 with SHA-384",
  16: "Ed448",
  10: "RSA with SHA-512",
};

/** Algorithm mnemonics (IANA), which CERT has too. */
export const algorithmMnemonics: Readonly<Record<string, number>> = {
  RSAMD5: 1,
  DH: 2,
  DSA: 3,
  ECC: 4,
  RSASHA1: 5,
  NSEC3DSA: 6,
  "DSA-NSEC3-SHA1": 6,
  NSEC3RSASHA1: 7,
  "RSASHA1-NSEC3-SHA1": 7,
  RSASHA256: 8,
  RSASHA512: 10,
  ECCGOST: 12,
  "ECC-GOST": 12,
  ECDSAP256SHA256: 13,
  ECDSAP384SHA384: 14,
  ED25519: 15,
  ED448: 16,
  INDIRECT: 252,
  PRIVATEDNS: 253,
  PRIVATEOID: 254,
};

/** RFC 8624 §3.1, RFC 9905, RFC 9906. */
const deprecated: Readonly<Record<string, string>> = {
  1: "RSA/MD5",
  3: "DSA",
  5: "RSA/SHA-1",
  6: "DSA",
  7: "RSA/SHA-1",
  12: "GOST",
};

const keyFlags: Readonly<Record<number, string>> = { 257: "key-signing key", 256: "zone-signing key", 385: "revoked" };
const digests: Readonly<Record<number, string>> = { 2: "SHA-256", 4: "SHA-384", 1: "SHA-1, deprecated" };
const digestOctets: Readonly<Record<string, number>> = { 1: 20, 2: 32, 3: 32, 4: 48 };

export const algorithmField: Field = namedNumberField("algorithm", "Algorithm", "13", 1, {
  help: "How the zone is signed.",
  options: algorithms,
  mnemonics: algorithmMnemonics,
});

interface Described {
  title: string;
  help: string;
  rfc: string;
}

/** DNSKEY, or CDNSKEY, which may say that the parent shall have none (RFC 8078 §4). */
export const keyType = (type: "DNSKEY" | "CDNSKEY", described: Described): RecordType =>
  recordType({
    type,
    ...described,
    placeholder: `257 3 13 ${exampleKey}`,
    fields: [
      namedNumberField("flags", "Flags", "257", 2, {
        help: "257 for the key that the parent knows, 256 for one that only this zone knows.",
        options: type === "CDNSKEY" ? { ...keyFlags, 0: "remove the DS" } : keyFlags,
      }),
      numberField("protocol", "Protocol", "3", 1, { help: "Always 3." }),
      algorithmField,
      base64Field("key", "Public key", exampleKey, "As the name server or signer gives it."),
    ],
    check: ({ flags = "", protocol = "", algorithm = "", key = "" }) => {
      if (type === "CDNSKEY" && algorithm === "0")
        return flags === "0" && protocol === "3" && key === "AA=="
          ? []
          : ["To have the parent remove the DS, write 0 3 0 AA== (RFC 8078 §4)."];
      return [
        ...(protocol === "3" ? [] : ["A key with a protocol other than 3 is not used (RFC 4034 §2.1.2)."]),
        ...algorithmAdvice(algorithm),
        ...(Number(flags) & 256
          ? []
          : ["Without the flag 256 this is no zone key, so no signature is checked with it."]),
      ];
    },
  });

/** DS, or CDS, which may say that the parent shall have none (RFC 8078 §4). */
export const digestType = (type: "DS" | "CDS", described: Described): RecordType =>
  recordType({
    type,
    ...described,
    placeholder: `60485 13 2 ${exampleDigest}`,
    fields: [
      numberField("tag", "Key tag", "60485", 2, { help: "The number that the key goes by." }),
      algorithmField,
      namedNumberField("digestType", "Digest type", "2", 1, {
        help: "How the digest of the key was made.",
        options: type === "CDS" ? { ...digests, 0: "remove the DS" } : digests,
        mnemonics: { "SHA-1": 1, SHA1: 1, "SHA-256": 2, SHA256: 2, GOST: 3, "SHA-384": 4, SHA384: 4 },
      }),
      hexField("digest", "Digest", exampleDigest, "In hexadecimal, as the name server gives it."),
    ],
    refuse: (rdata): Record<string, string> => {
      if (type === "CDS" && removes(rdata)) return {};
      const wanted = digestOctets[rdata.digestType ?? ""];
      const there = (rdata.digest ?? "").length / 2;
      return wanted === undefined || wanted === there
        ? {}
        : { digest: `A digest of type ${rdata.digestType} has ${wanted} octets, and this one has ${there}.` };
    },
    check: (rdata) => {
      if (type === "CDS" && removes(rdata)) return [];
      const { algorithm = "", digestType: kind = "" } = rdata;
      if (type === "CDS" && algorithm === "0")
        return ["To have the parent remove the DS, write 0 0 0 00 (RFC 8078 §4)."];
      return [
        ...algorithmAdvice(algorithm),
        ...(kind === "1" ? ["SHA-1 digests are deprecated (RFC 9905): use SHA-256, type 2."] : []),
        ...(kind === "3" ? ["GOST digests are deprecated (RFC 9906): use SHA-256, type 2."] : []),
        ...(kind in digestOctets ? [] : [`No resolver is known to read digests of type ${kind}.`]),
      ];
    },
  });

const removes = ({ tag, algorithm, digestType: kind, digest }: Rdata): boolean =>
  tag === "0" && algorithm === "0" && kind === "0" && digest === "00";

function algorithmAdvice(algorithm: string): string[] {
  const name = deprecated[algorithm];
  if (name) return [`${name} (algorithm ${algorithm}) is deprecated: many resolvers take such a zone as not signed.`];
  return Number(algorithm) in algorithms || ["17", "23", "253", "254"].includes(algorithm)
    ? []
    : [`${algorithm} is no algorithm that resolvers know.`];
}

const exampleKey = "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==";
const exampleDigest = "2bb183af5f22588179a53b0a98631fad1a292118a1b2c3d4e5f60718293a4b5c";
