/** Searches the records of every zone that somebody can view, the best first, and stops when there are enough. */
import { displayName, relativeName } from "../name.ts";
import { shownName } from "../zones.ts";
import { type Match, matchOf, rank } from "./match.ts";
import { wholeGeneration } from "./places.ts";
import {
  endings,
  hasForm,
  idnCandidates,
  nameEnding,
  narrowQuestion,
  questionsOf,
  splits,
  type Terms,
} from "./terms.ts";
import { type FoundRRset, type Reader, type Walker, walker } from "./walk.ts";

export interface Found {
  items: FoundRRset[];
  /** There are others. */
  more: boolean;
}

/** A search that is not through by then says that there may be more. */
const PATIENCE_MS = 400;
const MOST_IDN = 500;
/** Of more than this that were read through the best need not be among those that are shown. */
const MOST_READ = 1000;
/** Where much is found, so much of what begins or ends like the text is looked at for what is better. */
const LOOKED_AT = 100;

type Finds = Map<number, FoundRRset>;

export async function searchRRsets(terms: Terms, limit: number, reader: Reader): Promise<Found> {
  if (terms.forms.length + terms.types.length === 0) return { items: [], more: false };
  const walk = walker(reader, PATIENCE_MS);
  const match = matchOf(terms);
  const finds: Finds = new Map();
  if (!walk.readAll(finds, terms, MOST_READ, isFound(match))) await askIndex(walk, finds, terms, limit, match);
  const ranked = [...finds.values()].map((found) => ({ found, rank: rankIn(match, found) ?? rank.anywhere }));
  const items = ranked.sort((a, b) => a.rank - b.rank).map(({ found }) => found);
  return { items: items.slice(0, limit), more: walk.gaveUp() || items.length > limit };
}

const rankIn = (match: Match, { loaded, set }: FoundRRset) => match(set, loaded.zone.name);
const isFound = (match: Match) => (found: FoundRRset) => rankIn(match, found) !== null;

async function askIndex(walk: Walker, finds: Finds, terms: Terms, limit: number, match: Match): Promise<void> {
  await wholeNames(walk, finds, terms, limit, match);
  const { exact, prefix, anywhere } = questionsOf(terms);
  const ranges = walk.ranges();
  const most = limit + 1;
  const widest = anywhere ?? prefix;
  const narrow = narrowQuestion(terms);
  if (narrow === null || !walk.takeRare(finds, narrow, most, isFound(match)))
    for (const question of widest === null ? exact : [widest]) await walk.into(finds, question, most, ranges);
  const idn = idnCandidates(terms);
  if (idn !== null && finds.size <= limit) await walk.into(finds, idn, most, ranges, isFound(match), MOST_IDN);
  if (finds.size <= limit || widest === null) return;

  // What is rare among much would be sought for long. These come at once, and the best are mostly among them.
  const upTo = () => finds.size + LOOKED_AT;
  if (prefix !== null && prefix !== widest) await walk.into(finds, prefix, upTo(), ranges, undefined, LOOKED_AT);
  const isExact = (found: FoundRRset) => (rankIn(match, found) ?? rank.anywhere) <= rank.exact;
  for (const ending of endings(terms)) await walk.into(finds, ending, upTo(), ranges, isExact, LOOKED_AT);
}

/** Names that are written whole: in those zones alone whose apex the right part begins. */
async function wholeNames(walk: Walker, finds: Finds, terms: Terms, limit: number, match: Match): Promise<void> {
  const isIt = (found: FoundRRset) => rankIn(match, found) === rank.wholeName;
  for (const { left, right } of splits(terms)) {
    const zones = walk.zonesNamed(right, left === "@");
    if (walk.read(zones, finds, terms, limit, isIt)) continue;
    const ranges = zones.map(({ generation }) => wholeGeneration(generation));
    await walk.into(finds, nameEnding(terms, left), limit, ranges, isIt);
  }
}

/** At most so many records of an RRset are told. */
const RECORDS = 3;

/** As it leaves the panel: the records that were looked for, or the first ones where the name was. */
export function toHit({ loaded, set, records }: FoundRRset, terms: Terms) {
  const { zone, organisation, access } = loaded;
  const relative = relativeName(set.name, zone.name);
  const having = terms.forms.length > 0 ? records.filter(({ content }) => hasForm(terms, content)) : [];
  const told = (having.length > 0 ? having : records).slice(0, RECORDS);
  return {
    zone: {
      id: zone.id,
      name: zone.name,
      displayName: shownName(zone),
      organisation: { id: organisation.id, handle: organisation.handle, name: organisation.name },
    },
    name: set.name,
    displayName: displayName(set.name).replace(/\.$/, ""),
    relative,
    type: set.type,
    ttl: set.ttl,
    level: access.levelAt(relative, set.type),
    records: told.map(({ id, content, disabled }) => ({ id, content, ...(disabled ? { disabled } : {}) })),
    /** Others in the same RRset. */
    others: records.length - told.length,
  };
}
