/** Who the walk calls procedures as, and what the guard alone lets each of them do. */
import { createHash } from "node:crypto";
import { holds } from "#lib/access/permissions.ts";
import { defaultRoleGrants } from "#lib/access/roles.ts";
import type { Panel, Person } from "../support/panel.ts";
import { fresh, type Stage } from "../support/stage.ts";
import type { Row } from "./procedure-table.ts";

export const standings = [
  "nobody",
  "suspended",
  "unenrolled",
  "stale",
  "stranger",
  "ordinary",
  "none",
  "view",
  "edit",
  "full",
  "guest",
  "member",
  "admin",
  "owner",
  "permission",
  "root",
  "full token",
  "right token",
  "narrow token",
  "empty token",
] as const;

export type Standing = (typeof standings)[number];

const ladder = ["none", "view", "edit", "full"];
const ranks = ["member", "admin", "owner"];

/** Derived from the guard alone: 200 stands for "the guard lets it through". */
export function expectation(row: Row, standing: Standing): number {
  const { kind, argument } = guardOf(row);
  if (kind === "anyone") return 200;
  // An account is no node, and no token of one is a node's.
  if (kind === "node") return isToken(standing) ? 400 : 401;
  if (standing === "nobody" || standing === "suspended") return 401;
  if (isToken(standing)) return row.tokens && !row.fresh ? expectationOfToken(row, standing) : 403;
  if (standing === "unenrolled") return row.enrolling ? expectation(row, "root") : 403;
  if (standing === "stale") return row.fresh ? 403 : expectation(row, "root");
  const owners = kind === "onServer" && argument.startsWith("owner");
  if (standing === "root") return owners ? 403 : 200;
  if (kind === "signedIn") return 200;
  if (kind === "can" || kind === "staff") {
    if (standing === "permission") return 200;
    const ordinary = standing !== "stranger" && kind === "can" && holds(defaultRoleGrants, argument);
    return ordinary ? 200 : 403;
  }
  if (standing === "permission") return owners ? 403 : 200;
  if (kind === "onServer") return standing === "admin" || standing === "owner" ? 200 : 404;
  if (kind === "inDeletedZone") return standing === "admin" || standing === "owner" ? 200 : 404;
  if (standing === "stranger" || standing === "ordinary") return 404;
  if (standing === "guest") return kind === "inOrganisation" ? 404 : argument === "manage" ? 403 : 200;
  if (kind === "inOrganisation") {
    const rank = Math.max(0, ranks.indexOf(standing));
    return rank >= (argument === "delete" ? 2 : ranks.indexOf(argument)) ? 200 : 403;
  }
  if (standing === "none") return 404;
  if (standing === "admin" || standing === "owner") return 200;
  if (argument === "manage") return 403;
  const level = standing === "member" ? "view" : standing;
  return ladder.indexOf(level) >= Math.max(ladder.indexOf(argument), ladder.indexOf(row.plan ?? "none")) ? 200 : 403;
}

type TokenStanding = "full token" | "right token" | "narrow token" | "empty token";

export const isToken = (standing: Standing): standing is TokenStanding => standing.endsWith(" token");

/** Of tokens that an account with every right has made, where tokens may call it at all. */
function expectationOfToken(row: Row, standing: TokenStanding): number {
  const { kind, argument } = guardOf(row);
  if (standing === "full token" || kind === "signedIn") return 200;
  if (standing === "right token") return kind === "onServer" && /^(owner|people)\b/.test(argument) ? 403 : 200;
  if (kind === "can" || kind === "staff") return 403;
  if (standing === "empty token") return 404;
  if (kind === "onServer") return /^(any|stats)\b(?! and)/.test(argument) ? 200 : 403;
  const within = kind === "inOrganisation" ? argument === "member" : argument === "view" && row.plan === undefined;
  return within ? 200 : 403;
}

/** What a listed token names: just what the guard asks for, the least that sees something, or nothing at all. */
function rightsFor(row: Row, standing: TokenStanding, { organisation, server }: Stage, zone: string) {
  if (standing === "empty token") return { permissions: [], organisations: [], zones: [], servers: [] };
  const { kind, argument } = guardOf(row);
  const rule = { zone, name: null, type: null };
  if (standing === "narrow token")
    return {
      permissions: ["soc:read"],
      organisations: [{ organisation: organisation.id, role: "member" }],
      zones: [{ ...rule, level: "view" }],
      servers: [{ server, capabilities: ["stats"] }],
    };
  const role = kind === "inOrganisation" ? (argument === "delete" ? "owner" : argument) : "member";
  const level = argument === "manage" ? "full" : (row.plan ?? argument);
  return {
    permissions: kind === "can" || kind === "staff" ? permissionsFor(row) : [],
    organisations: [{ organisation: organisation.id, role }],
    zones: kind === "inZone" ? [{ ...rule, level }] : [],
    servers: kind === "onServer" ? [{ server, capabilities: capabilitiesOf(argument) }] : [],
  };
}

/** What the argument of `onServer` names: needs joined by "and", then what else may pass. */
function capabilitiesOf(argument: string): string[] {
  const needs = argument.replace(/( or .*)?(, asks)?$/, "").split(" and ");
  return needs.map((need) => (["any", "owner", "people"].includes(need) ? "stats" : need));
}

