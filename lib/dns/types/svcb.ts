/** SVCB: where a service is and what it speaks (RFC 9460 §2). */
import { serviceType } from "./service.ts";

export const svcb = serviceType("SVCB", {
  title: "Service binding",
  help: "Where a service is and what it speaks, at a name such as _dns.resolver.",
  rfc: "RFC 9460 §2",
});
