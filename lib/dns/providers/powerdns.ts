/**
 * Zones kept by a PowerDNS Authoritative Server (4.6 to 5.1), spoken to by its HTTP API. PowerDNS is the truth: what is
 * read is made canonical here, and what is written is encoded as the server's version has to be told it.
 */
import { isInZone } from "../name.ts";
import type { Change, Plan, RRset } from "../rrset.ts";
import { recordTypes } from "../types/index.ts";
import { byNameAndType, isObject, ownerName } from "./answers.ts";
import type { SendHttp } from "./http-call.ts";
import { encodeChange, encodeContent, type PowerDnsFeatures, powerDnsFeatures } from "./powerdns-content.ts";
import { disabledRecords } from "./powerdns-disabled.ts";
import { powerDnsSigning } from "./powerdns-dnssec.ts";
import { powerDnsHttp } from "./powerdns-http.ts";
import { refusal } from "./powerdns-refusal.ts";
import { writersInTurn } from "./powerdns-turns.ts";
import { infoOf, notFound, notPowerDns, rrsetsOf, zoneId, zoneObject } from "./powerdns-zone.ts";
import { type Provider, type ProviderCapabilities, ProviderError, type ZoneRead } from "./provider.ts";

export interface PowerDnsOptions {
  /** Address of the web server, such as `http://127.0.0.1:8081`, with or without `/api/v1`. */
  url: string;
  apiKey: string;
  /** `localhost` unless told. */
  serverId?: string;
  /** What to call with. */
  send?: SendHttp;
  /** How long a call may take, body included; 8,000 unless told. */
  timeoutMs?: number;
  /** Called around each write of `apply`, so that a test can stop the process there. */
  hook?: (event: "before-send" | "after-send") => void | Promise<void>;
}

/** PowerDNS refuses a body of 2 MB. */
const MAX_PATCH_BYTES = 1_500_000;
/** Up to this many names are asked for one by one; beyond it one read of the whole zone is cheaper. */
const MAX_SINGLE_READS = 20;
const PARALLEL_READS = 6;
/** Zones up to this many record sets are read whole where one name takes two calls. */
const SMALL_ZONE = 2000;
/** Searches that find this many records may have been cut off. */
const MAX_SEARCH = 10_000;
/** A version older than this is asked for again before content is sent that depends on it. */
const VERSION_TRUSTED_MS = 60_000;

const CAPABILITIES: ProviderCapabilities = {
  kind: "powerdns",
  types: new Set(recordTypes.keys()),
  genericTypes: true,
  autoTtl: false,
  minTtl: 0,
  maxTtl: 2_147_483_647,
  disabled: true,
  // PowerDNS has comments, but of an RRset and not of a record; writes leave them as they are.
  comments: false,
  proxied: false,
  tags: false,
  flattensApex: false,
  editableSoa: true,
  editableApexNs: true,
  createsZones: true,
};

/** Where the disabled records of a name are found: nowhere else, by a search, or among these sets. */
type Hidden = "none" | "search" | RRset[];

/**
 * A connection to one server. It remembers the server's version, the rough size of zones and for a moment what it has
 * written, nothing else, and repeats no write that failed but one that met a busy database.
 */
