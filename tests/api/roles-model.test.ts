/**
 * Any sequence of acts on roles and accounts, by people of different rights, over the real services: never a panel without
 * somebody who can sign in and holds everything, never anybody raised above whoever raised them.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "#lib/actor.ts";
import { type Panel, startPanel } from "../support/panel.ts";

const GRANTS = ["*", "users:*", "users:suspend", "roles:*", "roles:assign", "permissions:assign", "admin:user:edit"];
const OWN = ["org:create", "ai:use"];
const POOL = [...GRANTS, ...OWN, "x:y", "x:*"];
/** Concrete permissions that tell every two grants of the pool apart: what is held is which of them are. */
const PROBES = [
  "?:?",
  "users:?",
  "users:suspend",
  "users:write",
  "roles:?",
  "roles:assign",
  "roles:write",
  "roles:create",
  "roles:delete",
  "permissions:assign",
  "admin:user:edit",
  ...OWN,
  "x:y",
  "x:?",
];

const accounts = ["a0", "a1", "a2", "a3", "a4"];
const made = ["r0", "r1", "r2", "r3"];

/** One role of every panel, which one account has, may do everything to whoever is not above it: most acts need no more. */
const STAFF = "r3";
const ADMINISTERING = ["roles:*", "permissions:assign", "users:suspend", "admin:user:edit"];

