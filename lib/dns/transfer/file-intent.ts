/** What a zone file wants of a zone: read record by record, joined to RRsets, and laid over what is there. */
import { readFileSync } from "node:fs";
import { isWritableType } from "#lib/access/act.ts";
import { Problem } from "#lib/api/errors.ts";
import { typeAtApex } from "../apex-alias.ts";
import type { Intent } from "../changes.ts";
import { connectionById } from "../connections.ts";
import { assertSeen } from "../intents.ts";
import { readMirror } from "../mirror.ts";
import type { ProviderCapabilities } from "../providers/provider.ts";
import { type RRset, rrsetKey } from "../rrset.ts";
import type { Finding } from "../rules.ts";
import { soaWithoutSerial } from "../types/soa.ts";
import { sees } from "../visible.ts";
import { AUTO_SECONDS, type Extras, type Offered, withExtras } from "../zonefile/extras.ts";
import { parseZoneFile } from "../zonefile/parse.ts";
import type { LoadedZone } from "../zones.ts";

export interface ZoneFileData {
  kind: "import";
  /** The text itself, or the name of the file that holds it. */
  source: { text: string } | { file: string; octets: number };
  /** `merge` adds to what is there; `replace` makes the zone what the file says. */
  mode: "merge" | "replace";
  /** Whether the file's SOA, apex NS and the like count; otherwise those of the zone stay. */
  apex: boolean;
  confirm: boolean;
  /** The zone's revision that a plan was shown for. */
  revision?: number;
  batchId?: string;
}

/** For records before which no TTL stands. */
const DEFAULT_TTL = 3600;
/** Reasons of lines that an answer carries. */
const MOST_LINES = 200;

/** Throws `invalid_input` with the lines that cannot be read. */
export function zoneFileIntent(loaded: LoadedZone, data: ZoneFileData): Intent {
  const { zone, access } = loaded;
  const offers = offersOf(connectionById(zone.connection)?.provider.capabilities);
  const file = readSets(zone.name, data, offers);
  assertSeen(zone, access, [...file.sets.values()]);
  const stays = (set: { name: string; type: string }) =>
    !isWritableType(set.type) || (!data.apex && isApexOwn(zone.name, set)) || !sees(access, zone.name, set);
  const names = new Set([...file.sets.values()].map(({ name }) => name));
  if (data.mode === "replace") for (const set of readMirror(zone.id)) if (!stays(set)) names.add(set.name);
  return {
    names: [...names],
    build: (current) => {
      const there = new Map(current.map((set) => [rrsetKey(set), set]));
      const wanted = [...file.sets]
        .map(([key, set]) => laidOver(there.get(key), set, data.mode, offers))
        .filter(({ records }) => records.length > 0);
      const gone = data.mode === "replace" ? current.filter((set) => !stays(set)).map(rrsetKey) : [];
      return { wanted, scope: new Set([...file.sets.keys(), ...gone]) };
    },
    fieldOf: (finding) => {
      const line = file.lines.get(rrsetKey(finding));
      return line === undefined ? "text" : `lines.${line}`;
    },
    lineOf: (finding) => file.lines.get(rrsetKey(finding)),
    notices: file.notices,
    confirm: data.confirm,
    sweeping: true,
    ...(data.revision === undefined ? {} : { revision: data.revision }),
    ...(data.batchId === undefined ? {} : { links: { batchId: data.batchId } }),
  };
}

/** A set as the file has it. `extras`: what the file says that hangs on its records, at their places, where it says anything. */
interface FileSet extends RRset {
  ttl: number;
  extras?: (Extras | undefined)[];
}

type Offers = (what: Offered | "autoTtl" | "flattensApex") => boolean;

const offersOf =
  (capabilities: ProviderCapabilities | undefined): Offers =>
  (what) =>
    capabilities?.[what] ?? false;

/** The set as it shall be: what hangs on records stays where the file says nothing of it; merging removes none. */
function laidOver(there: RRset | undefined, wanted: FileSet, mode: ZoneFileData["mode"], offers: Offers): RRset {
  const { name, type, extras } = wanted;
  if (!there && !extras) return wanted;
  const known = new Map(there?.records.map((record) => [record.content, record]));
  const records = wanted.records.flatMap(({ content }, place) => {
    const { record } = withExtras(known.get(content) ?? { content }, extras?.[place], offers);
    if (record) known.delete(content);
    return record ?? [];
  });
  const rest = mode === "merge" && !SINGLE.has(type) ? [...known.values()] : [];
  return { name, type, ttl: ttlOf(there, wanted, offers), records: [...records, ...rest] };
}

function ttlOf(there: RRset | undefined, { ttl, extras }: FileSet, offers: Offers): RRset["ttl"] {
  const said = extras?.[0];
  const auto = said ? said.auto : there?.ttl === "auto" && ttl === AUTO_SECONDS;
  return auto && offers("autoTtl") ? "auto" : ttl;
}