export function powerDns(options: PowerDnsOptions): Provider {
  const timeoutMs = options.timeoutMs ?? 8000;
  const server = `/servers/${encodeURIComponent(options.serverId ?? "localhost")}`;
  let known: { features: PowerDnsFeatures; askedAt: number } | undefined;
  /** Whether the backend can search at all; some cannot, and then find nothing. */
  let searches: boolean | undefined;
  /** Record sets that a zone had when it was last read whole. */
  const sizes = new Map<string, number>();
  const disabled = disabledRecords();
  const call = powerDnsHttp({
    url: options.url,
    apiKey: options.apiKey,
    send: options.send,
    timeoutMs,
    // A server that was away may come back as another version.
    onFailure: () => {
      known = undefined;
    },
  });

  const patiently = writersInTurn();

  const zonePath = (externalId: string) => `${server}/zones/${encodeURIComponent(externalId)}`;

  /** `maxAgeMs`: how old the answer may be. */
  async function features(maxAgeMs: number): Promise<PowerDnsFeatures> {
    if (known !== undefined && Date.now() - known.askedAt <= maxAgeMs) return known.features;
    const answer = await call("GET", server);
    if (answer.status === 404) {
      throw new ProviderError("refused", "provider_not_found", "PowerDNS has no server of this id at this address.");
    }
    const version = isObject(answer.json) ? answer.json.version : undefined;
    if (typeof version !== "string") throw notPowerDns("not_sent");
    known = { features: powerDnsFeatures(version), askedAt: Date.now() };
    return known.features;
  }

  async function getZone(externalId: string, query: string): Promise<Record<string, unknown>> {
    const answer = await call("GET", `${zonePath(externalId)}${query}`);
    if (answer.status === 404) throw notFound();
    return zoneObject(answer, "not_sent");
  }

  /** The zone whole, of which only what is asked for is made canonical: that takes longer than the call. */
  async function readZone(externalId: string, isAsked?: (name: string) => boolean): Promise<ZoneRead> {
    const zone = await getZone(externalId, "");
    const info = infoOf(zone);
    const rrsets = rrsetsOf(zone, info.name, isAsked);
    sizes.set(externalId, Array.isArray(zone.rrsets) ? zone.rrsets.length : 0);
    return { info, rrsets };
  }

  /** All types at one name. `hidden`: where to find the disabled records that the filter does not show. */
  async function readName(externalId: string, name: string, hidden: Hidden): Promise<ZoneRead | undefined> {
    const [zone, unserved] = await Promise.all([
      getZone(externalId, `?rrset_name=${encodeURIComponent(name)}`),
      hidden === "search" ? search(name) : [],
    ]);
    if (unserved === undefined || !Array.isArray(zone.rrsets)) return undefined;
    const here = unserved.filter(
      (record) => record.disabled === true && record.name === name && record.zone_id === zone.id,
    );
    const sets = [
      ...zone.rrsets,
      ...here.map((record) => ({ name, type: record.type, ttl: record.ttl, records: [record] })),
      ...(Array.isArray(hidden) ? hidden.filter((set) => set.name === name) : []),
    ];
    // Before 4.6.2 the filter is ignored, and before 4.9.2 sets come along that have nothing but a comment.
    const info = infoOf(zone);
    return { info, rrsets: rrsetsOf({ rrsets: sets }, info.name).filter((set) => set.name === name) };
  }

  /**
   * The records of this owner name in all zones, disabled ones too, and others with it; `undefined` if it failed or
   * found too many. It scans the database without an index, so a server that is too large for it is not asked again.
   */
  async function search(name: string): Promise<Record<string, unknown>[] | undefined> {
    try {
      const query = encodeURIComponent(name.replace(/\.$/, ""));
      const { json } = await call("GET", `${server}/search-data?q=${query}&object_type=record&max=${MAX_SEARCH}`);
      return Array.isArray(json) && json.length < MAX_SEARCH ? json.filter(isObject) : undefined;
    } catch {
      searches = false;
      return undefined;
    }
  }

  /** Some names, each by a call of its own; `undefined` if one of them could not be read that way. */
  async function readEach(externalId: string, names: readonly string[], hidden: Hidden): Promise<ZoneRead | undefined> {
    const queue = [...names];
    const found: (ZoneRead | undefined)[] = [];
    const read = async () => {
      for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
        found.push(await readName(externalId, name, hidden));
      }
    };
    await Promise.all(Array.from({ length: PARALLEL_READS }, read));
    const [last] = found.slice(-1);
    if (!last || found.includes(undefined)) return undefined;
    return { info: last.info, rrsets: found.flatMap((one) => one?.rrsets ?? []).sort(byNameAndType) };
  }

  /** Whether single names of this zone are read by filter and search, rather than the zone whole. */
  async function searchPays(externalId: string, names: readonly string[]): Promise<boolean> {
    if ((sizes.get(externalId) ?? 0) <= SMALL_ZONE || names.some((name) => /[\\?]/.test(name))) return false;
    if (searches === undefined) {
      const { name } = infoOf(await getZone(externalId, "?rrsets=false"));
      const found = await search(name);
      searches = found?.some((record) => record.name === name && record.type === "SOA") ?? false;
    }
    return searches;
  }

  /** A SOA is stored with the serial that it is sent with, even a lower one. So it is sent with the one there is. */
  async function withSerial(externalId: string, change: Change): Promise<Change> {
    if (change.type !== "SOA" || change.after === null) return change;
    const zone = await getZone(externalId, "?rrsets=false");
    const stored = typeof zone.serial === "number" ? zone.serial : 0;
    // Where SOA-EDIT-API is set, PowerDNS moves the serial on by itself.
    const serial = zone.soa_edit_api === "" || zone.soa_edit_api === "OFF" ? nextSerial(stored) : stored;
    const records = change.after.records.map((record) => ({
      ...record,
      content: replaceSerial(record.content, serial),
    }));
    return { ...change, after: { ...change.after, records } };
  }

  return {
    capabilities: CAPABILITIES,

    async findZone(name) {
      const answer = await call("GET", `${zonePath(zoneId(name))}?rrsets=false`);
      return answer.status === 404 ? null : infoOf(zoneObject(answer, "not_sent"));
    },

    async relatedZones(name) {
      const answer = await call("GET", `${server}/zones?dnssec=false`);
      if (!Array.isArray(answer.json)) throw answer.status === 404 ? notFound() : notPowerDns("not_sent");
      return answer.json
        .map((zone: unknown) => (isObject(zone) && typeof zone.name === "string" ? ownerName(zone.name) : ""))
        .filter((zone) => zone !== "" && (isInZone(zone, name) || isInZone(name, zone)));
    },

    async createZone({ name, nameservers, hostmaster }) {
      const soa = `${nameservers[0] ?? name} ${hostmaster} 0 10800 3600 604800 3600`;
      const content = encodeContent(soa, await features(VERSION_TRUSTED_MS));
      const zone = {
        name,
        kind: "Native",
        soa_edit_api: "DEFAULT",
        dnssec: false,
        nameservers,
        rrsets: [{ name, type: "SOA", ttl: 3600, records: [{ content, disabled: false }] }],
      };
      const answer = await call("POST", `${server}/zones`, JSON.stringify(zone));
      if (answer.status === 409) {
        throw new ProviderError("refused", "provider_refused", `PowerDNS already holds a zone named ${name}`);
      }
      if (answer.status === 404) throw notFound();
      if (answer.status >= 400) {
        throw new ProviderError("refused", "provider_refused", `PowerDNS refused to create the zone ${name}`);
      }
      return infoOf(zoneObject(answer, "unknown"));
    },

    async deleteZone(externalId) {
      const answer = await call("DELETE", zonePath(externalId));
      if (answer.status === 404) throw notFound();
      if (answer.status >= 400)
        throw new ProviderError("refused", "provider_refused", "PowerDNS refused to delete the zone.");
    },

    async zoneInfo(externalId) {
      return infoOf(await getZone(externalId, "?rrsets=false"));
    },

    readZone: (externalId) => readZone(externalId),
    signing: powerDnsSigning(call, zonePath),

    /**
     * PowerDNS can be asked for one name but not for what is below one, so `below` reads the whole zone, as do more
     * names than are worth a call each. Before 5.0 the answer for one name lacks disabled records: small zones are then
     * read whole, and for large ones a search beside it finds what is missing. Right after a write of the same names it
     * is known.
     */
    async readNames(externalId, names, { below = [] } = {}) {
      const wanted = new Set(names);
      const { filterShowsDisabled } = await features(Number.POSITIVE_INFINITY);
      const written = disabled.afterWrite(externalId, names);
      if (below.length === 0 && wanted.size > 0 && wanted.size <= MAX_SINGLE_READS) {
        const hidden: Hidden | undefined = filterShowsDisabled
          ? "none"
          : (written ?? ((await searchPays(externalId, names)) ? "search" : undefined));
        const read = hidden && (await readEach(externalId, [...wanted], hidden));
        if (read) {
          if (hidden === "search") disabled.read(externalId, names, read.rrsets);
          return read;
        }
      }
      const read = await readZone(
        externalId,
        (name) => wanted.has(name) || below.some((above) => isInZone(name, above)),
      );
      if (!filterShowsDisabled) disabled.read(externalId, names, read.rrsets);
      return read;
    },

    preview: (plan) => ({ steps: stepsOf(plan).length }),

    async apply(externalId, plan, onStep) {
      for (const [index, step] of stepsOf(plan).entries()) {
        const escapes = step.some((change) =>
          [change.before, change.after].some((set) => set?.records.some((record) => record.content.includes("\\"))),
        );
        const version = await features(escapes ? VERSION_TRUSTED_MS : Number.POSITIVE_INFINITY);
        const changes = await Promise.all(step.map((change) => withSerial(externalId, change)));
        const bodyFor = (told: PowerDnsFeatures) =>
          JSON.stringify({ rrsets: changes.map((change) => encodeChange(change, told)) });
        const body = bodyFor(version);
        await options.hook?.("before-send");
        let answer = await patiently(() => call("PATCH", zonePath(externalId), body));
        if (answer.status === 422) {
          // A point release may have the spelling of another version. What is refused has not been stored.
          const other = bodyFor({ ...version, newSpelling: !version.newSpelling });
          const again = other === body ? answer : await patiently(() => call("PATCH", zonePath(externalId), other));
          if (again.status < 400) answer = again;
        }
        if (answer.status === 404) throw notFound();
        if (answer.status >= 400) {
          known = undefined;
          throw refusal(answer.json, step);
        }
        await options.hook?.("after-send");
        onStep?.(index + 1);
      }
      disabled.wrote(externalId, plan);
    },
  };
}