const pick = fc.nat(99);
const acts = [
  "create",
  "clone",
  "grant",
  "order",
  "parent",
  "rename",
  "factor",
  "delete",
  "give",
  "take",
  "assign",
  "suspend",
  "unsuspend",
  "email",
  "password",
  "passkeys",
  "ownPassword",
] as const;
type Kind = (typeof acts)[number];
const act = fc.record({
  kind: fc.constantFrom(...acts),
  actor: fc.constantFrom(...accounts, "a1", "a1", "system"),
  role: pick,
  other: pick,
  account: fc.constantFrom(...accounts),
  grants: fc.uniqueArray(fc.constantFrom(...POOL), { maxLength: 3 }),
  confirmed: fc.boolean(),
  shown: fc.boolean(),
  /** Whether the actor's rights are those of the beginning, as in a request that was under way. */
  stale: fc.boolean(),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

const world = fc.record({
  roles: fc.array(
    fc.record({
      grants: fc.uniqueArray(fc.constantFrom(...POOL), { maxLength: 3 }),
      parent: fc.option(pick, { freq: 3 }),
    }),
    { minLength: made.length, maxLength: made.length },
  ),
  accounts: fc.array(
    fc.record({
      roles: fc.uniqueArray(fc.nat(made.length), { maxLength: 2 }),
      password: fc.boolean(),
      passkey: fc.boolean(),
      suspended: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      due: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
    }),
    { minLength: accounts.length, maxLength: accounts.length },
  ),
});

/** The permission that each act needs, from the table of acts. */
const needs: Record<Kind, string[]> = {
  create: ["roles:create"],
  clone: ["roles:create"],
  grant: ["permissions:assign"],
  order: ["roles:write"],
  parent: ["roles:write"],
  rename: ["roles:write"],
  factor: ["roles:write"],
  delete: ["roles:delete"],
  give: ["roles:assign"],
  take: ["roles:assign"],
  assign: ["roles:assign"],
  suspend: ["users:suspend"],
  unsuspend: ["users:suspend"],
  email: ["admin:user:edit"],
  password: ["admin:user:edit"],
  passkeys: ["admin:user:edit"],
  ownPassword: [],
};

interface State {
  roles: { id: string; name: string; parent_id: string | null; requires_mfa: number; grants: string[] }[];
  accounts: {
    id: string;
    email: string;
    suspended: boolean;
    due: boolean;
    password: boolean;
    passkeys: number;
    roles: string[];
  }[];
}

let panel: Panel;
let sql: (text: string, ...values: unknown[]) => Record<string, unknown>[];
let perform: (act: Act, actor: Actor, state: State) => void;
let actorOf: (id: string, held: readonly string[], act: Act) => Actor;
const done = new Map<Kind, number>();

beforeAll(async () => {
  panel = await startPanel();
  const { db } = await import("#db/client.ts");
  const { compileGrants } = await import("#lib/access/permissions.ts");
  const { systemActor } = await import("#lib/actor.ts");
  const administration = await import("#lib/roles/administration.ts");
  const membership = await import("#lib/roles/membership.ts");
  const staff = await import("#lib/users/administration.ts");
  const { removePassword } = await import("#lib/passkeys/ways-in.ts");
  sql = (text, ...values) => {
    const statement = db().$client.prepare(text);
    if (statement.reader) return statement.all(...values) as Record<string, unknown>[];
    statement.run(...values);
    return [];
  };
  actorOf = (id, held, { confirmed, shown }) =>
    id === "system"
      ? systemActor("test")
      : {
          ...systemActor("test", id),
          type: "user",
          id,
          grants: compileGrants(held),
          confirmedAt: confirmed ? Date.now() : 0,
          mfa: shown ? "shown" : "open",
        };
  let named = 0;
  perform = (given, actor, state) => {
    const at = (n: number) => state.roles[n % state.roles.length]?.id ?? "";
    const [role, other] = [at(given.role), at(given.other)];
    const { grants, account } = given;
    const edit = (changes: Parameters<typeof administration.editRole>[1]) =>
      administration.editRole(role, changes, actor, false);
    const parent = given.other % 4 === 0 ? null : other;
    const does: Record<Kind, () => unknown> = {
      create: () =>
        administration.createRole(
          { name: `made ${++named}`, description: "", parent, requiresMfa: false, grants },
          actor,
        ),
      clone: () => administration.cloneRole(role, `made ${++named}`, actor),
      grant: () => administration.setGrants(role, grants, actor, false),
      order: () =>
        administration.orderGrants(role, (state.roles.find(({ id }) => id === role)?.grants ?? []).toReversed(), actor),
      parent: () => edit({ parent }),
      rename: () => edit({ name: ["default", "rootAdmin", "ROOTADMIN", `named ${++named}`][given.other % 4] }),
      factor: () => edit({ requiresMfa: given.other % 2 === 0 }),
      delete: () => administration.deleteRole(role, actor, { dryRun: false }),
      give: () => membership.addMember(role, account, actor, false),
      take: () =>
        membership.removeMember(
          state.accounts.find(({ id }) => id === account)?.roles[0] ?? role,
          account,
          actor,
          false,
        ),
      assign: () => membership.setRoles(account, given.other % 3 === 0 ? [] : [role, other], actor, false),
      suspend: () => staff.suspendAccount(account, "a reason", actor),
      unsuspend: () => staff.unsuspendAccount(account, actor),
      email: () => staff.changeEmail(account, `${account}.${++named}@example.org`, actor),
      password: () => staff.removePassword(account, actor),
      passkeys: () => staff.removePasskeys(account, null, actor),
      ownPassword: () => actor.id !== null && removePassword(actor as Parameters<typeof removePassword>[0]),
    };
    does[given.kind]();
  };
});
afterAll(() => panel.close());

function read(): State {
  const own = sql("select role_id, permission from role_grants order by role_id, position");
  const held = sql("select user_id, role_id from user_roles order by user_id, role_id");
  return {
    roles: sql("select id, name, parent_id, requires_mfa from roles order by id").map((row) => ({
      ...(row as Omit<State["roles"][number], "grants">),
      grants: own.filter(({ role_id }) => role_id === row.id).map(({ permission }) => String(permission)),
    })),
    accounts: sql(
      "select id, email, suspended_at is not null as suspended, deletion_due_at is not null as due, password_hash is not null as password, (select count(*) from passkeys where user_id = users.id) as passkeys from users order by id",
    ).map((row) => ({
      id: String(row.id),
      email: String(row.email),
      suspended: row.suspended === 1,
      due: row.due === 1,
      password: row.password === 1,
      passkeys: Number(row.passkeys),
      roles: held.filter(({ user_id }) => user_id === row.id).map(({ role_id }) => String(role_id)),
    })),
  };
}

// The oracle: upwards by repeated union until nothing is added; a grant is a pattern over probes.
const pattern = (grant: string) =>
  new RegExp(`^${grant === "*" ? ".+" : grant.replace(/[.?]/g, "\\$&").replace(/:\*$/, ":.+")}$`);

function upwards(state: State, from: readonly string[]): Set<string> {
  const found = new Set(from);
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const role of state.roles) if (found.has(role.id) && role.parent_id) found.add(role.parent_id);
  }
  return found;
}

function held(state: State, from: readonly string[]): Set<string> {
  const above = upwards(state, from);
  const grants = state.roles.filter(({ id }) => above.has(id)).flatMap((role) => role.grants);
  return new Set(PROBES.filter((probe) => grants.some((grant) => pattern(grant).test(probe))));
}

