import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { isProcedure } from "@orpc/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { holds } from "#lib/access/permissions.ts";
import { defaultRoleGrants } from "#lib/access/roles.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { mounts, procedureTable, type Row } from "./procedure-table.ts";

interface Listed {
  name: string;
  method: string;
  route: string;
  guard: string;
  reads: boolean;
  tokens: boolean;
  fresh: boolean;
  enrolling: boolean;
}

/** Everything that a call of the walk is made on, new for each. */
interface Stage {
  organisation: { id: string; handle: string };
  zone: string;
  record: string;
  change: string;
  invite: string;
  ownInvite: string;
  session: string;
  member: Person;
}

type Standing =
  | "nobody"
  | "stranger"
  | "none"
  | "view"
  | "edit"
  | "full"
  | "admin"
  | "owner"
  | "suspended"
  | "permission"
  | "root";

let panel: Panel;
let listed: Listed[];
let sequence = 0;
let database: {
  $client: {
    prepare(sql: string): {
      get(...values: unknown[]): unknown;
      all(...values: unknown[]): unknown[];
      run(...values: unknown[]): unknown;
    };
  };
};

beforeAll(async () => {
  panel = await startPanel();
  const { router } = await import("#lib/api/router.ts");
  const { db } = await import("#db/client.ts");
  database = db();
  listed = flatten(router);
});
afterAll(() => panel.close());

