/** What TLSA and SMIMEA have in common: which certificate is meant (RFC 6698 §2.1, RFC 8162 §2). */
import { hexField, namedNumberField } from "./fields.ts";
import { type RecordType, recordType } from "./record-type.ts";

export const certificateType = (
  type: "TLSA" | "SMIMEA",
  described: { title: string; help: string; rfc: string },
): RecordType =>
  recordType({
    type,
    ...described,
    placeholder: `3 1 1 ${example}`,
    fields: [
      namedNumberField("usage", "Usage", "3", 1, {
        help: "Whether it is the certificate itself or that of its authority.",
        options: {
          3: "this certificate",
          2: "this authority",
          1: "this certificate, if publicly trusted",
          0: "this authority, if publicly trusted",
        },
        mnemonics: { "PKIX-TA": 0, "PKIX-EE": 1, "DANE-TA": 2, "DANE-EE": 3, PRIVCERT: 255 },
      }),
      namedNumberField("selector", "Selector", "1", 1, {
        help: "What of the certificate is compared.",
        options: { 1: "its public key", 0: "all of it" },
        mnemonics: { CERT: 0, SPKI: 1, PRIVSEL: 255 },
      }),
      namedNumberField("matching", "Matching", "1", 1, {
        help: "How it is written.",
        options: { 1: "its SHA-256", 2: "its SHA-512", 0: "in full" },
        mnemonics: { FULL: 0, "SHA2-256": 1, "SHA2-512": 2, PRIVMATCH: 255 },
      }),
      hexField("data", "Data", example, "In hexadecimal."),
    ],
    check: ({ usage = "", selector = "", matching = "", data = "" }) => {
      const wanted = { 1: 32, 2: 64 }[matching];
      return [
        ...(Number(usage) > 3 && usage !== "255" ? [`No program is known to read the usage ${usage}.`] : []),
        ...(Number(selector) > 1 && selector !== "255"
          ? [`No program is known to read the selector ${selector}.`]
          : []),
        ...(Number(matching) > 2 && matching !== "255"
          ? [`No program is known to read the matching ${matching}.`]
          : []),
        ...(wanted === undefined || data.length === wanted * 2
          ? []
          : [`With the matching ${matching} the data are ${wanted} octets; here they are ${data.length / 2}.`]),
      ];
    },
  });

const example = "0c72ac70b745ac19998811b131d662c9ac69dbdbe7cb23e5b514b56664c5d3d6";
