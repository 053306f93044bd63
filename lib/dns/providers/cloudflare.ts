/**
 * Zones kept by Cloudflare, spoken to through its SDK. Cloudflare has records, each with an id, a TTL and extras of its own;
 * the panel has sets of records. What is read is made sets here, and a plan becomes operations on records.
 */
import { isInZone, labelsOf } from "../name.ts";
import { makePlan } from "../plan.ts";
import { type Plan, type RRset, rrsetKey } from "../rrset.ts";
import { byNameAndType, isObject } from "./answers.ts";
import {
  type CloudflareApiOptions,
  type CloudflareClient,
  CloudflareRefusal,
  cloudflareApi,
  notCloudflare,
} from "./cloudflare-api.ts";
import { type Batch, batchesOf } from "./cloudflare-batch.ts";
import { cloudflareSigning } from "./cloudflare-dnssec.ts";
import { CLOUDFLARE_TYPES, rrsetsOfRecords, undotted } from "./cloudflare-record.ts";
import { CLASHES, notHeld } from "./cloudflare-refusal.ts";
import { editsRecords } from "./cloudflare-token.ts";
import { apexRRsets, factsOf, objectionsTo, type ZoneFacts } from "./cloudflare-zone.ts";
import {
  type Provider,
  type ProviderCapabilities,
  ProviderError,
  TOKEN_ONLY_READS,
  type ZoneRead,
} from "./provider.ts";

export interface CloudflareOptions extends CloudflareApiOptions {
  /** The account in which zones are made, and to which those that are seen are narrowed. */
  accountId?: string | undefined;
  /** Whether zones may be made; `create` unless told. */
  zones?: "create" | "link" | undefined;
  /** What is made: a zone that Cloudflare serves, or one whose domain stays elsewhere; `full` unless told. */
  zoneType?: "full" | "partial" | undefined;
  /** The token was found not to change records somewhere: before that is believed of a zone, it is tried there. */
  doubted?: boolean | undefined;
  /** Called around each write of `apply`, so that a test can stop the process there. */
  hook?: (event: "before-send" | "after-send") => void | Promise<void>;
}

/** Up to this many names are asked for one by one, in a large zone more; beyond it the zone is read whole. */
const MAX_SINGLE_READS = 3;
const MAX_SINGLE_READS_LARGE = 20;
const LARGE_ZONE = 5000;
const PER_PAGE = 5000;
const ZONES_PER_PAGE = 50;
/** A zone's plan and status are asked for again after this long. */
const FACTS_TRUSTED_MS = 600_000;
/** That a token may not write is tried again after this long: somebody may be giving it the right. */
const REFUSAL_TRUSTED_MS = 60_000;
/** A write without a clear answer is made again only if it failed within this time. */
const RETRY_WITHIN_MS = 4000;

const CAPABILITIES: ProviderCapabilities = {
  kind: "cloudflare",
  types: CLOUDFLARE_TYPES,
  autoTtl: true,
  // Zones of most plans take no less than 60: that is an objection to the plan of a change.
  minTtl: 30,
  maxTtl: 86_400,
  disabled: false,
  comments: true,
  proxied: true,
  tags: true,
  flattensApex: true,
  editableSoa: false,
  editableApexNs: false,
  createsZones: true,
};

