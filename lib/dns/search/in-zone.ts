/** What a search comes to in one zone: the RRsets themselves, or, where they are many, how to tell them while reading the zone. */

import type { ZoneAccess } from "#lib/access/zone-level.ts";
import { likeAnywhere } from "#lib/api/list.ts";
import type { MirrorRecord } from "../mirror.ts";
import { sees } from "../visible.ts";
import type { Zone } from "../zones.ts";
import { matchOf } from "./match.ts";
import { after, placesOf, type Range, wholeGeneration } from "./places.ts";
import { readThrough } from "./read-through.ts";
import { rowsOf } from "./rows.ts";
import { idnCandidates, nameEnding, questionsOf, showsText, splits, type Terms } from "./terms.ts";

export type FoundInZone =
  /** Nothing was searched for. */
  | { kind: "all" }
  /** By the numbers of their rows. */
  | { kind: "listed"; ids: number[] }
  /** So many that reading the zone in order comes upon them soon. `first` are some of them. */
  | { kind: "many"; like: { stored: string; pattern: string }; first: number[] };

/** More than this are not listed: of 100,000 RRsets every fiftieth is one then. */
const MOST = 2000;
const MOST_IDN = 500;
/** What somebody may not see counts for nothing, but at some point nobody looks further. */
const MOST_LOOKED_AT = 10_000;

export function findInZone(zone: Zone, access: ZoneAccess, terms: Terms): FoundInZone {
  const [form] = terms.forms;
  if (form === undefined) return { kind: "all" };
  if (zone.recordCount <= MOST) return { kind: "listed", ids: readHere(zone, terms) };
  const range = wholeGeneration(zone.generation);
  const { exact, prefix, anywhere } = questionsOf(terms);
  const question = anywhere ?? prefix ?? exact.join(" OR ");
  const ids = new Set(question === "" ? [] : seenOf(zone, access, question, range));
  if (ids.size > MOST && terms.forms.length === 1) {
    const beginning = anywhere === null ? "\n" : "";
    const like = { stored: likeAnywhere(form), pattern: likeAnywhere(`${beginning}${form}`) };
    return { kind: "many", like, first: [...ids].slice(0, MOST) };
  }
  for (const { left, right } of splits(terms)) {
    const here = left === "@" ? zone.name === `${right}.` : zone.name.startsWith(right);
    if (here) for (const id of idsOf(nameEnding(terms, left), range, MOST)) ids.add(id);
  }
  const idn = idnCandidates(terms);
  if (idn !== null)
    for (const row of rowsOf(idsOf(idn, range, MOST_IDN))) if (showsText(row.name, terms.text)) ids.add(row.id);
  return { kind: "listed", ids: [...ids].slice(0, MOST) };
}

/** A zone of no more records than can be listed is read: the index would begin with everybody else's. */
function readHere(zone: Zone, terms: Terms): number[] {
  const match = matchOf(terms);
  const isIt = (row: { name: string; records: string }) =>
    match({ name: row.name, records: JSON.parse(row.records) as MirrorRecord[] }, zone.name) !== null;
  return readThrough([zone.generation], terms)
    .filter(isIt)
    .map(({ id }) => id);
}

/** One more than can be listed says that there are more. */
function seenOf(zone: Zone, access: ZoneAccess, question: string, range: Range): number[] {
  if (access.seesAll) return idsOf(question, range, MOST + 1);
  const seen: number[] = [];
  let rest: Range | null = range;
  for (let looked = 0; rest !== null && looked < MOST_LOOKED_AT && seen.length <= MOST; looked += MOST) {
    const places = placesOf(question, rest, MOST);
    const rows = rowsOf(places.map(({ id }) => id)).filter((row) => sees(access, zone.name, row));
    seen.push(...rows.map(({ id }) => id));
    const last = places.length < MOST ? undefined : places.at(-1);
    rest = last ? after(last, range.to) : null;
  }
  return seen.slice(0, MOST + 1);
}

const idsOf = (question: string, range: Range, limit: number): number[] =>
  placesOf(question, range, limit).map(({ id }) => id);
