/** What needs attention: over one's own things, and over everybody's with the permission of the tab that it is about. */
import { and, count, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { servers, zones } from "#db/schema/index.ts";
import type { AccountActor } from "#lib/api/guards.ts";
import { visibleZoneIds } from "#lib/dns/zones.ts";
import { type Health, healths, inHealth } from "#lib/nodes/health.ts";
import { partOf } from "#lib/servers/servers.ts";
import { setting } from "#lib/settings/settings.ts";
import { tabsFor } from "#lib/staff/admission.ts";

const DAY = 86_400_000;
/** Counted up to here: more is told as so many at least. */
const COUNTED = 1000;
/** Refused sign-ins that are looked at to find those of one account. */
const LOOKED_AT = 20_000;

export interface Tile {
  id: "zones" | "claims" | "active" | "signIns" | "jobs" | "deletions" | "nodes" | "servers";
  /** Whose: one's own, or everybody's. */
  scope: "own" | "all";
  count: number;
  capped: boolean;
  /** Where it leads, filtered to just these; null where there is no such page. */
  href: string | null;
  /** Of nodes: how many are how, each counted and leading like a tile. */
  states?: (Pick<Tile, "count" | "capped" | "href"> & { state: Health })[];
}

export function overviewFor(actor: AccountActor): Tile[] {
  const open = tabsFor(actor.grants).map(({ id }): string => id);
  const tab = (id: string, filter: string) =>
    open.includes(id) ? `/dashboard/admin?tab=${id}${filter && `&${filter}`}` : null;
  const has = (permission: string) => actor.grants.has(permission);
  const tiles: (Tile | false)[] = [
    setting("feature.dns") && zonesThat(actor, "error"),
    setting("feature.dns") && zonesThat(actor, "pending"),
    has("servers:read")
      ? tile("active", "all", activeServers(), tab("servers", "state=ready&suspended=no"))
      : ownActiveServers(actor),
    has("logs:read")
      ? tile("signIns", "all", refusedSignIns(null), tab("logs", "view=audit&action=auth.signIn&status=refused"))
      : tile("signIns", "own", refusedSignIns(actor.label), "/dashboard/settings/security"),
    has("admin:metrics") && tile("jobs", "all", failedJobs(), tab("metrics", "")),
    has("nodes:read") && nodeStates((health) => tab("nodes", `health=${health}`)),
    has("servers:read") && tile("servers", "all", failedInstallations(), tab("servers", "state=install_failed")),
    has("deletions:write") &&
      tile("deletions", "all", dueDeletions(), tab("deletions", "") ?? tab("users", "status=deleting")),
  ];
  return tiles.filter((one) => one !== false);
}

const tile = (id: Tile["id"], scope: Tile["scope"], n: number, href: string | null): Tile => ({
  id,
  scope,
  count: Math.min(n, COUNTED),
  capped: n > COUNTED,
  href,
});

/** Visible to the actor, and so everybody's with dns:read. What waits for staff to decide has a page of its own. */
function zonesThat(actor: AccountActor, status: "error" | "pending"): Tile {
  const all = actor.grants.has("dns:read");
  const where = and(eq(zones.status, status), all ? undefined : inArray(zones.id, visibleZoneIds(actor)));
  const few = db()
    .select({ one: sql`1` })
    .from(zones)
    .where(where)
    .limit(COUNTED + 1)
    .as("few");
  const n = db().select({ n: count() }).from(few).get()?.n ?? 0;
  const decides = status === "pending" && actor.grants.has("dns:manage");
  const id = status === "error" ? "zones" : "claims";
  return tile(id, all ? "all" : "own", n, decides ? "/dashboard/claims" : `/dashboard/zones?status=${status}`);
}

/** Of the last 24 hours: wrong passwords, codes and passkeys, also for who may not exist. */
function refusedSignIns(email: string | null): number {
  const of = email === null ? sql`` : sql`where label = ${email}`;
  return db().get<{ n: number }>(sql`
    select count(*) as n from (select 1 from (
      select target_label as label from audit_log
      where action = 'auth.signIn' and at > ${Date.now() - DAY} and outcome = 'refused'
      order by at desc limit ${email === null ? COUNTED + 1 : LOOKED_AT}
    ) ${of} limit ${COUNTED + 1})`).n;
}

const failedJobs = (): number =>
  db().get<{ n: number }>(
    sql`select count(*) as n from (select 1 from jobs where state = 'failed' and due_at > ${Date.now() - DAY} limit ${COUNTED + 1})`,
  ).n;

/** Those that are not as they should be, and then how many are how. */
function nodeStates(hrefOf: (health: Health) => string | null): Tile {
  const tileOf = (state: Health) => {
    const few = sql`select 1 from nodes where ${inHealth(state)} limit ${COUNTED + 1}`;
    return tile("nodes", "all", db().get<{ n: number }>(sql`select count(*) as n from (${few})`).n, hrefOf(state));
  };
  const states = healths.map((state) => {
    const { count, capped, href } = tileOf(state);
    return { state, count, capped, href };
  });
  return { ...tileOf("unhealthy"), states };
}

const dueDeletions = (): number =>
  db().get<{ n: number }>(
    sql`select count(*) as n from (select 1 from users where deletion_due_at is not null limit ${COUNTED + 1})`,
  ).n;

/** Installed, and not suspended. */
const activeServers = (whose?: SQL): number => {
  const few = db()
    .select({ one: sql`1` })
    .from(servers)
    .where(and(whose, eq(servers.state, "ready"), isNull(servers.suspendedAt)))
    .limit(COUNTED + 1)
    .as("few");
  return db().select({ n: count() }).from(few).get()?.n ?? 0;
};

/** Nothing is said of servers to whoever has none. */
function ownActiveServers({ id }: AccountActor): Tile | false {
  const theirs = partOf(id, Date.now());
  const any = db().select({ id: servers.id }).from(servers).where(theirs).limit(1).get();
  return any !== undefined && tile("active", "own", activeServers(theirs), "/dashboard/servers");
}

const failedInstallations = (): number =>
  db().get<{ n: number }>(
    sql`select count(*) as n from (select 1 from servers where state = 'install_failed' limit ${COUNTED + 1})`,
  ).n;
