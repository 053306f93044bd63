/** Zones that the panel keeps itself: the mirror is the truth. Nothing serves them yet. */
import { and, eq, sql } from "drizzle-orm";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { zones } from "#db/schema/index.ts";
import { putRRset, putRRsets, readMirror, readMirrorNames, writePlan } from "../mirror.ts";
import { isBelow } from "../name.ts";
import type { Plan, RRset } from "../rrset.ts";
import { recordTypes } from "../types/index.ts";
import { type NewZone, type Provider, ProviderError, type ZoneInfo } from "./provider.ts";

/** `connection` is the id under which its zones stand in `zones`; a zone's external id is its row's id. */
export function localProvider(connection = "local"): Provider {
  return {
    capabilities: {
      kind: "local",
      types: new Set([...recordTypes.keys()].filter((type) => type !== "ALIAS")),
      genericTypes: true,
      autoTtl: false,
      minTtl: 0,
      maxTtl: 2_147_483_647,
      disabled: true,
      comments: true,
      proxied: false,
      tags: false,
      flattensApex: false,
      editableSoa: true,
      editableApexNs: true,
      createsZones: true,
    },
    findZone: async (name) => {
      const row = all(connection).find((zone) => zone.name === name);
      return row ? info(row) : null;
    },
    relatedZones: async (name) =>
      all(connection)
        .map((zone) => zone.name)
        .filter((other) => other === name || isBelow(other, name) || isBelow(name, other)),
    // The row exists before the provider is asked; what is made here are the records of an empty zone.
    createZone: async (zone) =>
      transaction((tx) => {
        const row = find(tx, connection, zone.name);
        if (readMirrorNames(row.id, row.name, [row.name], [], tx).length > 0) {
          throw new ProviderError("refused", "provider_refused", "This zone exists already.");
        }
        putRRsets(tx, row.id, row.name, firstRecords(zone));
        return info(row);
      }),
    // Its row goes with the panel's own record of the zone; here there is nothing else to delete.
    deleteZone: async (id) => void byId(id),
    zoneInfo: async (id) => info(byId(id)),
    readZone: async (id) => ({ info: info(byId(id)), rrsets: readMirror(id) }),
    readNames: async (id, names, options) => {
      const row = byId(id);
      return { info: info(row), rrsets: readMirrorNames(id, row.name, names, options?.below) };
    },
    preview: (plan) => ({ steps: Math.min(plan.length, 1) }),
    apply: async (id, plan, onStep) => {
      if (plan.length === 0) return;
      transaction((tx) => applyLocally(tx, id, plan));
      onStep?.(1);
    },
  };
}

/** Writes a plan to a local zone and bumps its serial, inside the caller's transaction. */
export function applyLocally(tx: DbOrTx, zoneId: string, plan: Plan): void {
  const { name } = byId(zoneId, tx);
  writePlan(tx, zoneId, name, plan);
  if (plan.length > 0) bumpSerial(tx, zoneId, name);
}

/** RFC 1982: one more than it was; 0 follows 2^32-1. */
function bumpSerial(tx: DbOrTx, zoneId: string, apex: string): void {
  const soa = readMirrorNames(zoneId, apex, [apex], [], tx).find((set) => set.type === "SOA");
  const next = soa && nextSoa(soa);
  if (!next) return;
  putRRset(tx, zoneId, apex, next.soa);
  tx.update(zones).set({ serial: next.serial }).where(eq(zones.id, zoneId)).run();
}

/** The SOA with the serial that follows, if it is one. */
export function nextSoa(soa: RRset): { soa: RRset; serial: number } | null {
  const [record] = soa.records;
  if (!record) return null;
  const fields = record.content.split(" ");
  const serial = (Number(fields[2]) + 1) % 2 ** 32;
  fields[2] = String(serial);
  return { soa: { ...soa, records: [{ ...record, content: fields.join(" ") }] }, serial };
}

function firstRecords(zone: NewZone): RRset[] {
  const nameservers = zone.nameservers.length > 0 ? zone.nameservers : [`ns1.${zone.name}`];
  const soa = `${nameservers[0]} ${zone.hostmaster} 1 10800 3600 604800 3600`;
  return [
    { name: zone.name, type: "SOA", ttl: 3600, records: [{ content: soa }] },
    { name: zone.name, type: "NS", ttl: 3600, records: nameservers.toSorted().map((content) => ({ content })) },
  ];
}

type Row = { id: string; name: string; serial: number | null };

const columns = { id: zones.id, name: zones.name, serial: zones.serial };
const all = (connection: string): Row[] =>
  db()
    .select(columns)
    .from(zones)
    .where(and(eq(zones.connection, connection), eq(zones.reserved, 1)))
    .all();

function byId(id: string, tx: DbOrTx = db()): Row {
  const row = tx.select(columns).from(zones).where(eq(zones.id, id)).get();
  if (!row) throw new ProviderError("refused", "provider_not_found", "This zone no longer exists.");
  return row;
}

function find(tx: DbOrTx, connection: string, name: string): Row {
  const row = tx
    .select(columns)
    .from(zones)
    .where(sql`${zones.connection} = ${connection} and ${zones.name} = ${name} and ${zones.reserved} = 1`)
    .get();
  if (!row) throw new ProviderError("refused", "provider_not_found", "This zone no longer exists.");
  return row;
}

const info = (row: Row): ZoneInfo => ({
  externalId: row.id,
  name: row.name,
  version: null,
  serial: row.serial,
  status: "active",
});
