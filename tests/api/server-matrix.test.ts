/**
 * Every procedure of servers that its guard names as one, called as everybody who can stand in some way towards a server. What
 * they may is written down here by hand from the rules, procedure by procedure: one that is new is not known until it is.
 */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { fresh, insertServer, type Stage, setStage } from "../support/stage.ts";
import { callOf, flatten, type Listed } from "./walk-calls.ts";

const singles = [
  "console",
  "files",
  "backups",
  "databases",
  "schedules",
  "startup",
  "settings",
  "network",
  "mounts",
  "activity",
  "stats",
] as const;
type Single = (typeof singles)[number];

interface Rule {
  /** All of them. */
  needs: readonly (Single | "any" | "owner" | "people")[];
  /** Which permission of the platform stands for it, besides the one for everything. */
  permission?: string;
  /** It can be done while the server is suspended. */
  atRest?: true;
  /** Not even by staff while it is. */
  neverSuspended?: true;
  /** Of what the sample schedules. */
  step?: Single;
  /** For people in a session alone. */
  session?: true;
}

const files = (permission: string): Rule => ({ needs: ["files"], permission });
const rules: Record<string, Rule> = {
  "servers.open": { needs: ["any"], permission: "servers:read", atRest: true },
  "servers.edit": { needs: ["settings"] },
  "servers.remove": { needs: ["owner"] },
  "servers.stats": { needs: ["stats"], atRest: true },
  "servers.statsHistory": { needs: ["stats"], atRest: true },
  "servers.power": { needs: ["console"], permission: "commands:execute" },
  "servers.reinstall": { needs: ["settings", "files"] },
  "servers.installLog": { needs: ["settings", "files"] },
  "servers.startup": { needs: ["startup"], atRest: true },
  "servers.setStartup": { needs: ["startup"] },
  "servers.network": { needs: ["network"], atRest: true },
  "servers.addPort": { needs: ["network", "settings"] },
  "servers.setPrimary": { needs: ["network", "settings"] },
  "servers.removePort": { needs: ["network", "settings"] },
  "servers.mounts.list": { needs: ["mounts"], atRest: true },
  "servers.mounts.give": { needs: ["mounts", "settings"] },
  "servers.mounts.take": { needs: ["mounts", "settings"] },
  "servers.console.open": { needs: ["console"], permission: "commands:execute" },
  "servers.activity.list": { needs: ["activity"], atRest: true },
  "servers.sftp.open": { ...files("files:write"), atRest: true },
  "servers.sftp.makePassword": { ...files("files:write"), atRest: true, session: true },
  "servers.sftp.dropPassword": { ...files("files:write"), atRest: true, session: true },
  "servers.people.list": { needs: ["people"], atRest: true },
  "servers.people.invites": { needs: ["people"], atRest: true },
  "servers.people.invite": { needs: ["owner"], atRest: true },
  "servers.people.edit": { needs: ["owner"], atRest: true },
  "servers.people.remove": { needs: ["owner"], atRest: true },
  "servers.people.resend": { needs: ["owner"], atRest: true },
  "servers.people.revoke": { needs: ["owner"], atRest: true },
  "servers.people.leave": { needs: ["any"], permission: "servers:read", atRest: true, session: true },
  "servers.files.list": files("files:read"),
  "servers.files.read": files("files:read"),
  "servers.files.download": files("files:read"),
  ...Object.fromEntries(
    ["write", "createFolder", "move", "copy", "remove", "pack", "unpack", "mode", "upload"].map((act) => [
      `servers.files.${act}`,
      files("files:write"),
    ]),
  ),
  "servers.backups.list": { needs: ["backups"], permission: "backups:read", atRest: true },
  "servers.backups.download": { needs: ["backups"], permission: "backups:read" },
  "servers.backups.create": { needs: ["backups"], permission: "backups:create" },
  "servers.backups.lock": { needs: ["backups"], permission: "backups:write", atRest: true },
  "servers.backups.remove": { needs: ["backups"], permission: "backups:write" },
  // Its end would lift the suspension at the node.
  "servers.backups.restore": { needs: ["backups"], permission: "backups:write", neverSuspended: true },
  "servers.databases.list": { needs: ["databases"], permission: "databases:read", atRest: true },
  "servers.databases.create": { needs: ["databases"], permission: "databases:write" },
  "servers.databases.credentials": { needs: ["databases"], permission: "databases:write" },
  "servers.databases.rotate": { needs: ["databases"], permission: "databases:write" },
  "servers.databases.remove": { needs: ["databases"], permission: "databases:write" },
  "servers.schedules.list": { needs: ["schedules"], permission: "schedules:read", atRest: true },
  "servers.schedules.runs": { needs: ["schedules"], permission: "schedules:read", atRest: true },
  // The sample has a step for power, and a step needs the capability of its kind.
  "servers.schedules.create": { needs: ["schedules"], permission: "schedules:create", step: "console" },
  "servers.schedules.edit": { needs: ["schedules"], permission: "schedules:write" },
  "servers.schedules.remove": { needs: ["schedules"], permission: "schedules:write" },
  "servers.schedules.run": { needs: ["schedules"], permission: "schedules:write" },
};

