/** What the overview counts for whom, what accounts and organisations use, and what staff see of an account's places. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultRoleGrants } from "#lib/access/roles.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { signIn } from "../support/sign-in.ts";
import { insertNode, insertServer } from "../support/stage.ts";
import { unmasked } from "../support/unmasked.ts";

interface Tile {
  id: string;
  scope: "own" | "all";
  count: number;
  href: string | null;
  states?: { state: string; count: number; href: string | null }[];
}
interface Usage {
  organisations: number | null;
  zones: number | null;
  records: number | null;
  servers: { count: number; memory: number; disk: number } | null;
  days: { day: string; count: number }[];
}

let panel: Panel;
let root: Person;
let olive: Person;
let rival: Person;
let member: Person;
let sql: (text: string, ...values: unknown[]) => void;
let idOf: (handle: string) => string;

beforeAll(async () => {
  panel = await startPanel();
  root = await panel.person("Root", "root");
  [olive, rival, member] = [await panel.person("Olive"), await panel.person("Rival"), await panel.person("Member")];
  const { db } = await import("#db/client.ts");
  sql = (text, ...values) =>
    void db()
      .$client.prepare(text)
      .run(...values);
  idOf = (handle) =>
    db().$client.prepare("select id from organisations where handle = ?").pluck().get(handle) as string;
  await olive.call("POST", "/organisations", { name: "Olive & Co", handle: "olive" });
  await rival.call("POST", "/organisations", { name: "Rivals", handle: "rivals" });
  await root.call("POST", "/organisations/olive/members", { email: member.email });
  for (const [organisation, name] of [
    ["olive", "fine.example"],
    ["olive", "broken.example"],
    ["rivals", "theirs.example"],
    ["rivals", "worse.example"],
  ] as const) {
    const made = await root.call("POST", `/organisations/${organisation}/dns/zones`, { name, connection: "local" });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
  }
  sql("update zones set status = 'error' where name in ('broken.example.', 'worse.example.', 'theirs.example.')");
});
afterAll(() => panel.close());

const tilesOf = async (person: Person) => {
  const answer = await person.call<{ items: Tile[] }>("GET", "/soc/overview");
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return Object.fromEntries(answer.body.items.map((tile) => [tile.id, tile]));
};

describe("the overview", () => {
  test("is for soc:read, which those without a role have", async () => {
    expect((await panel.call("GET", "/soc/overview")).status).toBe(401);
    expect(await (await panel.person("Other role", ["users:read"])).call("GET", "/soc/overview")).toMatchObject({
      status: 403,
      body: { missing: "soc:read" },
    });
  });

  test("counts one's own zones, and everybody's only with dns:read; each tile leads to just those", async () => {
    expect((await tilesOf(olive)).zones).toMatchObject({
      scope: "own",
      count: 1,
      href: "/dashboard/zones?status=error",
    });
    const soc = await panel.person("Soc Only", ["soc:read", "soc:write", "admin:access"]);
    expect((await tilesOf(soc)).zones).toMatchObject({ scope: "own", count: 0 });
    expect((await tilesOf(await panel.person("Soc Dns", ["soc:read", "dns:read"]))).zones).toMatchObject({
      scope: "all",
      count: 3,
    });
    const listed = async (person: Person) =>
      (await person.call<{ items: { name: string }[] }>("GET", "/dns/zones?status=error")).body.items.map(
        ({ name }) => name,
      );
    expect(await listed(olive)).toEqual(["broken.example."]);
    expect(await listed(rival)).toEqual(["theirs.example.", "worse.example."]);
  });

  test("counts failed sign-ins to one's own account, and everybody's only with logs:read", async () => {
    for (let n = 0; n < 2; n++) await signIn(olive.email, "not the password");
    await signIn(rival.email, "not the password");
    await signIn("nobody@example.org", "not the password");
    expect((await tilesOf(olive)).signIns).toMatchObject({ scope: "own", count: 2 });
    expect((await tilesOf(rival)).signIns).toMatchObject({ scope: "own", count: 1 });
    const soc = await panel.person("Soc Logs", ["soc:read", "logs:read"]);
    expect((await tilesOf(soc)).signIns).toMatchObject({ scope: "all", count: 4 });
    sql(
      "insert into audit_log (id, at, actor_type, actor_label, action, target_type, target_label, outcome) values ('old', ?, 'anonymous', ?, 'auth.signIn', 'account', ?, 'refused')",
      Date.now() - 90_000_000,
      olive.email,
      olive.email,
    );
    expect((await tilesOf(soc)).signIns).toMatchObject({ count: 4 });
    expect((await tilesOf(olive)).signIns).toMatchObject({ count: 2 });
  });

  test("counts wrong codes and refused passkeys among them, which are known to be of an account", async () => {
    const known = await panel.person("Known by a second step");
    for (const how of ["authenticator code", "recovery code"])
      sql(
        "insert into audit_log (id, at, actor_type, actor_label, action, target_type, target_id, target_label, outcome) values (?, ?, 'anonymous', ?, 'auth.signIn', 'account', ?, ?, 'refused')",
        how,
        Date.now(),
        known.email,
        known.id,
        known.email,
      );
    expect((await tilesOf(known)).signIns).toMatchObject({ scope: "own", count: 2 });
  });

  test("says nothing of jobs and deletions without the permission of their tab", async () => {
    for (const person of [olive, await panel.person("Soc Clerk", ["soc:read", "users:read", "dns:read", "logs:read"])])
      expect(Object.keys(await tilesOf(person)).toSorted()).toEqual(["claims", "signIns", "zones"]);
    sql("update users set deletion_due_at = 9e15 where id = ?", (await panel.person("Leaving")).id);
    const soc = await panel.person("Soc All", ["soc:read", "deletions:write", "admin:metrics"]);
    sql(
      "insert into jobs (id, kind, payload, state, due_at, created_at, finished_at) values ('bad', 'none', '{}', 'failed', ?, 0, ?)",
      Date.now(),
      Date.now(),
    );
    expect(await tilesOf(soc)).toMatchObject({
      deletions: { scope: "all", count: 1 },
      jobs: { scope: "all", count: 1 },
    });
  });
});

test("active servers are counted over one's own, and over everybody's only with servers:read", async () => {
  const [reader, guest] = [
    await panel.person("Reader of active ones", ["soc:read", "servers:read"]),
    await panel.person("Guest of a server"),
  ];
  const active = async (person: Person) => (await tilesOf(person)).active;
  expect(await active(olive), "nothing is said to whoever has none").toBeUndefined();
  const [mine, suspended, theirs] = [idOf("olive"), idOf("olive"), idOf("rivals")].map((id) =>
    insertServer({ run: sql }, id),
  );
  sql("update servers set suspended_at = 1 where id = ?", suspended);
  sql(
    "insert into server_subusers (server_id, user_id, capabilities, created_at, updated_at) values (?, ?, '[]', 0, 0)",
    theirs,
    guest.id,
  );
  const own = { scope: "own", count: 1, href: "/dashboard/servers" };
  for (const person of [olive, rival, guest]) expect(await active(person)).toMatchObject(own);
  expect(await active(member), "a member has no part in the organisation's servers").toBeUndefined();
  expect(await active(reader)).toMatchObject({
    scope: "all",
    count: 2,
    href: "/dashboard/admin?tab=servers&state=ready&suspended=no",
  });
  const listed = await reader.call<{ total: number }>("GET", "/admin/servers?state=ready&suspended=no");
  expect(listed.body.total).toBe(2);
  for (const id of [mine, suspended, theirs]) sql("delete from servers where id = ?", id);
});

test("nodes are counted by state for nodes:read alone, and each count leads to just those", async () => {
  const reader = await panel.person("Reader of nodes", ["soc:read", "nodes:read"]);
  const now = Date.now();
  // Seen, and since when it has not called; as many of each as nothing else is.
  const made = [
    [null, null],
    [now, null],
    [now, null],
    [now, null],
    [now, 1],
    [1, null],
  ] as const;
  // Those of servers were never asked.
  const before = (await reader.call<{ total: number }>("GET", "/admin/nodes")).body.total;
  const ids = made.map(([seenAt, unheardSince]) => {
    const id = insertNode({ run: sql });
    sql("update nodes set seen_at = ?, unheard_since = ? where id = ?", seenAt, unheardSince, id);
    return id;
  });
  expect((await tilesOf(olive)).nodes).toBeUndefined();
  const { nodes } = await tilesOf(reader);
  expect(nodes).toMatchObject({ scope: "all", count: 2 });
  expect(nodes?.states?.map(({ state, count }) => [state, count])).toEqual([
    ["healthy", 3],
    ["unhealthy", 2],
    ["waiting", before + 1],
  ]);
  for (const { count, href } of nodes?.states ?? []) {
    const query = new URLSearchParams(href?.split("?")[1]);
    query.delete("tab");
    expect((await reader.call<{ total: number }>("GET", `/admin/nodes?${query}`)).body.total, href ?? "").toBe(count);
  }
  for (const id of ids) sql("delete from nodes where id = ?", id);
});

test("servers that could not be installed are counted for servers:read, over the whole panel", async () => {
  const reader = await panel.person("Reader of servers", ["soc:read", "servers:read"]);
  expect((await tilesOf(reader)).servers).toMatchObject({ scope: "all", count: 0 });
  const id = insertServer({ run: sql }, idOf("olive"));
  sql("update servers set state = 'install_failed' where id = ?", id);
  expect((await tilesOf(reader)).servers).toMatchObject({
    count: 1,
    href: "/dashboard/admin?tab=servers&state=install_failed",
  });
  expect((await tilesOf(olive)).servers).toBeUndefined();
  expect((await olive.call<Usage>("GET", "/soc/usage/org/olive")).body.servers).toEqual({
    count: 1,
    memory: 512,
    disk: 1024,
  });
  expect((await olive.call<Usage>("GET", `/soc/usage/user/${olive.id}`)).body.servers).toMatchObject({ count: 1 });
  const clerk = await panel.person("Clerk of usage", ["users:read"]);
  expect((await clerk.call<Usage>("GET", `/soc/usage/user/${olive.id}`)).body.servers).toBeNull();
  const both = await panel.person("Clerk of servers", ["users:read", "servers:read"]);
  expect((await both.call<Usage>("GET", `/soc/usage/user/${olive.id}`)).body.servers).toMatchObject({ count: 1 });
});

describe("usage", () => {
  const usage = (person: Person, path: string) => person.call<Usage>("GET", `/soc/usage/${path}`);

  test("of an account: one's own, or with users:read anybody's; its zones only with dns:read", async () => {
    expect((await usage(olive, `user/${olive.id}`)).body).toMatchObject({ organisations: 1, zones: 2 });
    expect((await usage(olive, `user/${rival.id}`)).status).toBe(403);
    expect((await usage(olive, "user/nothing")).status).toBe(403);
    const clerk = await panel.person("Usage Clerk", ["users:read"]);
    expect((await usage(clerk, `user/${olive.id}`)).body).toMatchObject({
      organisations: 1,
      zones: null,
      records: null,
    });
    expect((await usage(clerk, "user/nothing")).status).toBe(404);
    const both = await panel.person("Usage Both", ["users:read", "dns:read"]);
    expect((await usage(both, `user/${olive.id}`)).body).toMatchObject({ zones: 2, records: expect.any(Number) });
  });

  test("of an account counts its requests by day, and nobody else's", async () => {
    const { closeLogs } = await import("#lib/log/store.ts");
    const busy = await panel.person("Busy");
    const today = async () => (await usage(root, `user/${busy.id}`)).body.days.at(-1);
    for (let n = 0; n < 3; n++) await busy.call("GET", "/account");
    await closeLogs();
    expect(await today()).toEqual({ day: new Date().toISOString().slice(0, 10), count: 3, capped: false });
    const { days } = (await usage(root, `user/${busy.id}`)).body;
    expect(days).toHaveLength(14);
    expect(days.slice(0, -1).every(({ count }) => count === 0)).toBe(true);
  });

  test("of an organisation: its owner and admins, or with org:read; to others it is not there", async () => {
    expect((await usage(olive, "org/olive")).body).toMatchObject({ zones: 2 });
    expect((await usage(olive, "org/olive")).body.days.at(-1)?.count).toBeGreaterThan(0);
    expect((await usage(member, "org/olive")).status).toBe(403);
    expect((await usage(rival, "org/olive")).status).toBe(404);
    const reader = await panel.person("Usage Reader", ["org:read"]);
    expect((await usage(reader, "org/olive")).body).toMatchObject({ zones: null, records: null });
    const both = await panel.person("Usage Org Dns", ["org:read", "dns:read"]);
    expect((await usage(both, "org/olive")).body).toMatchObject({ zones: 2 });
  });
});

describe("the places of an account", () => {
  interface Zone {
    name: string;
    role: string | null;
    level: string;
    source: string;
    row: { level: string } | null;
  }
  const zonesOf = async (person: Person, user: string) =>
    (await person.call<{ items: Zone[] }>("GET", `/admin/users/${user}/zones`)).body.items;

  test("its zones and its level in each need users:read, and dns:read or dns:manage", async () => {
    for (const grants of [["users:read"], ["dns:read"], ["dns:manage"], ["org:read"]])
      expect(
        (
          await (
            await panel.person(`Lacks ${grants.join("")}`.replaceAll(":", ""), grants)
          ).call("GET", `/admin/users/${olive.id}/zones`)
        ).status,
        grants.join(),
      ).toBe(403);
    const staff = await panel.person("Levels", ["users:read", "dns:manage"]);
    expect(await zonesOf(staff, olive.id)).toMatchObject([
      { name: "broken.example.", role: "owner", level: "full", source: "organisation", row: null },
      { name: "fine.example.", role: "owner", level: "full", source: "organisation", row: null },
    ]);
    expect(await zonesOf(staff, member.id)).toMatchObject([
      { name: "broken.example.", role: "member", level: "view", source: "default", row: null },
      { name: "fine.example.", level: "view" },
    ]);
    expect((await staff.call("GET", "/admin/users/nothing/zones")).status).toBe(404);
    const set = await staff.call("PUT", `/organisations/olive/dns/zones/fine.example/permissions/${member.id}`, {
      level: "edit",
    });
    expect(set.status).toBe(200);
    const [found] = (await staff.call<{ items: Zone[] }>("GET", `/admin/users/${member.id}/zones?q=fine`)).body.items;
    expect(found).toMatchObject({ name: "fine.example.", level: "edit", source: "row", row: { level: "edit" } });
  });

  test("its organisations and its history are for users:read, and the history is hidden in privacy mode", async () => {
    const clerk = await panel.person("History Clerk", ["users:read"]);
    const nosy = await panel.person("Nosy", ["dns:read"]);
    for (const path of ["organisations", "history", "history?side=about"]) {
      expect((await clerk.call("GET", `/admin/users/${member.id}/${path}`)).status, path).toBe(200);
      expect((await nosy.call("GET", `/admin/users/${member.id}/${path}`)).status, path).toBe(403);
      expect((await clerk.call("GET", `/admin/users/nothing/${path}`)).status, path).toBe(404);
    }
    expect((await clerk.call("GET", `/admin/users/${member.id}/organisations`)).body).toMatchObject({
      total: 1,
      items: [{ handle: "olive", role: "member" }],
    });
    await root.call("POST", `/admin/users/${member.id}/suspend`, { reason: "Test" });
    const about = (person: Person) =>
      person.call<{ items: { action: string; actor: string; target: string }[] }>(
        "GET",
        `/admin/users/${member.id}/history?side=about`,
      );
    expect((await about(unmasked(panel, clerk))).body.items[0]).toMatchObject({
      action: "accounts.suspend",
      actor: root.email,
      target: member.email,
    });
    const hidden = JSON.stringify((await about(clerk)).body);
    expect(hidden).toContain("accounts.suspend");
    expect(hidden).not.toMatch(/root@|member@/);
    const by = await unmasked(panel, clerk).call<{ items: { action: string }[] }>(
      "GET",
      `/admin/users/${olive.id}/history`,
    );
    expect(by.body.items.map(({ action }) => action)).toContain("organisations.create");
  });

  test("an administrator is made and unmade with the role rootAdmin, told first", async () => {
    const person = await panel.person("Rising");
    const assign = (roles: string[], dryRun: boolean) =>
      root.call<{ applied: boolean; says: string[] }>("PUT", `/admin/users/${person.id}/roles`, { roles, dryRun });
    const told = await assign(["rootAdmin"], true);
    expect(told.body).toMatchObject({ applied: false, says: ["The account will then have *."] });
    expect((await person.call("GET", "/admin/users")).status).toBe(403);
    expect((await assign(["rootAdmin"], false)).status).toBe(200);
    expect((await person.call("GET", "/admin/users")).status).toBe(200);
    const opened = await root.call("GET", `/admin/users/${person.id}`);
    expect(opened.body).toMatchObject({ administrator: true, sessions: 1, roles: [{ name: "rootAdmin" }] });
    expect((await assign([], true)).body.says[0]).toContain(defaultRoleGrants[0]);
  });
});
