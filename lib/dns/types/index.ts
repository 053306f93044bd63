/** The record types that the panel knows by their fields, and the canonical form of any content. */
import type { Parsed } from "../name.ts";
import { canonicalType } from "../type-numbers.ts";
import { a } from "./a.ts";
import { aaaa } from "./aaaa.ts";
import { caa } from "./caa.ts";
import { cname } from "./cname.ts";
import { mx } from "./mx.ts";
import { ns } from "./ns.ts";
import { ptr } from "./ptr.ts";
import type { RecordType } from "./record-type.ts";
import { soa } from "./soa.ts";
import { srv } from "./srv.ts";
import { txt } from "./txt.ts";

/** By type, in the order that a menu offers them. */
export const recordTypes: ReadonlyMap<string, RecordType> = new Map(
  [a, aaaa, cname, mx, txt, srv, caa, ns, ptr, soa].map((type) => [type.type, type]),
);

/**
 * The one way to write a content: targets absolute and lower case, addresses and numbers without variants, strings
 * quoted. `apex` is what relative targets are relative to. Of a type that is not known by its fields, `\#` octets
 * (RFC 3597 §5) are normalised and anything else is only trimmed. Doing it twice changes nothing.
 */
export function canonicalContent(type: string, content: string, apex: string): Parsed<string> {
  const name = canonicalType(type);
  const known = recordTypes.get(name);
  if (known) {
    const rdata = known.parse(content, { apex });
    return rdata.ok ? { ok: true, value: known.format(rdata.value) } : rdata;
  }
  const text = content.trim();
  if (text === "") return { ok: false, reason: "The content is empty." };
  if (/^\\#(?:\s|$)/.test(text)) return genericContent(text);
  if (/^TYPE\d+$/.test(name))
    return { ok: false, reason: `${name} is written as \\#, the number of octets, and the octets.` };
  // A line break would end the record in a zone file.
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text))
    return { ok: false, reason: "The content has a line break or control character." };
  return { ok: true, value: text };
}

function genericContent(text: string): Parsed<string> {
  const [, length = "", ...parts] = text.split(/\s+/);
  const octets = parts.join("").toLowerCase();
  if (!/^\d{1,5}$/.test(length) || Number(length) > 65_535 || !/^(?:[0-9a-f]{2})*$/.test(octets)) {
    return { ok: false, reason: "After \\# comes the number of octets, and then the octets in hexadecimal." };
  }
  if (octets.length !== Number(length) * 2) {
    return { ok: false, reason: `\\# says ${Number(length)} octets, but there are ${octets.length / 2}.` };
  }
  return { ok: true, value: octets === "" ? "\\# 0" : `\\# ${Number(length)} ${octets}` };
}
