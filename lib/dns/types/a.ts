/** A: an IPv4 address (RFC 1035 §3.4.1). */
import type { Parsed } from "../name.ts";
import { recordType } from "./record-type.ts";

export const a = recordType({
  type: "A",
  title: "IPv4 address",
  help: "The address of a server in the older form of the internet, such as that of a web server.",
  rfc: "RFC 1035 §3.4.1",
  placeholder: "192.0.2.1",
  fields: [
    {
      name: "address",
      label: "IPv4 address",
      kind: "text",
      placeholder: "192.0.2.1",
      help: "Four numbers with dots between them.",
      read: readIpv4,
      decode: (wire) => wire.octets(4).join("."),
    },
  ],
});

/** Four decimal numbers. Leading zeros are refused: some read them as octal. */
export function readIpv4(text: string): Parsed<string> {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) {
    return { ok: false, reason: "An IPv4 address is four numbers from 0 to 255 with dots between them." };
  }
  if (parts.some((part) => part.length > 1 && part.startsWith("0"))) {
    return { ok: false, reason: "Write the IPv4 address without leading zeros." };
  }
  return { ok: true, value: text };
}
