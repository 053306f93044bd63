/** ALIAS: the addresses of another name, looked up by the name server; it may stand at the apex. No standard has it. */
import { recordType, targetField } from "./record-type.ts";

export const alias = recordType({
  type: "ALIAS",
  title: "Addresses of another name",
  help: "Answers with the addresses of another name. Unlike a CNAME it may stand at the apex and beside other records.",
  rfc: "PowerDNS and Cloudflare, no RFC",
  placeholder: "www.example.net.",
  fields: [targetField("target", "Target", "www.example.net.", "The name that has the addresses.")],
});
