/** CAA: who may issue certificates (RFC 8659 §4). */
import type { Parsed } from "../name.ts";
import { numberField, recordType } from "./record-type.ts";
import { quoteOctets, readStrings, textOf, textToOctets } from "./txt.ts";

const knownTags = ["issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"];

export const caa = recordType({
  type: "CAA",
  title: "Certificate authorities",
  rfc: "RFC 8659 §4",
  placeholder: '0 issue "letsencrypt.org"',
  fields: [
    numberField("flags", "Flags", "0", 255),
    { name: "tag", label: "Tag", kind: "select", placeholder: "issue", options: knownTags, read: readTag },
    {
      name: "value",
      label: "Value",
      kind: "text",
      placeholder: "letsencrypt.org",
      rest: true,
      read: readValue,
      toText: (token) => {
        const read = readStrings(token);
        const text = read.ok && read.value[0] ? textOf(read.value) : null;
        // What is no text, or would be read as quoted, is shown as it stands.
        return text === null || text.includes('"') || text !== text.trim() ? token : text;
      },
      fromText: (text) => (text.includes('"') ? text : quoteOctets(textToOctets(text))),
    },
  ],
  check: ({ tag = "", value = "" }) => {
    if (!knownTags.includes(tag)) return [`No certificate authority is known to read the CAA tag ${tag}.`];
    if (tag === "iodef" && !/^"(?:mailto:|https?:\/\/)/.test(value))
      return ["The value of iodef is a mailto: or http(s): URL."];
    return [];
  },
});

function readTag(token: string): Parsed<string> {
  const tag = token.toLowerCase();
  return /^[a-z0-9]{1,255}$/.test(tag)
    ? { ok: true, value: tag }
    : { ok: false, reason: "Tag has only letters and digits." };
}

/** One quoted string of any length; without a quote anywhere it is the value itself. */
function readValue(token: string): Parsed<string> {
  const read = readStrings(token);
  if (!read.ok) return read;
  const [octets, ...others] = read.value;
  if (!octets || others.length > 0) return { ok: false, reason: "Value is one quoted string." };
  if (octets.length > maxValueOctets) return { ok: false, reason: `Value has at most ${maxValueOctets} octets.` };
  return { ok: true, value: quoteOctets(octets) };
}

/** What flags, the tag's length and the longest tag leave of 65,535 octets of rdata. */
const maxValueOctets = 65_535 - 2 - 255;
