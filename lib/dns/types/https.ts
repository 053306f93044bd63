/** HTTPS: where a website is and what it speaks (RFC 9460 §9). */
import { serviceType } from "./service.ts";

export const https = serviceType("HTTPS", {
  title: "Website",
  help: "Where a website is and which protocols it speaks, so that browsers need not find out. May stand at the apex.",
  rfc: "RFC 9460 §9",
});
