/** The pure diff of record sets: what has to be done to get from what is there to what shall be. */
import { reversedName } from "./name.ts";
import { type Change, type DnsRecord, type Plan, type RRset, rrsetKey } from "./rrset.ts";
import { soaSerial, soaWithoutSerial, soaWithSerial } from "./types/soa.ts";

/**
 * From `current` to `wanted`. An RRset of `scope` (keys) that is not wanted is deleted; one outside is left alone. The
 * order of records, the provider's ids and the SOA's serial make no difference, and a changed SOA keeps the serial that
 * it has. The order is one that every provider takes: deletions, then what stops being served, then the rest, each in
 * canonical order of names, NS before DS. Throws a RangeError if an RRset is given twice.
 */
export function makePlan(
  current: readonly RRset[],
  wanted: readonly RRset[],
  options: { scope: ReadonlySet<string>; apex: string },
): Plan {
  const before = byKey(current);
  const after = byKey(wanted);
  const changes: Change[] = [];
  for (const [key, set] of before) {
    if (after.has(key) || !options.scope.has(key)) continue;
    changes.push({ kind: "delete", name: set.name, type: set.type, before: set, after: null });
  }
  for (const [key, set] of after) {
    const { name, type } = set;
    const old = before.get(key);
    if (!old) changes.push({ kind: "create", name, type, before: null, after: normalised(set) });
    else if (!sameRRset(old, set))
      changes.push({ kind: "update", name, type, before: old, after: normalised(set, old) });
  }
  return ordered(changes);
}

/** Whether there is nothing to do. */
export const planIsEmpty = (plan: Plan): boolean => plan.length === 0;

/**
 * The RRsets after the plan, in canonical order of names and then by type. What the plan takes as *before* is not
 * checked.
 */
export function applyPlan(current: readonly RRset[], plan: Plan): RRset[] {
  const sets = byKey(current);
  for (const change of plan) {
    if (change.after) sets.set(rrsetKey(change), change.after);
    else sets.delete(rrsetKey(change));
  }
  return sorted([...sets.values()], (set) => [reversedName(set.name), typeOrder(set.type)]);
}

/** The plan that takes back what this one does. */
export const invertPlan = (plan: Plan): Plan =>
  ordered(
    plan.map((change): Change => {
      const { name, type } = change;
      if (change.kind === "create") return { kind: "delete", name, type, before: change.after, after: null };
      if (change.kind === "delete") return { kind: "create", name, type, before: null, after: change.before };
      return { kind: "update", name, type, before: change.after, after: change.before };
    }),
  );

/**
 * How many records the plan touches. What a set has before and after is untouched unless its TTL changes; of the
 * others, as many as there are on both sides are updated, and the rest are created or deleted.
 */
export function recordCounts(plan: Plan): { created: number; updated: number; deleted: number } {
  const counts = { created: 0, updated: 0, deleted: 0 };
  for (const { before, after } of plan) {
    const [old, now] = [before?.records.length ?? 0, after?.records.length ?? 0];
    const alike = before && after && before.ttl === after.ttl;
    const unmoved = alike ? inCommon(comparedRecords(before), comparedRecords(after)) : 0;
    const updated = Math.min(old, now) - unmoved;
    counts.updated += updated;
    counts.created += now - unmoved - updated;
    counts.deleted += old - unmoved - updated;
  }
  return counts;
}

/**
 * Whether somebody has to say that they mean it: 10 or more records updated or deleted, and over 30 % of the records
 * that were in the zone. `percent` has one decimal.
 */
export function brake(
  plan: Plan,
  totalRecordsBefore: number,
): { braked: boolean; touched: number; total: number; percent: number } {
  const { updated, deleted } = recordCounts(plan);
  const touched = updated + deleted;
  return {
    braked: touched >= 10 && touched * 100 > totalRecordsBefore * 30,
    touched,
    total: totalRecordsBefore,
    percent: totalRecordsBefore === 0 ? 0 : Math.round((touched / totalRecordsBefore) * 1000) / 10,
  };
}

/**
 * The records of a set as they are compared, sorted: content without the SOA's serial, and the extras but for the id.
 */
export const comparedRecords = (set: RRset): string[] =>
  set.records
    .map(({ content, disabled, comment, proxied, tags }) =>
      JSON.stringify([
        set.type === "SOA" ? soaWithoutSerial(content) : content,
        disabled ?? false,
        comment ?? "",
        proxied ?? false,
        (tags ?? []).toSorted(),
      ]),
    )
    .sort();

function sameRRset(a: RRset, b: RRset): boolean {
  if (a.ttl !== b.ttl || a.records.length !== b.records.length) return false;
  const [left, right] = [comparedRecords(a), comparedRecords(b)];
  return left.every((record, index) => record === right[index]);
}

/** How many entries two sorted lists have in common. */
function inCommon(a: readonly string[], b: readonly string[]): number {
  let [count, left, right] = [0, 0, 0];
  while (left < a.length && right < b.length) {
    const [one, other] = [a[left] ?? "", b[right] ?? ""];
    if (one === other) count += 1;
    if (one <= other) left += 1;
    if (one >= other) right += 1;
  }
  return count;
}

function normalised(set: RRset, before?: RRset): RRset {
  if (set.type !== "SOA" && set.records.length === 1) return set;
  const serial = set.type === "SOA" ? soaSerial(before?.records[0]?.content ?? "") : null;
  const records: DnsRecord[] =
    serial === null
      ? [...set.records]
      : set.records.map((record) => ({ ...record, content: soaWithSerial(record.content, serial) }));
  return { ...set, records: records.sort((a, b) => (a.content < b.content ? -1 : a.content > b.content ? 1 : 0)) };
}

function byKey(sets: readonly RRset[]): Map<string, RRset> {
  const map = new Map(sets.map((set) => [rrsetKey(set), set]));
  if (map.size < sets.length) {
    const twice = sets.find((set) => map.get(rrsetKey(set)) !== set);
    throw new RangeError(`The RRset ${twice ? rrsetKey(twice) : ""} is given twice.`);
  }
  return map;
}

/** A CNAME and other types can follow each other at a name only if what goes away goes first. */
function rank(change: Change): number {
  if (change.kind === "delete") return 0;
  return change.after.records.every((record) => record.disabled) ? 1 : 2;
}

function ordered(changes: readonly Change[]): Plan {
  const deletions = changes.filter((change) => change.kind === "delete");
  const others = changes.filter((change) => change.kind !== "delete");
  return [
    ...sorted(deletions, ({ name, type }) => [reversedName(name), typeOrder(type, -1)]),
    ...sorted(others, (change) => [rank(change), reversedName(change.name), typeOrder(change.type)]),
  ];
}

/** SOA and NS before the others, so that NS comes before DS; the other way round for deletions. */
function typeOrder(type: string, direction: 1 | -1 = 1): string {
  const first = ["SOA", "NS"].indexOf(type);
  const place = first === -1 ? 2 : first;
  return `${direction === 1 ? place : 2 - place} ${type}`;
}

function sorted<T>(items: readonly T[], keyOf: (item: T) => readonly (string | number)[]): T[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  keyed.sort((a, b) => {
    for (const [index, left] of a.key.entries()) {
      const right = b.key[index] ?? "";
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  });
  return keyed.map(({ item }) => item);
}
