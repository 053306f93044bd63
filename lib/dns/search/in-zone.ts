/** What a search comes to in one zone: the RRsets themselves, or, where they are many, how to tell them while reading the zone. */

import type { ZoneAccess } from "#lib/access/zone-level.ts";
import { likeAnywhere } from "#lib/api/list.ts";
import type { MirrorRecord } from "../mirror.ts";
import type { Zone } from "../zones.ts";
import { matchOf } from "./match.ts";
import { placesOf, type Range, wholeGeneration } from "./places.ts";
import { readThrough } from "./read-through.ts";
import { rowsOf } from "./rows.ts";
import { seenIn } from "./seen.ts";
import { idnCandidates, nameEnding, questionsOf, showsText, splits, type Terms } from "./terms.ts";

export type FoundInZone =
  /** Nothing was searched for. */
  | { kind: "all" }
  /** By the numbers of their rows. */
  | { kind: "listed"; ids: number[] }
  /** So many that reading the zone in order comes upon them soon. `first` are some of them; the question finds them all. */
  | { kind: "many"; like: { stored: string; pattern: string }; first: number[]; question: string };

/** More than this are not listed: of 100,000 RRsets every fiftieth is one then. */
export const MOST = 2000;
const MOST_IDN = 500;
/** What somebody may not see counts for nothing, but at some point nobody looks further. */
const MOST_LOOKED_AT = 10_000;
/** Says that there are more than can be listed. */
const ONE_MORE = { limit: MOST + 1, look: MOST_LOOKED_AT };

export function findInZone(zone: Zone, access: ZoneAccess, terms: Terms): FoundInZone {
  const [form] = terms.forms;
  if (form === undefined) return { kind: "all" };
  if (zone.recordCount <= MOST) return { kind: "listed", ids: readHere(zone, terms) };
  const range = wholeGeneration(zone.generation);
  const { exact, prefix, anywhere } = questionsOf(terms);
  const question = anywhere ?? prefix ?? exact.join(" OR ");
  const found = question === "" ? [] : seenIn(zone, access, question, range, ONE_MORE);
  if (found.length > MOST && terms.forms.length === 1) {
    const beginning = anywhere === null ? "\n" : "";
    const like = { stored: likeAnywhere(form), pattern: likeAnywhere(`${beginning}${form}`) };
    return { kind: "many", like, first: found.slice(0, MOST), question };
  }
  const ids = new Set(found);
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

const idsOf = (question: string, range: Range, limit: number): number[] =>
  placesOf(question, range, limit).map(({ id }) => id);
