/** Records that something else at the provider put there and keeps, where a whole zone or file is wanted otherwise. Pure. */
import { type DnsRecord, type RRset, rrsetKey } from "./rrset.ts";

/** What is wanted, and with it what is kept by others in the sets of the scope; those sets keep their TTL too. */
export function withManaged(
  current: readonly RRset[],
  wanted: readonly RRset[],
  scope: ReadonlySet<string>,
): readonly RRset[] {
  const kept = new Map(
    current
      .filter((set) => scope.has(rrsetKey(set)) && set.records.some(isManaged))
      .map((set) => [rrsetKey(set), { ...set, records: set.records.filter(isManaged) }]),
  );
  if (kept.size === 0) return wanted;
  const both = wanted.map((set) => {
    const managed = kept.get(rrsetKey(set));
    if (!managed) return set;
    kept.delete(rrsetKey(set));
    const others = set.records.filter(({ content }) => !managed.records.some((record) => record.content === content));
    return { ...set, ttl: managed.ttl, records: [...others, ...managed.records] };
  });
  return [...both, ...kept.values()];
}

const isManaged = (record: DnsRecord): boolean => record.managed !== undefined;