/** How somebody stands: what the rules give them there, and how they come to it. */
interface Standing {
  name: string;
  /** Of the tenant's rights; null: whoever has the server. */
  has: readonly Single[] | null;
  permissions?: readonly string[] | "all";
  token?: "full" | "listed";
  signedOut?: true;
  suspendedServer?: true;
  come: () => Promise<Person>;
}

let panel: Panel;
let stage: Stage;
let elsewhere: string;
let listed: Listed[];

beforeAll(async () => {
  panel = await startPanel({ SMTP_URL: "smtp://127.0.0.1:1", MAIL_FROM: "panel@example.org" });
  const { router } = await import("#lib/api/router.ts");
  listed = flatten(router).filter(({ guard }) => guard.startsWith("onServer"));
  stage = await setStage(panel);
  elsewhere = insertServer(stage.sql, stage.organisation.id);
});
afterAll(() => panel.close());

const somebody = (grants?: string[] | "root") => panel.person(`Somebody ${fresh()}`, grants);

function insertRow(person: Person, server: string, capabilities: readonly string[], expiresAt: number | null = null) {
  stage.sql.run(
    "insert into server_subusers (server_id, user_id, capabilities, expires_at, created_at, updated_at) values (?, ?, ?, ?, 0, 0)",
    server,
    person.id,
    JSON.stringify(capabilities),
    expiresAt,
  );
  return person;
}

async function inOrganisation(role: string): Promise<Person> {
  const person = await somebody();
  if (role === "owner")
    stage.sql.run(
      "update organisation_members set role = 'admin' where organisation_id = ? and role = 'owner'",
      stage.organisation.id,
    );
  stage.sql.run(
    "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, ?, 0)",
    stage.organisation.id,
    person.id,
    role,
  );
  return person;
}

function withToken(person: Person, servers: { server: string; capabilities: readonly string[] }[] | null): Person {
  const secret = `zg_${String(fresh()).padStart(43, "0")}`;
  stage.sql.run(
    "insert into tokens (id, user_id, name, prefix, token_hash, mode, servers, created_at, last_used_at) values (?, ?, 'Matrix', 'zg_matri', ?, ?, ?, 0, ?)",
    secret,
    person.id,
    createHash("sha256").update(secret).digest("hex"),
    servers === null ? "full" : "listed",
    JSON.stringify(servers ?? []),
    Date.now(),
  );
  const headers = { authorization: `Bearer ${secret}` };
  return { ...person, call: (method, target, body) => panel.call(method, target, body, headers) };
}

const platform = [
  "servers:read",
  "servers:write",
  "files:read",
  "files:write",
  "backups:read",
  "backups:create",
  "backups:write",
  "databases:read",
  "databases:write",
  "schedules:read",
  "schedules:create",
  "schedules:write",
  "commands:execute",
  "admin:servers:read",
  "admin:servers:write",
  "admin:servers:suspend",
  "admin:servers:manage",
];

