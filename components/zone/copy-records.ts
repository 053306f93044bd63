/** RRsets as zone-file lines for the clipboard: names relative, so that they can be pasted into any zone. */
import type { DnsRecord, RRset } from "#lib/dns/rrset.ts";
import { MARK, NOT_SERVED } from "#lib/dns/zonefile/extras.ts";
import { zoneFileText } from "#lib/dns/zonefile/serialize.ts";

export function copiedText(apex: string, rrsets: Iterable<RRset>): string {
  const sets = [...rrsets];
  const [first = "", ...lines] = [...zoneFileText(apex, sets)].join("").split("\n");
  const origin = first.replace(/^\$ORIGIN /, "");
  const copied = lines
    .map((line) => {
      const comment = line.startsWith(NOT_SERVED) ? NOT_SERVED : "";
      const [owner = "", ...rest] = line.slice(comment.length).split("\t");
      const name = owner === origin ? "@" : owner.endsWith(`.${origin}`) ? owner.slice(0, -origin.length - 1) : owner;
      return `${comment}${[name, ...rest].join("\t")}`;
    })
    .join("\n");
  const plain = sets.every(({ ttl, records }) => ttl !== "auto" && records.every(isPlain));
  return plain ? copied : `${MARK}\n${copied}`;
}

const isPlain = ({ disabled, comment, proxied, tags }: DnsRecord): boolean =>
  !disabled && !comment && !proxied && !tags?.length;