describe("the table", () => {
  test("names every procedure with its guard, and nothing else", () => {
    const told = ({ guard, tokens, fresh, enrolling }: Pick<Row, "guard" | "tokens" | "fresh" | "enrolling">) => ({
      guard,
      tokens,
      fresh,
      enrolling,
    });
    expect(Object.fromEntries(listed.map((procedure) => [procedure.name, told(procedure)]))).toEqual(
      Object.fromEntries(Object.entries(procedureTable).map(([name, row]) => [name, told(row)])),
    );
  });

  test("what is not a GET either writes or says that it only reads", () => {
    const wrong = listed.filter(
      ({ name, method, reads }) => procedureTable[name]?.writes !== (method !== "GET" && !reads),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test("no route or page of the app answers without being known", () => {
    const files = readdirSync("app", { recursive: true, encoding: "utf8" }).map((file) => path.posix.join("app", file));
    expect(files.filter((file) => file.endsWith("route.ts")).toSorted()).toEqual(mounts.toSorted());
    // A page shows what procedures give it: it asks for nothing by itself.
    for (const file of files.filter((name) => /\.(ts|tsx)$/.test(name))) {
      expect(readFileSync(file, "utf8"), file).not.toMatch(/from "(#db|drizzle-orm|better-sqlite3)/);
    }
  });

  test("the raw builder is imported by the guards and the entrance alone", () => {
    const files = readdirSync("lib", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    const using = files.filter((file) =>
      /from "(\.\/|#lib\/api\/)base\.ts"/.test(readFileSync(path.join("lib", file), "utf8")),
    );
    expect(using.toSorted()).toEqual(["api/guards.ts", "api/http.ts"]);
    const builders = files.filter((file) =>
      /\bos\b.*from "@orpc\/server"/.test(readFileSync(path.join("lib", file), "utf8")),
    );
    expect(builders).toEqual(["api/base.ts"]);
  });
});

const standings: Standing[] = [
  "nobody",
  "suspended",
  "stranger",
  "none",
  "view",
  "edit",
  "full",
  "admin",
  "owner",
  "permission",
  "root",
];

describe.each(Object.entries(procedureTable))("%s", (name, expected) => {
  test.each(standings)("called by %s", async (standing) => {
    const procedure = find(name);
    const stage = await setStage();
    const caller = await callerOf(standing, stage, expected);
    const body = sample(name, stage, caller);
    await prepare(name, stage, caller);
    const before = changes();
    const audits = auditCount();
    const answer = await caller.call(
      procedure.method,
      url(procedure.route, stage, body),
      procedure.method === "GET" ? undefined : rest(procedure.route, body),
    );
    const verdict = expectation(expected, standing);
    const told = `${name} by ${standing}: ${answer.status} ${JSON.stringify(answer.body)}`;
    if (verdict !== 200) {
      expect(answer.status, told).toBe(verdict);
      expect(changes(), "a refused call did something").toBe(before);
      return;
    }
    const allowed = [200, 201, ...(alsoAnswers[name]?.[standing] ?? [])];
    expect(allowed, told).toContain(answer.status);
    const wrote = expected.writes && answer.status < 300;
    const added = auditCount() - audits;
    expect(added > 0, `${told}: ${added} audit entries`).toBe(wrote);
    if (wrote) expect(lastAudit()).toMatchObject({ action: name, outcome: "done" });
  });
});

describe("a child of another parent is not found", () => {
  test("a zone under an organisation that does not have it", async () => {
    for (const procedure of listed.filter(({ route }) => route.includes("{zone}"))) {
      const stage = await setStage();
      const other = await setStage();
      const root = await panel.person(`Root ${++sequence}`, "root");
      const body = sample(procedure.name, stage, root);
      const target = url(procedure.route, { ...stage, organisation: other.organisation }, body);
      const answer = await root.call(
        procedure.method,
        target,
        procedure.method === "GET" ? undefined : rest(procedure.route, body),
      );
      expect(answer.status, procedure.name).toBe(404);
    }
  });

  test.each([
    ["dns.editRecord", "record"],
    ["dns.removeRecord", "record"],
    ["dns.historyOne", "change"],
    ["organisations.revoke", "invite"],
    ["organisations.answer", "ownInvite"],
    ["users.endOneSession", "session"],
  ] as const)("%s", async (name, child) => {
    const procedure = find(name);
    const stage = await setStage("203.0.113.1");
    const other = await setStage("203.0.113.2");
    const root = await panel.person(`Root ${++sequence}`, "root");
    const mixed = { ...stage, [child]: other[child] };
    const body = sample(name, mixed, root);
    const sent = procedure.method === "GET" ? undefined : rest(procedure.route, body);
    const answer = await root.call(procedure.method, url(procedure.route, mixed, body), sent);
    expect(answer.status, JSON.stringify(answer.body)).toBe(404);
  });

  test.each([
    "organisations.changeRole",
    "organisations.removeOne",
    "organisations.handOverTo",
    "dns.setPermission",
    "dns.clearPermission",
  ])("%s", async (name) => {
    const procedure = find(name);
    const stage = await setStage();
    const other = await setStage();
    const root = await panel.person(`Root ${++sequence}`, "root");
    const mixed = { ...stage, member: other.member };
    const body = sample(name, mixed, root);
    const sent = procedure.method === "GET" ? undefined : rest(procedure.route, body);
    const answer = await root.call(procedure.method, url(procedure.route, mixed, body), sent);
    expect(answer.status, JSON.stringify(answer.body)).toBe(404);
  });
});

/** Derived from the guard alone: 200 stands for "the guard lets it through". */
function expectation({ guard, plan }: Row, standing: Standing): number {
  const [, kind = guard, argument = ""] = /^(\w+)\((.*)\)$/.exec(guard) ?? [];
  if (kind === "anyone") return 200;
  if (standing === "nobody" || standing === "suspended") return 401;
  if (standing === "root") return 200;
  if (kind === "signedIn") return 200;
  if (kind === "can" || kind === "staff") {
    if (standing === "permission") return 200;
    return kind === "can" && holds(defaultRoleGrants, argument) ? 200 : 403;
  }
  const ladder = ["none", "view", "edit", "full"];
  if (kind === "inOrganisation") {
    if (standing === "stranger") return 404;
    if (standing === "permission") return 200;
    const rank = ["member", "admin", "owner"].indexOf(
      standing === "admin" || standing === "owner" ? standing : "member",
    );
    const needed = argument === "delete" ? 2 : ["member", "admin", "owner"].indexOf(argument);
    return rank >= needed ? 200 : 403;
  }
  if (standing === "stranger" || standing === "none") return 404;
  if (standing === "permission" || standing === "admin" || standing === "owner") return 200;
  if (argument === "manage") return 403;
  const needed = Math.max(ladder.indexOf(argument), ladder.indexOf(plan ?? "none"));
  return ladder.indexOf(standing) >= needed ? 200 : 403;
}

/** The permission that passes the guard from outside the organisation. */
function permissionFor({ guard, plan }: Row): string[] {
  const [, kind = guard, argument = ""] = /^(\w+)\((.*)\)$/.exec(guard) ?? [];
  if (kind === "can" || kind === "staff") return [argument];
  if (kind === "inOrganisation")
    return [{ member: "org:read", admin: "org:write", owner: "org:write", delete: "org:delete" }[argument] ?? ""];
  if (kind !== "inZone") return ["soc:read"];
  if (argument === "manage") return ["dns:manage"];
  return plan === "full" ? ["dns:write", "dns:delete"] : plan === "edit" ? ["dns:write"] : ["dns:read"];
}

/** Where the guard lets somebody through and the work itself then says no. */
const alsoAnswers: Record<string, Partial<Record<Standing, number[]>>> = {
  "setup.create": Object.fromEntries(standings.map((standing) => [standing, [403, 409]])),
  "users.password": Object.fromEntries(standings.map((standing) => [standing, [422]])),
  "organisations.leave": { owner: [409], permission: [404], root: [404] },
  "organisations.remove": {},
  "dns.create": { owner: [403], admin: [403], permission: [403] },
};

async function setStage(address = "192.0.2.1"): Promise<Stage> {
  const n = ++sequence;
  const owner = await panel.person(`Owner ${n}`, "root");
  const member = await panel.person(`Member ${n}`);
  const handle = `org-${n}`;
  const organisation = (
    await owner.call<{ id: string; handle: string }>("POST", "/organisations", { name: `Organisation ${n}`, handle })
  ).body;
  await owner.call("POST", `/organisations/${handle}/members`, { email: member.email, role: "member" });
  const name = `stage${n}.example`;
  await owner.call("POST", `/organisations/${handle}/dns/zones`, { name, connection: "local" });
  const base = `/organisations/${handle}/dns/zones/${name}`;
  const record = (
    await owner.call<{ id: string; change: string }>("POST", `${base}/records`, {
      name: "www",
      type: "A",
      ttl: 60,
      content: address,
    })
  ).body;
  await owner.call("PUT", `${base}/permissions/${member.id}`, { level: "view" });
  const invite = insertInvite(organisation.id, `somebody.${n}@example.org`, owner.id);
  const sid = (database.$client.prepare("select id from sessions where user_id = ?").get(member.id) as { id: string })
    .id;
  return {
    organisation,
    zone: name,
    record: record.id,
    change: record.change,
    invite,
    ownInvite: invite,
    session: sid,
    member,
  };
}

/** What has to be true of the caller for the sample to make sense. */
async function prepare(name: string, stage: Stage, caller: Person): Promise<void> {
  if (name === "organisations.remove")
    database.$client.prepare("delete from zones where organisation_id = ?").run(stage.organisation.id);
  if (name === "organisations.answer" && caller.id)
    stage.ownInvite = insertInvite(stage.organisation.id, caller.email, stage.member.id);
  if (name === "users.endOneSession" && caller.id) {
    stage.session =
      (
        database.$client.prepare("select id from sessions where user_id = ?").get(caller.id) as
          | { id: string }
          | undefined
      )?.id ?? stage.session;
  }
}

function insertInvite(organisation: string, email: string, by: string): string {
  const id = `invite-${++sequence}`;
  const now = Date.now();
  database.$client
    .prepare(
      "insert into organisation_invites (id, organisation_id, email, role, invited_by, created_at, expires_at) values (?, ?, ?, 'member', ?, ?, ?)",
    )
    .run(id, organisation, email, by, now, now + 3_600_000);
  return id;
}

async function callerOf(standing: Standing, stage: Stage, row: Row): Promise<Person> {
  const name = `${standing} ${++sequence}`;
  if (standing === "nobody")
    return { id: "", email: "", cookie: "", call: (method, target, body) => panel.call(method, target, body) };
  if (standing === "root") return panel.person(name, "root");
  if (standing === "permission") return panel.person(name, permissionFor(row));
  const person = await panel.person(name);
  const insert = database.$client.prepare(
    "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, ?, 0)",
  );
  if (standing === "suspended")
    database.$client.prepare("update users set suspended_at = 1 where id = ?").run(person.id);
  if (standing === "owner") {
    database.$client
      .prepare("update organisation_members set role = 'admin' where organisation_id = ? and role = 'owner'")
      .run(stage.organisation.id);
    insert.run(stage.organisation.id, person.id, "owner");
  }
  if (standing === "admin") insert.run(stage.organisation.id, person.id, "admin");
  const level = ["none", "view", "edit", "full"].indexOf(standing);
  if (level >= 0) {
    insert.run(stage.organisation.id, person.id, "member");
    database.$client
      .prepare(
        "insert into zone_permissions (zone_id, user_id, can_view, can_modify, can_delete, created_at) select id, ?, ?, ?, ?, 0 from zones where organisation_id = ?",
      )
      .run(person.id, Number(level > 0), Number(level > 1), Number(level > 2), stage.organisation.id);
  }
  return person;
}

function sample(name: string, stage: Stage, caller: Person): Record<string, unknown> {
  const n = ++sequence;
  const samples: Record<string, Record<string, unknown>> = {
    "setup.create": {
      token: "not the token",
      name: "Somebody",
      email: `setup.${n}@example.org`,
      password: "a long enough password",
    },
    "users.rename": { name: "Another name" },
    "users.password": { currentPassword: "wrong", newPassword: "a long enough password" },
    "users.create": { name: "Somebody", email: `made.${n}@example.org`, password: "a long enough password" },
    "organisations.create": { name: "Another", handle: `another-${n}` },
    "organisations.edit": { name: "Renamed" },
    "organisations.addOne": { email: spare(), role: "member" },
    "organisations.changeRole": { user: stage.member.id, role: "admin" },
    "organisations.removeOne": { user: stage.member.id },
    "organisations.handOverTo": { user: stage.member.id },
    "organisations.answer": { accept: true },
    "dns.create": { name: `made${n}.example`, connection: "local" },
    "dns.addRecord": { name: "new", type: "A", ttl: 60, content: "192.0.2.9" },
    "dns.editRecord": { name: "www", type: "A", ttl: 60, content: "192.0.2.10" },
    "dns.change": { deletions: [{ name: "www", type: "A" }] },
    "dns.setPermission": { user: stage.member.id, level: "edit" },
    "dns.clearPermission": { user: stage.member.id },
  };
  return { caller: caller.id, ...samples[name] };
}

/** An account that is in no organisation. */
function spare(): string {
  const email = `spare.${++sequence}@example.org`;
  database.$client
    .prepare("insert into users (id, name, email, created_at, updated_at) values (?, 'Spare', ?, 0, 0)")
    .run(`spare-${sequence}`, email);
  return email;
}

function url(route: string, stage: Stage, body: Record<string, unknown>): string {
  const values: Record<string, string> = {
    organisation: stage.organisation.handle,
    zone: stage.zone,
    record: stage.record,
    change: stage.change,
    invite: route.startsWith("/account") ? stage.ownInvite : stage.invite,
    session: stage.session,
    user: String(body.user ?? ""),
  };
  return route.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(values[key] ?? ""));
}

const rest = (route: string, { caller: _caller, ...body }: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(body).filter(([key]) => !route.includes(`{${key}}`)));

const find = (name: string): Listed => {
  const found = listed.find((procedure) => procedure.name === name);
  if (!found) throw new Error(`the router has no ${name}`);
  return found;
};

const changes = () => (database.$client.prepare("select total_changes() as n").get() as { n: number }).n;
const auditCount = () =>
  (database.$client.prepare("select count(*) as n from audit_log where outcome = 'done'").get() as { n: number }).n;
const lastAudit = () =>
  database.$client.prepare("select action, outcome from audit_log order by id desc limit 1").get();

function flatten(node: object, at: string[] = []): Listed[] {
  return Object.entries(node).flatMap(([key, value]) => {
    const name = [...at, key];
    if (!isProcedure(value)) return typeof value === "object" && value !== null ? flatten(value, name) : [];
    const { route, meta } = value["~orpc"] as {
      route: { method?: string; path?: string };
      meta: {
        guard: string;
        argument: string;
        reads?: boolean;
        tokens?: boolean;
        fresh?: boolean;
        enrolling?: boolean;
      };
    };
    return {
      name: name.join("."),
      method: route.method ?? "POST",
      route: route.path ?? "",
      guard: meta.argument ? `${meta.guard}(${meta.argument})` : meta.guard,
      reads: meta.reads ?? false,
      tokens: meta.tokens ?? false,
      fresh: meta.fresh ?? false,
      enrolling: meta.enrolling ?? false,
    };
  });
}
