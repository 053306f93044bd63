/** What an account or an organisation uses: zones, records and servers now, and what was done day by day. */
import { sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { logsDb } from "#db/logs/client.ts";
import type { OrganisationAccess } from "#lib/access/organisation-role.ts";
import { Problem } from "#lib/api/errors.ts";
import type { AccountActor } from "#lib/api/guards.ts";
import { firstIdAt, octetsOf } from "#lib/log/rows.ts";
import { assertAccount } from "#lib/users/directory.ts";

const DAY = 86_400_000;
const DAYS = 14;
/** Counted of one day. */
const COUNTED = 10_000;

export interface Usage {
  organisations: number | null;
  /** Null: that is for dns:read. */
  zones: number | null;
  records: number | null;
  /** Null: that is for servers:read. Memory and disk in MiB, as their limits say; those without one count nothing. */
  servers: { count: number; memory: number; disk: number } | null;
  days: { day: string; count: number; capped: boolean }[];
}

/** The zones are those of the organisations that it owns, the servers its own and theirs; day by day, its requests to the API and for pages. */
export function usageOfAccount(userId: string, actor: AccountActor): Usage {
  const own = userId === actor.id;
  if (!own && !actor.grants.has("users:read"))
    throw new Problem("forbidden", "That needs the permission users:read.", { missing: "users:read" });
  if (!own) assertAccount(userId);
  const owned = sql`select organisation_id from organisation_members where user_id = ${userId} and role = 'owner'`;
  const organisations = db().get<{ n: number }>(sql`select count(*) as n from (${owned})`).n;
  return {
    organisations,
    ...figuresOf(owned, own || actor.grants.has("dns:read")),
    servers: serversOf(
      sql`user_id = ${userId} or organisation_id in (${owned})`,
      own || actor.grants.has("servers:read"),
    ),
    days: byDay((from, to) => {
      const range = `actor is not null and actor = ? and id >= ${firstIdAt(from)} and id < ${firstIdAt(to)}`;
      return logsDb()
        .$client.prepare(`select count(*) from (select 1 from requests where ${range} limit ${COUNTED + 1})`)
        .pluck()
        .get(octetsOf(userId)) as number;
    }),
  };
}

/** For its owner and admins, and with org:read; day by day, what was done in it. */
export function usageOfOrganisation(
  organisation: { id: string },
  access: OrganisationAccess,
  actor: AccountActor,
): Usage {
  const administers = access.admin && !access.viaPlatform("admin");
  if (!administers && !actor.grants.has("org:read"))
    throw new Problem("forbidden", "Only admins and the owner of this organisation may do that.", { missing: "admin" });
  return {
    organisations: null,
    ...figuresOf(sql`select ${organisation.id}`, administers || actor.grants.has("dns:read")),
    servers: serversOf(sql`organisation_id = ${organisation.id}`, administers || actor.grants.has("servers:read")),
    days: byDay(
      (from, to) =>
        db().get<{ n: number }>(sql`select count(*) as n from (select 1 from audit_log
          where organisation_id = ${organisation.id} and at >= ${from} and at < ${to} limit ${COUNTED + 1})`).n,
    ),
  };
}

function figuresOf(organisations: ReturnType<typeof sql>, may: boolean): Pick<Usage, "zones" | "records"> {
  if (!may) return { zones: null, records: null };
  return db().get<{ zones: number; records: number }>(
    sql`select count(*) as zones, coalesce(sum(record_count), 0) as records from zones where organisation_id in (${organisations})`,
  );
}

function serversOf(whose: ReturnType<typeof sql>, may: boolean): Usage["servers"] {
  if (!may) return null;
  return db().get<{ count: number; memory: number; disk: number }>(
    sql`select count(*) as count, coalesce(sum(memory), 0) as memory, coalesce(sum(disk), 0) as disk from servers where ${whose}`,
  );
}

/** The last days in UTC, the oldest first; the last is today so far. */
function byDay(countOf: (from: number, to: number) => number): Usage["days"] {
  const today = Math.floor(Date.now() / DAY) * DAY;
  return Array.from({ length: DAYS }, (_, back) => {
    const from = today - (DAYS - 1 - back) * DAY;
    const n = countOf(from, from + DAY);
    return { day: new Date(from).toISOString().slice(0, 10), count: Math.min(n, COUNTED), capped: n > COUNTED };
  });
}