const nothing: readonly Single[] = [];
const standings: Standing[] = [
  {
    name: "nobody",
    has: nothing,
    signedOut: true,
    come: async () => ({ id: "", email: "", cookie: "", call: panel.call }),
  },
  {
    name: "a suspended account",
    has: nothing,
    signedOut: true,
    come: async () => {
      const person = insertRow(await somebody(), stage.server, ["*"]);
      stage.sql.run("update users set suspended_at = 1 where id = ?", person.id);
      return person;
    },
  },
  { name: "a stranger", has: nothing, come: () => somebody() },
  {
    name: "the account that has it",
    has: null,
    come: async () => {
      const person = await somebody();
      stage.sql.run("update servers set user_id = ?, organisation_id = null where id = ?", person.id, stage.server);
      return person;
    },
  },
  { name: "the organisation’s owner", has: null, come: () => inOrganisation("owner") },
  { name: "an organisation’s admin", has: null, come: () => inOrganisation("admin") },
  { name: "an organisation’s member", has: nothing, come: () => inOrganisation("member") },
  ...singles.map(
    (one): Standing => ({
      name: `a sub-user with ${one}`,
      has: [one],
      come: async () => insertRow(await somebody(), stage.server, [one]),
    }),
  ),
  {
    name: "a sub-user with everything",
    has: singles,
    come: async () => insertRow(await somebody(), stage.server, ["*"]),
  },
  {
    name: "somebody who was invited and has not accepted",
    has: nothing,
    come: async () => {
      const person = await somebody();
      stage.sql.run(
        "update server_invites set email = ?, capabilities = '[\"*\"]' where server_id = ?",
        person.email,
        stage.server,
      );
      return person;
    },
  },
  {
    name: "somebody who was removed",
    has: nothing,
    come: async () => {
      const person = insertRow(await somebody(), stage.server, ["*"]);
      stage.sql.run("delete from server_subusers where user_id = ?", person.id);
      return person;
    },
  },
  {
    name: "somebody whose access is over",
    has: nothing,
    come: async () => insertRow(await somebody(), stage.server, ["*"], Date.now() - 1),
  },
  { name: "another server’s sub-user", has: nothing, come: async () => insertRow(await somebody(), elsewhere, ["*"]) },
  ...platform.map(
    (one): Standing => ({ name: `staff with ${one}`, has: nothing, permissions: [one], come: () => somebody([one]) }),
  ),
  { name: "root", has: nothing, permissions: "all", come: () => somebody("root") },
  {
    name: "an admin’s full token",
    has: null,
    token: "full",
    come: async () => withToken(await inOrganisation("admin"), null),
  },
  ...(["console", "files", "stats"] as const).map(
    (one): Standing => ({
      name: `an admin’s token that lists ${one}`,
      has: [one],
      token: "listed",
      come: async () => withToken(await inOrganisation("admin"), [{ server: stage.server, capabilities: [one] }]),
    }),
  ),
  {
    name: "an admin’s token that lists everything",
    has: singles,
    token: "listed",
    come: async () => withToken(await inOrganisation("admin"), [{ server: stage.server, capabilities: ["*"] }]),
  },
  {
    name: "a sub-user’s token that lists more than they have",
    has: ["console"],
    token: "listed",
    come: async () =>
      withToken(insertRow(await somebody(), stage.server, ["console"]), [
        { server: stage.server, capabilities: ["*"] },
      ]),
  },
  {
    name: "an admin’s token that lists another server",
    has: nothing,
    token: "listed",
    come: async () => withToken(await inOrganisation("admin"), [{ server: elsewhere, capabilities: ["*"] }]),
  },
  ...[
    { name: "an admin", has: null, come: () => inOrganisation("admin") },
    {
      name: "a sub-user with everything",
      has: singles,
      come: async () => insertRow(await somebody(), stage.server, ["*"]),
    },
    {
      name: "staff with commands:execute",
      has: nothing,
      permissions: ["commands:execute"],
      come: () => somebody(["commands:execute"]),
    },
    { name: "root", has: nothing, permissions: "all" as const, come: () => somebody("root") },
  ].map(
    (one): Standing => ({
      ...one,
      name: `${one.name}, of a suspended server`,
      suspendedServer: true,
      come: () => {
        stage.sql.run("update servers set suspended_at = 1 where id = ?", stage.server);
        return one.come();
      },
    }),
  ),
];

type Verdict = "in" | "signed out" | "not there" | "not allowed" | "no token" | "suspended";

/** From the rules alone. */
function verdictFor(rule: Rule, { has, permissions = [], token, signedOut, suspendedServer }: Standing): Verdict {
  if (signedOut) return "signed out";
  if (token && rule.session) return "no token";
  const holds = (permission: string) => permissions === "all" || permissions.includes(permission);
  const byTenant = (need: Rule["needs"][number]): boolean =>
    has === null || (need === "any" ? has.length > 0 : need !== "owner" && need !== "people" && has.includes(need));
  const byPermission = (need: Rule["needs"][number]): boolean =>
    need !== "owner" && (holds("admin:servers:manage") || (rule.permission !== undefined && holds(rule.permission)));
  const lacks = rule.needs.some((need) => !byTenant(need) && !byPermission(need));
  if (lacks)
    return byTenant("any") || holds("servers:read") || holds("admin:servers:manage") ? "not allowed" : "not there";
  const asStaff = rule.needs.some((need) => !byTenant(need));
  if (suspendedServer && !rule.atRest && (!asStaff || rule.neverSuspended)) return "suspended";
  const step = rule.step === undefined || byTenant(rule.step) || holds("admin:servers:manage");
  return step ? "in" : "not allowed";
}

/** What the answer says of the guard: whatever comes of the work behind it. */
function verdictOf(status: number, body: { code?: string; message?: string; missing?: string } | null): Verdict {
  if (status === 401) return "signed out";
  if (body?.code === "token_refused") return "no token";
  if (body?.code === "suspended") return "suspended";
  if (status === 404 && body?.message === "There is no such server.") return "not there";
  return status === 403 ? "not allowed" : "in";
}

test("every procedure of servers has its rule, and no rule is for none", () => {
  expect(listed.map(({ name }) => name).toSorted()).toEqual(Object.keys(rules).toSorted());
});

test.each(Object.entries(rules))("%s", async (name, rule) => {
  const procedure = listed.find((one) => one.name === name);
  if (!procedure) throw new Error(`the router has no ${name}`);
  for (const standing of standings) {
    stage.sql.run("begin immediate");
    try {
      const caller = await standing.come();
      const { status, body } = await callOf(procedure, stage, caller)();
      const told = `${standing.name}: ${status} ${JSON.stringify(body)}`;
      expect(`${verdictOf(status, body)} (${told})`).toBe(`${verdictFor(rule, standing)} (${told})`);
    } finally {
      stage.sql.run("rollback");
    }
  }
});
