/** The record types that the panel knows by their fields, and the canonical form of any content. */
import type { Parsed } from "../name.ts";
import { canonicalType } from "../type-numbers.ts";
import { a } from "./a.ts";
import { aaaa } from "./aaaa.ts";
import { afsdb } from "./afsdb.ts";
import { alias } from "./alias.ts";
import { caa } from "./caa.ts";
import { cdnskey } from "./cdnskey.ts";
import { cds } from "./cds.ts";
import { cert } from "./cert.ts";
import { cname } from "./cname.ts";
import { dname } from "./dname.ts";
import { dnskey } from "./dnskey.ts";
import { ds } from "./ds.ts";
import { canonicalGeneric, isGeneric } from "./generic.ts";
import { hinfo } from "./hinfo.ts";
import { https } from "./https.ts";
import { loc } from "./loc.ts";
import { mx } from "./mx.ts";
import { naptr } from "./naptr.ts";
import { ns } from "./ns.ts";
import { openpgpkey } from "./openpgpkey.ts";
import { ptr } from "./ptr.ts";
import type { RecordType } from "./record-type.ts";
import { rp } from "./rp.ts";
import { smimea } from "./smimea.ts";
import { soa } from "./soa.ts";
import { spf } from "./spf.ts";
import { srv } from "./srv.ts";
import { sshfp } from "./sshfp.ts";
import { svcb } from "./svcb.ts";
import { tlsa } from "./tlsa.ts";
import { txt } from "./txt.ts";
import { uri } from "./uri.ts";
import { octetsOfHex } from "./wire.ts";

/** By type, in the order that a menu offers them. */
export const recordTypes: ReadonlyMap<string, RecordType> = new Map(
  [
    a,
    aaaa,
    cname,
    mx,
    txt,
    srv,
    caa,
    ns,
    ptr,
    alias,
    https,
    svcb,
    tlsa,
    sshfp,
    ds,
    uri,
    naptr,
    dname,
    loc,
    cert,
    smimea,
    openpgpkey,
    dnskey,
    cds,
    cdnskey,
    hinfo,
    rp,
    afsdb,
    spf,
    soa,
  ].map((type) => [type.type, type]),
);

/** Types that are not known by their fields, although there are names among them, which a file may have relative. */
const withNames: ReadonlySet<string> = new Set(
  "MD MF MB MG MR MINFO RT PX KX NSAP-PTR TALINK LP HIP IPSECKEY AMTRELAY".split(" "),
);

/**
 * The one way to write a content: targets absolute and lower case, addresses and numbers without variants, strings
 * quoted. `apex` is what relative targets are relative to; with `file` everything is as a zone file has it (Context).
 * `\#` octets (RFC 3597 §5) of a type that is known by its fields are written by them. Of any other type they are
 * normalised, and anything else is only trimmed. Doing it twice changes nothing.
 */
export function canonicalContent(
  type: string,
  content: string,
  apex: string,
  options: { file?: boolean } = {},
): Parsed<string> {
  const name = canonicalType(type);
  const known = recordTypes.get(name);
  const text = content.trim();
  if (isGeneric(text)) {
    const generic = canonicalGeneric(text);
    if (!generic.ok || !known) return generic;
    const rdata = known.decode(octetsOfHex(generic.value.split(" ")[2] ?? ""));
    return rdata.ok ? { ok: true, value: known.format(rdata.value) } : rdata;
  }
  if (known) {
    const rdata = known.parse(text, { apex, ...options });
    return rdata.ok ? { ok: true, value: known.format(rdata.value) } : rdata;
  }
  if (text === "") return { ok: false, reason: "The content is empty." };
  if (options.file && withNames.has(name))
    return { ok: false, reason: `Names in ${name} records are not read from a file; write the octets after \\#.` };
  if (/^TYPE\d+$/.test(name))
    return { ok: false, reason: `${name} is written as \\#, the number of octets, and the octets.` };
  // A line break would end the record in a zone file.
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text))
    return { ok: false, reason: "The content has a line break or control character." };
  return { ok: true, value: text };
}
