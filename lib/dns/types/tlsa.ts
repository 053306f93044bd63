/** TLSA: the certificate of a service (RFC 6698 §2). */
import { certificateType } from "./certificates.ts";

export const tlsa = certificateType("TLSA", {
  title: "Certificate of a service",
  help: "Which certificate a service shows, at a name such as _25._tcp.mail. It counts only in a signed zone.",
  rfc: "RFC 6698 §2",
});