function heldBy(state: State, account: string): Set<string> {
  const roles = state.accounts.find(({ id }) => id === account)?.roles ?? [];
  return held(
    state,
    roles.length > 0 ? roles : state.roles.filter(({ name }) => name === "default").map(({ id }) => id),
  );
}

const rootIn = (state: State, account: string) => heldBy(state, account).has("?:?");
const able = (state: State, account: string) => {
  const row = state.accounts.find(({ id }) => id === account);
  return (
    row !== undefined && !row.suspended && !row.due && (row.password || row.passkeys > 0) && rootIn(state, account)
  );
};
const ableRoots = (state: State) => accounts.filter((account) => able(state, account));

/** The role, what inherits from it, and who has any of these: everything they hold. */
function reach(state: State, role: string): Set<string> {
  const below = state.roles.filter(({ id }) => upwards(state, [id]).has(role)).map(({ id }) => id);
  const people = state.accounts.filter((account) => account.roles.some((id) => below.includes(id)));
  return new Set([
    ...below.flatMap((id) => [...held(state, [id])]),
    ...people.flatMap(({ id }) => [...heldBy(state, id)]),
  ]);
}

const inCycles = (state: State) =>
  state.roles
    .filter(({ parent_id }) => parent_id !== null)
    .filter(({ id, parent_id }) => upwards(state, [parent_id ?? ""]).has(id)).length;

function check(given: Act, before: State, after: State, now: Set<string>): void {
  const told = JSON.stringify({ given, before, after });
  const within = (probes: Iterable<string>) => [...probes].filter((probe) => !now.has(probe));
  if (ableRoots(before).length > 0) expect(ableRoots(after).length, told).toBeGreaterThan(0);
  if (rootIn(before, given.actor)) expect(rootIn(after, given.actor), told).toBe(true);
  if (able(before, given.actor)) expect(able(after, given.actor), told).toBe(true);

  const pairs = [
    ...accounts.map((id) => [heldBy(before, id), heldBy(after, id)] as const),
    ...after.roles.map(({ id }) => [held(before, [id]), held(after, [id])] as const),
  ];
  for (const [had, has] of pairs) {
    const gained = [...has].filter((probe) => !had.has(probe));
    expect(within(gained), told).toEqual([]);
    if (given.actor !== "system" && gained.includes("?:?")) expect(given.confirmed, told).toBe(true);
  }
  for (const account of before.accounts) {
    const next = after.accounts.find(({ id }) => id === account.id);
    if (JSON.stringify(account) === JSON.stringify(next) || given.kind === "ownPassword" || given.kind === "delete")
      continue;
    expect(within([...heldBy(before, account.id), ...heldBy(after, account.id)]), told).toEqual([]);
    if (account.id === given.actor) expect(["give", "take", "assign"], told).toContain(given.kind);
  }
  const idsOf = new Set([...before.roles, ...after.roles].map(({ id }) => id));
  for (const id of idsOf) {
    const [was, is] = [before, after].map((state) => state.roles.find((role) => role.id === id));
    const unordered = (role: typeof was) => JSON.stringify(role && { ...role, grants: role.grants.toSorted() });
    if (unordered(was) === unordered(is)) continue;
    expect(within([...reach(before, id), ...reach(after, id)]), told).toEqual([]);
    if (was && is && was.name !== is.name)
      for (const name of [was.name, is.name]) expect(["default", "rootadmin"], told).not.toContain(name.toLowerCase());
  }
  const [fallbackBefore, fallback] = [before, after].map(
    (state) => state.roles.find(({ name }) => name === "default")?.id ?? "",
  );
  const byDefault = upwards(after, [fallback ?? ""]);
  const changed =
    JSON.stringify([...held(before, [fallbackBefore ?? ""])]) !== JSON.stringify([...held(after, [fallback ?? ""])]);
  if (changed) {
    expect(now.has("?:?"), told).toBe(true);
    for (const role of after.roles.filter(({ id }) => byDefault.has(id)))
      for (const grant of role.grants) expect(OWN, told).toContain(grant);
  }
  const root = after.roles.find(({ name }) => name === "rootAdmin");
  expect(root, told).toMatchObject({ parent_id: null, grants: expect.arrayContaining(["*"]) });
  expect(inCycles(after), told).toBeLessThanOrEqual(inCycles(before));
  // What one does to oneself is refused at the door when suspended; the acts of staff also by the act.
  if (given.actor !== "system" && given.kind !== "ownPassword") {
    for (const permission of needs[given.kind]) expect(now.has(permission), told).toBe(true);
    expect(before.accounts.find(({ id }) => id === given.actor)?.suspended, told).toBe(false);
  }
  // Taking something away opens nothing, but for an account that is left without a role.
  const takes = ["delete", "take"].includes(given.kind);
  for (const { id } of before.accounts.filter(() => takes)) {
    const gained = [...heldBy(after, id)].filter((probe) => !heldBy(before, id).has(probe));
    const left = after.accounts.find((account) => account.id === id)?.roles.length ?? 0;
    const byFallback = held(after, [fallback ?? ""]);
    expect(
      gained.filter((probe) => left > 0 || !byFallback.has(probe)),
      told,
    ).toEqual([]);
  }
}