/** A name has one of these: another takes its place. */
const SINGLE: ReadonlySet<string> = new Set(["SOA", "ALIAS", "CNAME", "DNAME"]);

/** What makes the zone this zone, and comes from where it is kept. */
const isApexOwn = (apex: string, { name, type }: { name: string; type: string }): boolean =>
  name === apex && ["SOA", "NS", "DNSKEY", "CDS", "CDNSKEY", "CSYNC", "ZONEMD"].includes(type);

/** How many records a file would bring to a zone that is not there yet. Throws as reading it for one does. */
export function recordsOfFile(apex: string, file: string): number {
  const data = { source: { file, octets: 0 }, apex: false };
  let records = 0;
  for (const set of readSets(apex, data, () => true).sets.values()) records += set.records.length;
  return records;
}

interface Read {
  sets: Map<string, FileSet>;
  /** Where each begins. */
  lines: Map<string, number>;
  notices: Finding[];
}

function readSets(apex: string, data: Pick<ZoneFileData, "source" | "apex">, offers: Offers): Read {
  const sets = new Map<string, FileSet>();
  const lines = new Map<string, number>();
  /** Of sets with more than one record: most have one. */
  const contents = new Map<string, Set<string>>();
  const notes = new Notes();
  const bad: { line: number; column: number; reason: string }[] = [];
  let badInAll = 0;
  for (const item of parseZoneFile(chunksOf(data), { apex, defaultTtl: DEFAULT_TTL })) {
    if (item.error) {
      badInAll += 1;
      if (bad.length < MOST_LINES) bad.push(item.error);
      continue;
    }
    const { name, ttl, content, line, extras } = item;
    const type = typeAtApex(item, apex, offers("flattensApex"));
    if (!isWritableType(type)) {
      notes.add(item, "signed_here", `${type} records are left out: they are made where the zone is signed.`);
      continue;
    }
    if (!data.apex && isApexOwn(apex, item)) {
      notes.add(item, "apex_kept", `The ${type} of the apex is left out; the zone keeps its own.`);
      continue;
    }
    for (const what of withExtras({ content }, extras, offers).left) notes.add(item, `no_${what}`, LEFT[what]);
    if (type !== item.type) notes.add(item, "apex_alias", "The CNAME at the apex is taken as an ALIAS.");
    const key = rrsetKey({ name, type });
    const set = sets.get(key);
    const comparable = (one: string) => (type === "SOA" ? soaWithoutSerial(one) : one);
    if (!set) {
      sets.set(key, { name, type, ttl, records: [{ content }], ...(extras ? { extras: [extras] } : {}) });
      lines.set(key, line);
      continue;
    }
    if (set.ttl !== ttl)
      notes.add(item, "one_ttl", `Line ${line}: a set has one TTL; it takes ${set.ttl}, as its first record says.`);
    const seen = contents.get(key) ?? new Set(set.records.map((record) => comparable(record.content)));
    contents.set(key, seen);
    const compared = comparable(content);
    if (seen.has(compared)) notes.add(item, "twice", `Line ${line}: this record stands in the file already.`);
    else {
      seen.add(compared);
      if (extras) {
        set.extras ??= [];
        set.extras[set.records.length] = extras;
      }
      set.records.push({ content });
    }
  }
  if (badInAll > 0) {
    const first = bad[0];
    const message = `${badInAll === 1 ? "One line" : `${badInAll} lines`} of the file cannot be read. Line ${first?.line}, column ${first?.column}: ${first?.reason}`;
    throw new Problem("invalid_input", message, {
      fields: { text: message },
      lines: bad,
      moreLines: badInAll - bad.length,
    });
  }
  return { sets, lines, notices: notes.all() };
}

const LEFT: Record<Offered, string> = {
  disabled: "The file has records that are not served. Here every record is, so they are left out.",
  comments: "The file has comments. This provider keeps none, so they are left out.",
  proxied: "The file has proxied records. There is no proxy here, so they answer with their own addresses.",
  tags: "The file has tags. This provider keeps none, so they are left out.",
};

/** One notice for each name, type and reason, or for each reason where it is the same for all. */
class Notes {
  private readonly notices = new Map<string, Finding>();

  add({ name, type }: { name: string; type: string }, code: string, message: string): void {
    const key = code === "signed_here" ? `${code} ${type}` : /^no_/.test(code) ? code : `${code} ${name} ${type}`;
    if (!this.notices.has(key)) this.notices.set(key, { code, name, type, message });
  }

  all(): Finding[] {
    return [...this.notices.values()];
  }
}

const chunksOf = ({ source }: Pick<ZoneFileData, "source">): Iterable<string | Uint8Array> =>
  "text" in source ? [source.text] : [readFileSync(source.file)];
