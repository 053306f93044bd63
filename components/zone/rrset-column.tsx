/** One state of an RRset, to stand beside others in a list of columns. */
import type { RRset } from "#lib/dns/rrset.ts";
import { ttlText } from "./draft.ts";
import { plainContent } from "./record-content.tsx";

export const columnOf = (title: string, set: RRset | null, type: string) => (
  <div className="min-w-0 rounded-md border border-line bg-panel p-2">
    <dt className="text-xs font-medium text-dim">{title}</dt>
    <dd className="font-mono wrap-anywhere">
      {set === null ? (
        <span className="font-sans text-dim">Not there</span>
      ) : (
        <>
          <span className="text-dim">TTL {ttlText(set.ttl)}</span>
          {set.records.map((record) => (
            <div key={record.content}>{plainContent(type, record.content)}</div>
          ))}
        </>
      )}
    </dd>
  </div>
);