/**
 * The plan as it is sent: in one call, in the order of the plan, while it fits; otherwise in several, all changes of an
 * owner name together, so that a CNAME and what it replaces change hands at once. Measured by the longest way of
 * encoding, so that the number of steps does not depend on the server's version.
 */
function stepsOf(plan: Plan): Plan[] {
  if (plan.length === 0) return [];
  const sized = plan.map((change) => ({
    change,
    bytes: Buffer.byteLength(JSON.stringify(encodeChange(change, LONGEST))) + 1,
  }));
  const total = sized.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= MAX_PATCH_BYTES) return [plan];

  const owners = new Map<string, { changes: Plan; bytes: number }>();
  for (const { change, bytes } of sized) {
    const owner = owners.get(change.name) ?? { changes: [], bytes: 0 };
    owner.changes.push(change);
    owner.bytes += bytes;
    owners.set(change.name, owner);
  }
  const steps: Plan[] = [];
  let room = 0;
  for (const { changes, bytes } of owners.values()) {
    const current = steps.at(-1);
    if (current === undefined || bytes > room) {
      steps.push([...changes]);
      room = MAX_PATCH_BYTES - bytes;
    } else {
      current.push(...changes);
      room -= bytes;
    }
  }
  return steps;
}

const LONGEST: PowerDnsFeatures = {
  unescapesContent: true,
  extendAndPrune: false,
  filterShowsDisabled: true,
  newSpelling: true,
};

/** RFC 1982 §3.1, leaving out zero, which some secondaries take for none. */
const nextSerial = (serial: number): number => (serial >= 0xffff_ffff ? 1 : serial + 1);

/** The third field of a SOA's rdata (RFC 1035 §3.3.13). */
const replaceSerial = (content: string, serial: number): string =>
  content.replace(/^(\S+\s+\S+\s+)\d+/, (_, names: string) => `${names}${serial}`);
