/** What a token sees, decided in SQL for lists and counts, against the same decided zone by zone and name by name. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { compileGrants } from "#lib/access/permissions.ts";
import type { TokenRights } from "#lib/access/token.ts";
import { zoneLevels } from "#lib/access/zone-level.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type Sql, sqlOf } from "../support/stage.ts";

vi.setConfig({ testTimeout: 120_000 });

let panel: Panel;
let sql: Sql;
let owner: Person;
let someone: Person;
const organisations: string[] = [];
const zones: { id: string; organisation: string; name: string }[] = [];

beforeAll(async () => {
  panel = await startPanel();
  sql = await sqlOf();
  owner = await panel.person("Owner", "root");
  someone = await panel.person("Someone");
  for (const handle of ["one", "two"]) {
    const made = await owner.call<{ id: string }>("POST", "/organisations", { name: handle, handle });
    organisations.push(made.body.id);
    for (const name of [`a-${handle}.example`, `b-${handle}.example`]) {
      const zone = await owner.call<{ id: string }>("POST", `/organisations/${handle}/dns/zones`, {
        name,
        connection: "local",
      });
      zones.push({ id: zone.body.id, organisation: made.body.id, name });
    }
  }
});
afterAll(() => panel.close());

const level = fc.constantFrom(...zoneLevels);
const name = fc.constantFrom(null, null, "@", "www", "*", "**", "*.dev", "**.dev", "a\\.b", "\\*");
const rule = fc.record({
  zone: fc.option(fc.nat(4), { freq: 3 }),
  name,
  type: fc.constantFrom(null, null, "A", "TXT"),
  level,
});
const list = fc.array(
  fc.record({ organisation: fc.option(fc.nat(2)), role: fc.constantFrom("owner" as const, "member" as const) }),
  { maxLength: 2 },
);
const rights = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ mode: "full" as const }) },
  {
    weight: 9,
    arbitrary: fc.record({ mode: fc.constant("listed" as const), rules: fc.array(rule, { maxLength: 4 }), list }),
  },
);

/** The fifth zone and the third organisation are gone. */
const made = (drawn: typeof rights extends fc.Arbitrary<infer T> ? T : never): TokenRights =>
  drawn.mode === "full"
    ? { mode: "full" }
    : {
        mode: "listed",
        permissions: [],
        servers: [],
        zones: drawn.rules.map(({ zone, ...rest }) => ({
          ...rest,
          zone: zone === null ? null : (zones[zone]?.id ?? "gone"),
        })),
        organisations: drawn.list.map(({ organisation, role }) => ({
          organisation: organisation === null ? null : (organisations[organisation] ?? "gone"),
          role,
        })),
      };

const query = { page: 1, perPage: 50, sort: "name", q: "" };

test("zones and organisations are listed and counted as they open one by one", async () => {
  const { listZones, loadZone } = await import("#lib/dns/zones.ts");
  const { listOrganisations, loadOrganisation } = await import("#lib/organisations/organisations.ts");
  const standing = fc.record({
    roles: fc.tuple(fc.constantFrom("admin", "member", null), fc.constantFrom("admin", "member", null)),
    memberDefault: level,
    rows: fc.array(fc.tuple(fc.nat(3), level), { maxLength: 2 }),
    grants: fc.subarray(["dns:read", "dns:manage", "org:read", "org:write"], { maxLength: 2 }),
    drawn: rights,
  });
  const seen = new Set<number>();
  fc.assert(
    fc.property(standing, ({ roles, memberDefault, rows, grants, drawn }) => {
      sql.run("delete from organisation_members where user_id = ?", someone.id);
      sql.run("delete from zone_permissions");
      sql.run("update organisations set member_default = ?", memberDefault);
      for (const [at, role] of roles.entries())
        if (role)
          sql.run(
            "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, ?, 0)",
            organisations[at],
            someone.id,
            role,
          );
      for (const [at, given] of rows) {
        const rank = zoneLevels.indexOf(given);
        sql.run(
          "insert or replace into zone_permissions (zone_id, user_id, can_view, can_modify, can_delete, names, created_at, expires_at) values (?, ?, ?, ?, ?, ?, 0, ?)",
          zones[at]?.id,
          someone.id,
          Number(rank > 0),
          Number(rank > 1),
          Number(rank > 2),
          rank > 1 ? '["www"]' : "[]",
          Date.now() + 60_000,
        );
      }
      const token = { id: "token", rights: made(drawn) };
      const actor = { ...panel.system, type: "token" as const, id: someone.id, grants: compileGrants(grants), token };
      const open = zones
        .map((zone) => loadZone(zone.organisation, zone.id, actor))
        .filter(({ access }) => access.level !== "none");
      seen.add(open.length);
      const listed = listZones(query, actor, null);
      expect(
        listed.items.map(({ id, level, manage }) => ({ id, level, manage })).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      ).toEqual(
        open
          .map(({ zone, access: { level, manage } }) => ({ id: zone.id, level, manage }))
          .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      );
      expect(listed.total).toBe(open.length);

      const own = listOrganisations({ ...query, scope: "all" }, actor);
      const visible = organisations.filter((id) => {
        const { access } = loadOrganisation(id, actor);
        // Without org:read the list holds one's own.
        return access.member && (actor.grants.has("org:read") || access.role !== null);
      });
      expect(own.items.map(({ id }) => id).toSorted()).toEqual(visible.toSorted());
      expect(own.total).toBe(visible.length);
      for (const row of own.items) {
        expect(row.zones).toBe(open.filter(({ organisation }) => organisation.id === row.id).length);
        expect(row.role).toBe(loadOrganisation(row.id, actor).access.role);
      }
    }),
    { numRuns: 600 },
  );
  expect([...seen].toSorted()).toEqual([0, 1, 2, 3, 4]);
});

