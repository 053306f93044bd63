/**
 * A plan as Cloudflare takes it: operations on single records, in batches as large as the zone's plan allows, all of one
 * owner name in the same batch. Records keep their ids, and what is not said of them stays. Pure.
 */
import type { Change, DnsRecord, Plan, Ttl } from "../rrset.ts";
import { type CloudflareFields, encodeRecord } from "./cloudflare-record.ts";
import { ProviderError } from "./provider.ts";

interface Extras {
  proxied?: boolean;
  comment?: string;
  tags?: string[];
}

/** What one call does, in the order in which Cloudflare does it, whatever the order here. */
export interface Batch {
  deletes: { id: string }[];
  patches: ({ id: string } & CloudflareFields & Extras)[];
  posts: (CloudflareFields & Extras)[];
  /** The part of the plan that it does. */
  changes: Plan;
}

/** Throws a ProviderError if one owner name alone is more than a batch takes. */
export function batchesOf(plan: Plan, limit: number): Batch[] {
  const owners = new Map<string, Batch>();
  for (const change of plan) {
    const owner = owners.get(change.name) ?? emptyBatch();
    owners.set(change.name, owner);
    merge(owner, operationsOf(change));
  }
  const batches: Batch[] = [];
  for (const [name, owner] of owners) {
    if (sizeOf(owner) > limit) {
      const type = owner.changes[0]?.type ?? "";
      const message = `Cloudflare takes ${limit} operations at once for a zone of this plan, and ${name} alone needs ${sizeOf(owner)}.`;
      throw new ProviderError("refused", "provider_refused", message, { at: { name, type } });
    }
    const current = batches.at(-1);
    if (current === undefined || sizeOf(current) + sizeOf(owner) > limit) batches.push(owner);
    else merge(current, owner);
  }
  return batches;
}

const emptyBatch = (): Batch => ({ deletes: [], patches: [], posts: [], changes: [] });

const sizeOf = ({ deletes, patches, posts }: Batch): number => deletes.length + patches.length + posts.length;

function merge(into: Batch, more: Batch): void {
  into.deletes.push(...more.deletes);
  into.patches.push(...more.patches);
  into.posts.push(...more.posts);
  into.changes.push(...more.changes);
}

/**
 * Records are told apart by content. One that stays is patched if its TTL or extras differ; of the others, what goes and
 * what comes are paired, so that ids are kept as far as there are any.
 */
function operationsOf(change: Change): Batch {
  const { name, type, before, after } = change;
  const batch: Batch = { ...emptyBatch(), changes: [change] };
  const stays = new Map(after?.records.map((record) => [record.content, record]));
  const going: DnsRecord[] = [];
  for (const record of before?.records ?? []) {
    const wanted = stays.get(record.content);
    if (wanted === undefined || after === null) {
      going.push(record);
      continue;
    }
    stays.delete(record.content);
    // Whoever else put it there keeps it as it is.
    if (record.managed !== undefined) continue;
    const [id, ...twins] = idsOf(record, change);
    batch.deletes.push(...twins.map((twin) => ({ id: twin })));
    const extras = changedExtras(record, wanted);
    const ttl = record.ownTtl ?? before?.ttl;
    if (id !== undefined && (ttl !== ttlFor(wanted, after.ttl) || Object.keys(extras).length > 0))
      batch.patches.push({ id, ...encodeRecord(name, type, ttlFor(wanted, after.ttl), record.content), ...extras });
  }
  for (const wanted of stays.values()) {
    if (after === null) break;
    const fields = encodeRecord(name, type, ttlFor(wanted, after.ttl), wanted.content);
    const replaced = going.shift();
    if (replaced === undefined) {
      batch.posts.push({ ...fields, ...changedExtras({ content: "" }, wanted) });
      continue;
    }
    const [id = "", ...twins] = idsOf(replaced, change);
    batch.deletes.push(...twins.map((twin) => ({ id: twin })));
    batch.patches.push({ id, ...fields, ...changedExtras(replaced, wanted) });
  }
  for (const record of going) batch.deletes.push(...idsOf(record, change).map((id) => ({ id })));
  return batch;
}

/** What is proxied has no TTL of its own. */
const ttlFor = (record: DnsRecord, ttl: Ttl): Ttl => (record.proxied ? "auto" : ttl);

/** What is left out of a patch stays as it is. */
function changedExtras(before: DnsRecord, after: DnsRecord): Extras {
  const tags = (record: DnsRecord) => (record.tags ?? []).toSorted();
  return {
    ...((before.proxied ?? false) === (after.proxied ?? false) ? {} : { proxied: after.proxied ?? false }),
    ...((before.comment ?? "") === (after.comment ?? "") ? {} : { comment: after.comment ?? "" }),
    ...(tags(before).join("\n") === tags(after).join("\n") ? {} : { tags: tags(after) }),
  };
}

function idsOf(record: DnsRecord, { name, type }: Change): string[] {
  const ids = record.providerId?.split(" ") ?? [];
  if (ids.length > 0) return ids;
  throw new ProviderError(
    "not_sent",
    "provider_failed",
    `It is not known which record of ${name} at Cloudflare this is.`,
    {
      at: { name, type },
    },
  );
}
