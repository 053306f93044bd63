/** CAA: who may issue certificates (RFC 8659 §4). */
import type { Parsed } from "../name.ts";
import { plainText, quotedText } from "./fields.ts";
import { type Context, numberField, recordType } from "./record-type.ts";
import { quoteOctets, readFileStrings, readStrings, tokensOf } from "./strings.ts";

const knownTags = ["issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone"];

export const caa = recordType({
  type: "CAA",
  title: "Certificate authorities",
  help: "Which certificate authorities may issue certificates for this name and all below it.",
  rfc: "RFC 8659 §4",
  placeholder: '0 issue "letsencrypt.org"',
  fields: [
    numberField("flags", "Flags", "0", 1, { help: "128 if an authority that does not know the tag must not issue." }),
    {
      name: "tag",
      label: "Tag",
      kind: "select",
      placeholder: "issue",
      help: "issue allows certificates, issuewild those for wildcards, iodef says where to report.",
      options: knownTags.map((tag) => ({ value: tag, label: tag })),
      read: readTag,
      decode: (wire) => String.fromCharCode(...wire.string()),
    },
    {
      name: "value",
      label: "Value",
      kind: "text",
      placeholder: "letsencrypt.org",
      help: "The domain of the authority; a single semicolon allows none.",
      rest: true,
      read: readValue,
      decode: (wire) => quoteOctets(wire.rest()),
      toText: plainText,
      fromText: quotedText,
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
function readValue(token: string, { file }: Context): Parsed<string> {
  const read = file ? readFileStrings(tokensOf(token)) : readStrings(token);
  if (!read.ok) return read;
  const [octets, ...others] = read.value;
  if (!octets || others.length > 0) return { ok: false, reason: "Value is one quoted string." };
  if (octets.length > maxValueOctets) return { ok: false, reason: `Value has at most ${maxValueOctets} octets.` };
  return { ok: true, value: quoteOctets(octets) };
}

/** What flags, the tag's length and the longest tag leave of 65,535 octets of rdata. */
const maxValueOctets = 65_535 - 2 - 255;
