/** RRsets as zone-file lines for the clipboard: names relative, so that they can be pasted into any zone. */
import type { RRset } from "#lib/dns/rrset.ts";
import { zoneFileText } from "#lib/dns/zonefile/serialize.ts";

export function copiedText(apex: string, rrsets: Iterable<RRset>): string {
  const [first = "", ...lines] = [...zoneFileText(apex, rrsets)].join("").split("\n");
  const origin = first.replace(/^\$ORIGIN /, "");
  return lines
    .map((line) => {
      const comment = /^(?:; not served: )?/.exec(line)?.[0] ?? "";
      const [owner = "", ...rest] = line.slice(comment.length).split("\t");
      const name = owner === origin ? "@" : owner.endsWith(`.${origin}`) ? owner.slice(0, -origin.length - 1) : owner;
      return `${comment}${[name, ...rest].join("\t")}`;
    })
    .join("\n");
}
