import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Db, open } from "#db/client.ts";
import { migrate } from "#db/migrate.ts";
import { organisations, rrsets, zones, zoneTypes } from "#db/schema/index.ts";
import { putRRset, replaceNames, writePlan } from "#lib/dns/mirror.ts";
import type { RRset } from "#lib/dns/rrset.ts";

const folder = mkdtempSync(path.join(tmpdir(), "zonegate-counts-"));
const APEX = "example.org.";
let db: Db;

beforeAll(() => {
  db = open(path.join(folder, "panel.db"));
  migrate(db);
  db.insert(organisations).values({ id: "o", handle: "o", name: "O", memberDefault: "view", createdAt: 1 }).run();
});
afterAll(() => {
  db.$client.close();
  rmSync(folder, { recursive: true, force: true });
});

const name = fc.constantFrom("www", "mail", "a.b", "x").map((label) => `${label}.${APEX}`);
const set: fc.Arbitrary<RRset> = fc.record({
  name,
  type: fc.constantFrom("A", "TXT", "MX"),
  ttl: fc.constant(60),
  records: fc.array(fc.record({ content: fc.constantFrom("1", "2", "3", "4") }), { minLength: 1, maxLength: 4 }),
});
const step = fc.oneof(
  fc.record({ what: fc.constant("put" as const), set }),
  fc.record({ what: fc.constant("drop" as const), set }),
  fc.record({ what: fc.constant("replace" as const), names: fc.array(name), found: fc.array(set) }),
);

test("whatever is written to the mirror, and taken back, the counts are those of what is there", () => {
  let sequence = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(step, fc.boolean()), { maxLength: 12 }), (steps) => {
      const zoneId = `z${++sequence}`;
      db.insert(zones)
        .values({
          id: zoneId,
          organisationId: "o",
          connection: "local",
          name: `${zoneId}.`,
          origin: "created",
          status: "active",
          createdAt: 1,
        })
        .run();
      for (const [wanted, kept] of steps) {
        try {
          db.transaction((tx) => {
            if (wanted.what === "put") putRRset(tx, zoneId, APEX, wanted.set);
            else if (wanted.what === "replace") replaceNames(tx, zoneId, APEX, wanted.names, wanted.found);
            else
              writePlan(tx, zoneId, APEX, [
                { kind: "delete", name: wanted.set.name, type: wanted.set.type, before: wanted.set, after: null },
              ]);
            if (!kept) throw new Error("taken back");
          });
        } catch (error) {
          expect((error as Error).message).toBe("taken back");
        }
      }
      const own = <T extends { zoneId: string }>(rows: T[]) => rows.filter((row) => row.zoneId === zoneId);
      const there = Map.groupBy(own(db.select().from(rrsets).all()), (row) => row.type);
      const sum = (rows: { recordCount: number }[]) => rows.reduce((n, row) => n + row.recordCount, 0);
      const counted = own(db.select().from(zoneTypes).all()).filter((row) => row.sets !== 0 || row.records !== 0);
      expect(Object.fromEntries(counted.map(({ type, sets, records }) => [type, [sets, records]]))).toEqual(
        Object.fromEntries([...there].map(([type, rows]) => [type, [rows.length, sum(rows)]])),
      );
      const zone = db
        .select()
        .from(zones)
        .all()
        .find((row) => row.id === zoneId);
      expect(zone?.recordCount).toBe(sum([...there.values()].flat()));
      const ids = (text: string) => db.$client.prepare(text).all(zoneId);
      const generation = "(select generation from zones where id = ?)";
      expect(ids(`select id, row_id from record_ids where generation = ${generation} order by 1`)).toEqual(
        ids(
          `select distinct value ->> 'id' as id, r.id as row_id from rrset_rows r, json_each(r.records) where generation = ${generation} order by 1`,
        ),
      );
      db.$client.prepare("delete from zones where id = ?").run(zoneId);
      expect(own(db.select().from(zoneTypes).all())).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