/** A connection by one token. It remembers the plan, status and rough size of zones, nothing else. */
export function cloudflare(options: CloudflareOptions): Provider {
  const api = cloudflareApi(options);
  const known = new Map<string, { facts: ZoneFacts; at: number }>();
  /** Records that a zone had when it was last listed whole. */
  const sizes = new Map<string, number>();
  const inAccount = options.accountId ? { account: { id: options.accountId } } : {};

  /** Zones in which a write was refused for want of the right, and whether the token had it when that was tried. */
  const refusedIn = new Set<string>();
  const tried = new Map<string, { edits: boolean; at: number }>();

  function learn(zone: unknown, outcome: "not_sent" | "unknown"): ZoneFacts {
    const facts = factsOf(zone, outcome);
    if (triedLately(facts.info.externalId) === false) facts.info.readOnly ??= TOKEN_ONLY_READS;
    known.set(facts.info.externalId, { facts, at: Date.now() });
    return facts;
  }

  async function facts(externalId: string, maxAgeMs: number): Promise<ZoneFacts> {
    const remembered = known.get(externalId);
    if (remembered !== undefined && Date.now() - remembered.at < maxAgeMs) return withRights(remembered.facts);
    const zone_id = checkedId(externalId);
    return withRights(learn(await api.read((client) => client.zones.get({ zone_id })), "not_sent"));
  }

  function triedLately(externalId: string): boolean | undefined {
    const last = tried.get(externalId);
    const trusted = last?.edits ? FACTS_TRUSTED_MS : REFUSAL_TRUSTED_MS;
    return last !== undefined && Date.now() - last.at < trusted ? last.edits : undefined;
  }

  /** Only where there is a reason to doubt it is the right to change records tried, and only a clear no counts. */
  async function withRights(facts: ZoneFacts): Promise<ZoneFacts> {
    const { externalId, readOnly } = facts.info;
    if (readOnly !== undefined && readOnly !== TOKEN_ONLY_READS) return facts;
    if (!facts.doubtful && !options.doubted && !refusedIn.has(externalId)) return facts;
    const edits = triedLately(externalId) ?? (await editsRecords(api, checkedId(externalId)).catch(() => true));
    if (triedLately(externalId) === undefined) tried.set(externalId, { edits, at: Date.now() });
    if (edits) {
      refusedIn.delete(externalId);
      delete facts.info.readOnly;
    } else facts.info.readOnly = TOKEN_ONLY_READS;
    return facts;
  }

  /** Zones by a filter of their name: `example.com`, `ends_with:example.com`. */
  async function listZones(name: string): Promise<ZoneFacts[]> {
    const found: ZoneFacts[] = [];
    for (let page = 1; ; page += 1) {
      const answer = await api.read((client) =>
        client.zones.list({ name, ...inAccount, per_page: ZONES_PER_PAGE, page }),
      );
      const zones: unknown[] = answer.result;
      if (!Array.isArray(zones)) throw notCloudflare("not_sent");
      found.push(...zones.map((zone) => learn(zone, "not_sent")));
      // The SDK's own iterator asks until a page is empty.
      if (zones.length === 0 || page >= pagesOf(answer.result_info)) return found;
    }
  }

  /** All records that match, in one page if they fit. */
  async function listRecords(externalId: string, filter: RecordFilter): Promise<unknown[]> {
    const zone_id = checkedId(externalId);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const found = new Map<string, unknown>();
      let total = 0;
      for (let page = 1; ; page += 1) {
        const query = { zone_id, ...filter, per_page: PER_PAGE, page, order: "name" as const };
        const answer = await api.read((client) => client.dns.records.list(query));
        const records: unknown[] = answer.result;
        if (!Array.isArray(records)) throw notCloudflare("not_sent");
        for (const record of records) if (isObject(record)) found.set(String(record.id), record);
        total = totalOf(answer.result_info) ?? found.size;
        if (records.length === 0 || page >= pagesOf(answer.result_info)) break;
      }
      // Pages shift while somebody adds or removes records: then some come twice and others not at all.
      if (found.size >= total) return [...found.values()];
    }
    const message = "The zone changes at Cloudflare while it is being read. Try again in a moment.";
    throw new ProviderError("not_sent", "provider_failed", message);
  }

  async function readZone(externalId: string): Promise<ZoneRead> {
    const zone = await facts(externalId, FACTS_TRUSTED_MS);
    const records = await listRecords(externalId, {});
    sizes.set(externalId, records.length);
    const rrsets = [...rrsetsOfRecords(records, zone.info.name), ...apexRRsets(zone)].sort(byNameAndType);
    const mixed = rrsets.filter((set) => set.records.some((record) => record.ownTtl !== undefined)).length;
    if (mixed === 0 || zone.info.statusMessage !== undefined) return { info: zone.info, rrsets };
    const statusMessage = `The records of ${mixed === 1 ? "one set" : `${mixed} sets`} have different TTLs at Cloudflare. The lowest is shown; a change gives all of the set the same.`;
    return { info: { ...zone.info, statusMessage }, rrsets };
  }

  async function readNames(
    externalId: string,
    names: readonly string[],
    { below = [] }: { below?: readonly string[] } = {},
  ): Promise<ZoneRead> {
    const wanted = new Set(names);
    const zone = await facts(externalId, FACTS_TRUSTED_MS);
    const asked = ({ name }: RRset) => wanted.has(name) || below.some((above) => isInZone(name, above));
    const large = (sizes.get(externalId) ?? 0) > LARGE_ZONE;
    const single = wanted.size + below.length <= (large ? MAX_SINGLE_READS_LARGE : MAX_SINGLE_READS);
    const plain = [...wanted, ...below].every((name) => /^[a-z0-9._*/-]+$/.test(name));
    if (!single || !plain) {
      const { info, rrsets } = await readZone(externalId);
      return { info, rrsets: rrsets.filter(asked) };
    }
    const filters: RecordFilter[] = [
      ...[...wanted].filter((name) => !below.includes(name)).map((name) => ({ name: { exact: undotted(name) } })),
      ...below.map((name) => ({ name: { endswith: undotted(name) } })),
    ];
    const lists = await Promise.all(filters.map((filter) => listRecords(externalId, filter)));
    const records = new Map(lists.flat().map((record) => [isObject(record) ? record.id : record, record]));
    const rrsets = [...rrsetsOfRecords([...records.values()], zone.info.name), ...apexRRsets(zone)].filter(asked);
    return { info: zone.info, rrsets: rrsets.sort(byNameAndType) };
  }

  /** Whether what a batch was to do is done, has not happened, or neither. */
  async function stateOf(externalId: string, plan: Plan): Promise<"after" | "before" | "between"> {
    const { rrsets } = await readNames(externalId, [...new Set(plan.map((change) => change.name))]);
    const scope = new Set(plan.map(rrsetKey));
    const there = rrsets.filter((set) => scope.has(rrsetKey(set)));
    const is = (side: "before" | "after") =>
      makePlan(
        there,
        plan.flatMap((change) => change[side] ?? []),
        { scope, apex: "." },
      ).length === 0;
    return is("after") ? "after" : is("before") ? "before" : "between";
  }

  /**
   * One batch, at most twice. When it is not clear whether it has landed, or somebody else was faster, what is there
   * decides: done is done, and only what has certainly not happened is sent again. Should the first one still land
   * after the second, Cloudflare refuses it: its records exist by then, and its ids do not.
   */
  async function sendBatch(externalId: string, batch: Batch): Promise<void> {
    const { deletes, patches, posts } = batch;
    const body = {
      zone_id: checkedId(externalId),
      ...(deletes.length > 0 ? { deletes } : {}),
      ...(patches.length > 0 ? { patches } : {}),
      ...(posts.length > 0 ? { posts } : {}),
    } as Parameters<CloudflareClient["dns"]["records"]["batch"]>[0];
    for (let attempt = 1; ; attempt += 1) {
      const began = Date.now();
      try {
        const answer: unknown = await api.write((client) => client.dns.records.batch(body), batch);
        if (!isObject(answer)) throw notCloudflare("unknown");
        return;
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        if (error.code === "provider_credentials") {
          refusedIn.add(externalId);
          tried.delete(externalId);
        }
        const clash = error instanceof CloudflareRefusal && error.codes.some((code) => CLASHES.has(code));
        const unclear = error.outcome === "unknown" && Date.now() - began < RETRY_WITHIN_MS;
        if (!clash && !unclear) throw error;
        const state = await stateOf(externalId, batch.changes).catch(() => "between" as const);
        if (state === "after") return;
        if (state === "before" && error instanceof CloudflareRefusal)
          throw new ProviderError("refused", error.code, error.message, error.at ? { at: error.at } : {});
        // One that was given up may still land.
        if (state === "between" || clash || attempt === 2 || error.code === "provider_timeout") throw error;
      }
    }
  }

  return {
    capabilities: { ...CAPABILITIES, createsZones: options.zones !== "link" },

    async findZone(name) {
      const zones = await listZones(undotted(name));
      const found = zones.find(({ info }) => info.name === name);
      return found ? (await withRights(found)).info : null;
    },

    async relatedZones(name) {
      const above = labelsOf(name).map((_, at, labels) => labels.slice(at).join("."));
      // No zone is a top-level domain.
      const filters = [`ends_with:${undotted(name)}`, ...above.slice(1, -1)];
      const found = (await Promise.all(filters.map(listZones))).flat().map(({ info }) => info.name);
      return [...new Set(found)].filter((zone) => isInZone(zone, name) || isInZone(name, zone));
    },

    async createZone({ name }) {
      if (options.zones === "link") {
        const message = "Zones are not created at this connection, only linked.";
        throw new ProviderError("refused", "provider_refused", message);
      }
      if (!options.accountId) {
        const message = "Cloudflare has to be told the account in which to create zones. Set it at the connection.";
        throw new ProviderError("refused", "provider_refused", message);
      }
      const body = {
        account: { id: options.accountId },
        name: undotted(name),
        type: options.zoneType ?? ("full" as const),
      };
      const made: unknown = await api.write((client) => client.zones.create(body));
      return learn(made, "unknown").info;
    },

    async deleteZone(externalId) {
      const zone_id = checkedId(externalId);
      await api.write((client) => client.zones.delete({ zone_id }));
      for (const memory of [known, tried, refusedIn, sizes]) memory.delete(externalId);
    },

    zoneInfo: async (externalId) => (await facts(externalId, 0)).info,
    readZone,
    readNames,

    preview(plan, externalId) {
      const limit = known.get(externalId)?.facts.batch ?? Number.POSITIVE_INFINITY;
      try {
        return { steps: batchesOf(plan, limit).length };
      } catch {
        // What cannot be sent at all is said when it is.
        return { steps: 1 };
      }
    },

    objections(externalId, plan) {
      const facts = known.get(externalId)?.facts;
      return facts === undefined ? [] : objectionsTo(facts, plan);
    },

    load: () => api.load(),
    placeOf: (caller) => api.placeOf(caller),
    signing: cloudflareSigning(api, checkedId),

    async apply(externalId, plan, onStep) {
      const zone = await facts(externalId, FACTS_TRUSTED_MS);
      const [objection] = objectionsTo(zone, plan);
      if (objection !== undefined) {
        const { name, type, message } = objection;
        throw new ProviderError("refused", "provider_refused", message, { at: { name, type } });
      }
      for (const [index, batch] of batchesOf(plan, zone.batch).entries()) {
        await options.hook?.("before-send");
        await sendBatch(externalId, batch);
        await options.hook?.("after-send");
        onStep?.(index + 1);
      }
    },
  };
}

interface RecordFilter {
  name?: { exact: string } | { endswith: string };
}

/** An id becomes part of a path; an empty or foreign one would lead elsewhere. */
function checkedId(externalId: string): string {
  if (/^[0-9a-f]{32}$/.test(externalId)) return externalId;
  throw notHeld();
}

const pagesOf = (info: unknown): number =>
  isObject(info) && typeof info.total_pages === "number" ? info.total_pages : 1;
const totalOf = (info: unknown): number | undefined =>
  isObject(info) && typeof info.total_count === "number" ? info.total_count : undefined;