test("records, sets and history hold what the level shows, name by name", async () => {
  const { loadZone } = await import("#lib/dns/zones.ts");
  const { pageOfRecords, pageOfRRsets } = await import("#lib/dns/records.ts");
  const { pageOfHistory } = await import("#lib/dns/history.ts");
  const zone = zones[0] as (typeof zones)[number];
  const base = `/organisations/one/dns/zones/${zone.name}`;
  const rrsets = ["@", "www", "dev", "a.dev", "b.a.dev", "a\\.b", "*", "*.dev"].flatMap((owner) =>
    [
      ["A", "192.0.2.1"],
      ["TXT", '"text"'],
    ].map(([type, content]) => ({ name: owner, type, ttl: 60, records: [{ content }] })),
  );
  expect((await owner.call("POST", `${base}/changes`, { rrsets })).status).toBe(200);
  sql.run("delete from organisation_members where user_id = ?", someone.id);
  sql.run(
    "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, 'admin', 0)",
    zone.organisation,
    someone.id,
  );
  const actorWith = (drawn: Parameters<typeof made>[0]) => ({
    ...panel.system,
    type: "token" as const,
    id: someone.id,
    grants: compileGrants([]),
    token: { id: "token", rights: made(drawn) },
  });
  const everything = loadZone(zone.organisation, zone.id, actorWith({ mode: "full" }));
  const all = { ...query, perPage: 200, type: "" };
  const known = pageOfRRsets(everything.zone, everything.access, all).items;
  expect(known.length).toBeGreaterThan(16);
  const sizes = new Set<number>();
  fc.assert(
    fc.property(rights, fc.constantFrom("", "A", "TXT", "NS"), (drawn, type) => {
      const actor = actorWith(drawn);
      const loaded = loadZone(zone.organisation, zone.id, actor);
      const { zone: row, access } = loaded;
      const wanted = known.filter((set) => access.levelAt(set.relative, set.type) !== "none");
      const typed = wanted.filter((set) => type === "" || set.type === type);
      const keys = (sets: readonly { name: string; type: string }[]) => sets.map((set) => `${set.name} ${set.type}`);
      const sets = pageOfRRsets(row, access, { ...all, type });
      expect(keys(sets.items)).toEqual(keys(typed));
      expect(sets.total).toBe(typed.length);
      expect(sets.types.reduce((sum, one) => sum + (one.count ?? 0), 0)).toBe(wanted.length);
      const records = pageOfRecords(row, access, { ...all, type });
      expect(records.total).toBe(typed.reduce((sum, set) => sum + set.records.length, 0));
      expect(new Set(keys(records.items))).toEqual(new Set(keys(typed)));
      const [last] = pageOfHistory(loaded, { page: 1, perPage: 1, name: "", type: "", actor: "" }, actor).items;
      const shown = wanted.filter((set) => last?.plan.some((step) => step.name === set.name && step.type === set.type));
      expect(last?.plan.length).toBe(shown.length);
      expect(last?.hidden).toBe(rrsets.length - shown.length);
      const touched =
        shown.some((set) => set.relative.includes("dev")) && shown.some((set) => set.type === "TXT") ? 1 : 0;
      expect(pageOfHistory(loaded, { page: 1, perPage: 1, name: "dev", type: "TXT", actor: "" }, actor).total).toBe(
        touched,
      );
      sizes.add(wanted.length);
    }),
    { numRuns: 200 },
  );
  expect(sizes.size).toBeGreaterThan(5);
});