function build(given: typeof world extends fc.Arbitrary<infer T> ? T : never): void {
  sql("delete from role_grants where role_id in (select id from roles where name = 'default')");
  sql(
    "insert into role_grants (role_id, permission, position) select id, 'org:create', 0 from roles where name = 'default'",
  );
  for (const [index, id] of made.entries()) {
    const { grants: drawn = [], parent = null } = given.roles[index] ?? {};
    const grants = id === STAFF ? [...new Set([...ADMINISTERING, ...drawn])] : drawn;
    // Parents as they come: also cycles, which only somebody with the file can make.
    sql(
      "insert into roles (id, name, parent_id, created_at) values (?, ?, ?, 0)",
      id,
      `role ${id}`,
      parent === null ? null : (made[parent % made.length] ?? null),
    );
    for (const [position, grant] of grants.entries())
      sql("insert into role_grants (role_id, permission, position) values (?, ?, ?)", id, grant, position);
  }
  const root = String(sql("select id from roles where name = 'rootAdmin'")[0]?.id);
  for (const [index, id] of accounts.entries()) {
    const row = given.accounts[index];
    sql(
      "insert into users (id, name, email, password_hash, suspended_at, deletion_due_at, created_at, updated_at) values (?, ?, ?, ?, ?, ?, 0, 0)",
      id,
      id,
      `${id}@example.org`,
      row?.password ? "hash" : null,
      row?.suspended ? 1 : null,
      row?.due ? 1 : null,
    );
    if (row?.passkey)
      sql(
        "insert into passkeys (id, user_id, name, credential_id, public_key, counter, synced, backed_up, aaguid, created_at) values (?, ?, 'Key', ?, x'00', 0, 0, 0, '', 0)",
        `k-${id}`,
        id,
        id,
      );
    if (index === 1) sql("insert into user_roles (user_id, role_id, created_at) values (?, ?, 0)", id, STAFF);
    for (const role of row?.roles.filter((n) => index !== 1 || made[n] !== STAFF) ?? [])
      sql("insert into user_roles (user_id, role_id, created_at) values (?, ?, 0)", id, made[role] ?? root);
  }
}

test("no sequence of acts loses the last root, or raises anybody above the actor", () => {
  fc.assert(
    fc.property(world, fc.array(act, { minLength: 5, maxLength: 25 }), (given, sequence) => {
      sql("begin immediate");
      try {
        build(given);
        const first = read();
        for (const step of sequence) {
          const before = read();
          const everything = new Set(PROBES);
          const now = step.actor === "system" ? everything : heldBy(before, step.actor);
          const grantsIn = (state: State) => {
            const roles = state.accounts.find(({ id }) => id === step.actor)?.roles ?? [];
            const fallback = state.roles.filter(({ name }) => name === "default").map(({ id }) => id);
            const above = upwards(state, roles.length > 0 ? roles : fallback);
            return state.roles.filter(({ id }) => above.has(id)).flatMap(({ grants }) => grants);
          };
          const actor = actorOf(step.actor, grantsIn(step.stale ? first : before), step);
          try {
            perform(step, actor, before);
          } catch (error) {
            expect(error, JSON.stringify(step)).toHaveProperty("code");
            expect(read(), "a refused act did something").toEqual(before);
            continue;
          }
          const after = read();
          check(step, before, after, now);
          if (JSON.stringify(before) !== JSON.stringify(after)) done.set(step.kind, (done.get(step.kind) ?? 0) + 1);
        }
      } finally {
        sql("rollback");
      }
    }),
    { numRuns: 300 },
  );
  // Nothing is proved by acts that never come about.
  expect([...acts].filter((kind) => (done.get(kind) ?? 0) === 0)).toEqual([]);
}, 240_000);
