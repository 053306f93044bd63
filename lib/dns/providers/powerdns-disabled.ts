/**
 * What is known of disabled records for the moment between a write and its reading back. Before 5.0 PowerDNS hides them in
 * the answer for one name, and finding them takes a search of the whole database. They were found before the write,
 * and a write replaces whole sets: so directly after it they are what they were, if it had none itself. What is
 * served is read back in any case. This is used once and never for a read that a change is planned from.
 */
import { type Plan, type RRset, rrsetKey } from "../rrset.ts";

export interface DisabledRecords {
  /** A read that shows everything at these names. */
  read(externalId: string, names: readonly string[], rrsets: readonly RRset[]): void;
  /** The plan has been stored, all of it. */
  wrote(externalId: string, plan: Plan): void;
  /** The disabled records at these names, if they are known; the next time they are not. */
  afterWrite(externalId: string, names: readonly string[]): RRset[] | undefined;
}

interface Known {
  at: number;
  names: ReadonlySet<string>;
  /** Sets with disabled records, and nothing but those. */
  sets: RRset[];
  written: boolean;
}

/** What was read longer ago says nothing about a write. */
const READ_TRUSTED_MS = 10_000;
/** Reading back follows the write. */
const WRITE_TRUSTED_MS = 1000;
/** Zones that are remembered at once. */
const MAX_ZONES = 1000;

export function disabledRecords(): DisabledRecords {
  const zones = new Map<string, Known>();
  return {
    read(externalId, names, rrsets) {
      const asked = new Set(names);
      const sets = rrsets.filter(({ name }) => asked.has(name)).flatMap(disabledOf);
      zones.delete(externalId);
      zones.set(externalId, { at: Date.now(), names: asked, sets, written: false });
      const [oldest] = zones.keys();
      if (zones.size > MAX_ZONES && oldest !== undefined) zones.delete(oldest);
    },
    wrote(externalId, plan) {
      const known = zones.get(externalId);
      zones.delete(externalId);
      if (!known || known.written || Date.now() - known.at > READ_TRUSTED_MS) return;
      const told = plan.every(
        ({ name, before, after }) =>
          known.names.has(name) && ![before, after].some((set) => set !== null && disabledOf(set).length > 0),
      );
      const touched = new Set(plan.map(rrsetKey));
      // A set that was written, and had disabled records of which the plan knew nothing, is read as any other.
      if (!told || known.sets.some((set) => touched.has(rrsetKey(set)))) return;
      zones.set(externalId, { ...known, at: Date.now(), written: true });
    },
    afterWrite(externalId, names) {
      const known = zones.get(externalId);
      if (!known?.written) return undefined;
      zones.delete(externalId);
      if (Date.now() - known.at > WRITE_TRUSTED_MS || !names.every((name) => known.names.has(name))) return undefined;
      return known.sets;
    },
  };
}

function disabledOf(set: RRset): RRset[] {
  const records = set.records.filter((record) => record.disabled);
  return records.length > 0 ? [{ ...set, records }] : [];
}