/** The same account with a token in the place of its session. */
function withToken(person: Person, stage: Stage, row: Row, standing: TokenStanding): Person {
  const { panel, sql, organisation } = stage;
  const secret = `zg_${String(fresh()).padStart(43, "0")}`;
  const zone = sql.get<{ id: string }>("select id from zones where organisation_id = ?", organisation.id)?.id ?? "none";
  const { permissions, organisations, zones, servers } = rightsFor(row, standing, stage, zone);
  sql.run(
    "insert into tokens (id, user_id, name, prefix, token_hash, mode, permissions, organisations, zones, servers, created_at, last_used_at) values (?, ?, 'Walk', 'zg_walk', ?, ?, ?, ?, ?, ?, 0, ?)",
    secret,
    person.id,
    createHash("sha256").update(secret).digest("hex"),
    standing === "full token" ? "full" : "listed",
    JSON.stringify(permissions),
    JSON.stringify(organisations),
    JSON.stringify(zones),
    JSON.stringify(servers),
    Date.now(),
  );
  const headers = { authorization: `Bearer ${secret}` };
  return { ...person, call: (method, target, body) => panel.call(method, target, body, headers) };
}

/** The smallest set of permissions that passes the guard from outside the organisation. */
function permissionsFor(row: Row): string[] {
  const { kind, argument } = guardOf(row);
  if (kind === "staff" && argument === "any") return ["users:read"];
  if (kind === "can" || kind === "staff") return [argument.split(" or ")[0] ?? "", ...(row.needs ?? [])];
  if (kind === "inOrganisation")
    return [{ member: "org:read", admin: "org:write", owner: "org:write", delete: "org:delete" }[argument] ?? ""];
  if (kind === "inDeletedZone") return ["dns:manage"];
  if (kind === "onServer") return [/ or ([\w:]+)/.exec(argument)?.[1] ?? "admin:servers:manage"];
  if (kind !== "inZone") return ["soc:read"];
  if (argument === "manage") return ["dns:manage"];
  return row.plan === "full" ? ["dns:write", "dns:delete"] : row.plan === "edit" ? ["dns:write"] : ["dns:read"];
}

/** By what they hold. */
const accounts = new Map<string, Person>();

/** What the caller's account holds by itself: permissions, everything, or what every account does. */
function grantsOf(standing: Standing, row: Row): string[] | "root" | undefined {
  if (standing === "permission") return permissionsFor(row);
  if (standing === "stranger") return [];
  return ["root", "stale", "unenrolled"].includes(standing) || isToken(standing) ? "root" : undefined;
}

const keyOf = (standing: Standing, row: Row): string => JSON.stringify(grantsOf(standing, row) ?? null);

/** Before the first call, since each is undone: the accounts that callers have, each as often as it differs. */
export async function makeAccounts(panel: Panel, rows: readonly Row[]): Promise<void> {
  accounts.clear();
  for (const row of rows)
    for (const standing of standings) {
      const key = keyOf(standing, row);
      if (!accounts.has(key)) accounts.set(key, await panel.person(`Walker ${fresh()}`, grantsOf(standing, row)));
    }
}

/** The caller: an account of `makeAccounts()`, in this standing. What that changes goes with the test's transaction. */
export function callerOf(standing: Standing, stage: Stage, row: Row): Person {
  const { panel, sql } = stage;
  if (standing === "nobody") return { id: "", email: "", cookie: "", call: panel.call };
  const person = accounts.get(keyOf(standing, row));
  if (!person) throw new Error(`no account was made for ${standing}`);
  if (standing === "stale") sql.run("update sessions set confirmed_at = 0 where user_id = ?", person.id);
  if (standing === "unenrolled") sql.run("update roles set requires_mfa = 1 where name = 'rootAdmin'");
  if (standing === "suspended") sql.run("update users set suspended_at = 1 where id = ?", person.id);
  const level = ladder.indexOf(standing);
  const role = level >= 0 ? "member" : isToken(standing) ? "owner" : ranks.find((rank) => rank === standing);
  if (role === "owner")
    sql.run(
      "update organisation_members set role = 'admin' where organisation_id = ? and role = 'owner'",
      stage.organisation.id,
    );
  if (role)
    sql.run(
      "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, ?, 0)",
      stage.organisation.id,
      person.id,
      role,
    );
  // A guest has the zone whole, and for a day.
  const held = standing === "guest" ? ladder.indexOf("full") : level;
  if (held >= 0)
    sql.run(
      "insert into zone_permissions (zone_id, user_id, can_view, can_modify, can_delete, expires_at, created_at) select id, ?, ?, ?, ?, ?, 0 from zones where organisation_id = ?",
      person.id,
      Number(held > 0),
      Number(held > 1),
      Number(held > 2),
      standing === "guest" ? Date.now() + 86_400_000 : null,
      stage.organisation.id,
    );
  return isToken(standing) ? withToken(person, stage, row, standing) : person;
}

export function guardOf({ guard }: Row): { kind: string; argument: string } {
  const [, kind = guard, argument = ""] = /^(\w+)\((.*)\)$/.exec(guard) ?? [];
  return { kind, argument };
}
