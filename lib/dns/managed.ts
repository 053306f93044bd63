/** Records that something else at the provider put there and keeps, whatever is wanted of their sets. Pure. */
import { type DnsRecord, type RRset, rrsetKey } from "./rrset.ts";

/** What is wanted, with the records of others that it names as they are: nobody else has a say in their extras. */
export function leavingManaged(current: readonly RRset[], wanted: readonly RRset[]): readonly RRset[] {
  const kept = new Map(current.filter((set) => set.records.some(isManaged)).map((set) => [rrsetKey(set), set]));
  return wanted.map((set) => {
    const before = kept.get(rrsetKey(set));
    if (!before) return set;
    const managed = new Map(before.records.filter(isManaged).map((record) => [record.content, record]));
    return withTtl({ ...set, records: set.records.map((record) => managed.get(record.content) ?? record) });
  });
}

/** The same, and with what is kept by others in the sets of the scope, named or not; those sets keep their TTL too. */
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
    return withTtl({ ...set, ttl: managed.ttl, records: [...others, ...managed.records] });
  });
  return [...both, ...[...kept.values()].map(withTtl)];
}

/** Where only others' records are left, theirs is the TTL of the set. */
const withTtl = (set: RRset): RRset =>
  set.records.every(isManaged) ? { ...set, ttl: set.records[0]?.ownTtl ?? set.ttl } : set;

const isManaged = (record: DnsRecord): boolean => record.managed !== undefined;
