/** SMIMEA: the certificate of a mail user (RFC 8162 §2). */
import { certificateType } from "./certificates.ts";

export const smimea = certificateType("SMIMEA", {
  title: "Certificate of a mail user",
  help: "Which certificate somebody signs mail with, at a name made from the address. It counts only in a signed zone.",
  rfc: "RFC 8162 §2",
});
