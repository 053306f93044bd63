/** SSHFP: the fingerprint of a server's SSH key (RFC 4255 §3.1, RFC 6594). */
import { hexField, namedNumberField } from "./fields.ts";
import { recordType } from "./record-type.ts";

const example = "123456789abcdef67890123456789abcdef67890123456789abcdef123456789";

export const sshfp = recordType({
  type: "SSHFP",
  title: "SSH fingerprint",
  help: "The fingerprint of a server's SSH key, so that nobody has to check it by eye. It counts only in a signed zone.",
  rfc: "RFC 4255 §3.1",
  placeholder: `4 2 ${example}`,
  fields: [
    namedNumberField("algorithm", "Algorithm", "4", 1, {
      help: "What kind of key it is.",
      options: { 4: "Ed25519", 3: "ECDSA", 1: "RSA", 6: "Ed448", 2: "DSA, deprecated" },
    }),
    namedNumberField("fingerprintType", "Fingerprint type", "2", 1, {
      help: "How the fingerprint was made.",
      options: { 2: "SHA-256", 1: "SHA-1, deprecated" },
    }),
    hexField("fingerprint", "Fingerprint", example, "As ssh-keygen -r prints it, in hexadecimal."),
  ],
  refuse: ({ fingerprintType = "", fingerprint = "" }): Record<string, string> => {
    const wanted = { 1: 20, 2: 32 }[fingerprintType];
    return wanted === undefined || fingerprint.length === wanted * 2
      ? {}
      : {
          fingerprint: `A fingerprint of type ${fingerprintType} has ${wanted} octets, and this one has ${fingerprint.length / 2}.`,
        };
  },
  check: ({ algorithm = "", fingerprintType = "" }) => [
    ...(algorithm === "2" ? ["DSA keys are deprecated: OpenSSH no longer takes them."] : []),
    ...(["1", "2", "3", "4", "6"].includes(algorithm)
      ? []
      : [`No program is known to read keys of algorithm ${algorithm}.`]),
    ...(fingerprintType === "1" ? ["SHA-1 fingerprints are deprecated: use SHA-256, type 2."] : []),
    ...(["1", "2"].includes(fingerprintType)
      ? []
      : [`No program is known to read fingerprints of type ${fingerprintType}.`]),
  ],
});
