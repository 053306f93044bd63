/** One search over everybody's things: each kind only for whoever may open its tab, the best first, eight of each. */
import { type SQL, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import type { GrantSet } from "#lib/access/permissions.ts";
import { displayName } from "#lib/dns/name.ts";
import { setting } from "#lib/settings/settings.ts";
import { anywhere, beginsWith, type Kind } from "./find.ts";

const SHOWN = 8;
const SHORT = 3;

export interface StaffHits {
  users?: { id: string; name: string; email: string }[];
  organisations?: { id: string; handle: string; name: string }[];
  servers?: { id: string; name: string; short: string; node: string }[];
  zones?: { id: string; name: string; displayName: string; organisation: { handle: string; name: string } }[];
}

export function searchEverything(q: string, grants: GrantSet): StaffHits {
  if (q === "") return {};
  return {
    ...(grants.has("users:read") ? { users: users(q) } : {}),
    ...(grants.has("org:read") ? { organisations: organisations(q) } : {}),
    ...(grants.has("servers:read") ? { servers: servers(q) } : {}),
    ...(grants.has("dns:read") && setting("feature.dns") ? { zones: zones(q) } : {}),
  };
}

const users = (q: string) =>
  db().all<{ id: string; name: string; email: string }>(sql`
    select u.id, u.name, u.email from (${best("account", q, [
      sql`select id from users where id = ${q} or email = ${q.toLowerCase()}`,
      sql`select id from users where ${beginsWith(sql`email`, q)} limit ${SHOWN}`,
      sql`select id from users where ${beginsWith(sql`name`, q)} limit ${SHOWN}`,
    ])}) hit join users u on u.id = hit.id order by hit.rank limit ${SHOWN}`);

const organisations = (q: string) =>
  db().all<{ id: string; handle: string; name: string }>(sql`
    select o.id, o.handle, o.name from (${best("organisation", q, [
      sql`select id from organisations where id = ${q} or handle = ${q.toLowerCase()}`,
      sql`select id from organisations where ${beginsWith(sql`handle`, q)} limit ${SHOWN}`,
      sql`select id from organisations where ${beginsWith(sql`name`, q)} limit ${SHOWN}`,
    ])}) hit join organisations o on o.id = hit.id order by hit.rank limit ${SHOWN}`);

const servers = (q: string) =>
  db().all<{ id: string; name: string; short: string; node: string }>(sql`
    select s.id, s.name, s.short, n.name as node from (${best("server", q, [
      sql`select id from servers where id = ${q} or uuid = ${q.toLowerCase()} or short = ${q.toLowerCase()}`,
      sql`select id from servers where ${beginsWith(sql`name`, q)} limit ${SHOWN}`,
    ])}) hit join servers s on s.id = hit.id join nodes n on n.id = s.node_id order by hit.rank limit ${SHOWN}`);

function zones(q: string): NonNullable<StaffHits["zones"]> {
  const name = q.toLowerCase().replace(/\.$/, "");
  const rows = db().all<{ id: string; name: string; handle: string; organisation: string }>(sql`
    select z.id, z.name, o.handle, o.name as organisation from (${best("zone", name, [
      sql`select id from zones where id = ${q} or name = ${`${name}.`}`,
      sql`select id from zones where ${beginsWith(sql`name`, name)} limit ${SHOWN}`,
    ])}) hit join zones z on z.id = hit.id join organisations o on o.id = z.organisation_id
    order by hit.rank limit ${SHOWN}`);
  return rows.map(({ handle, organisation, ...zone }) => ({
    ...zone,
    displayName: displayName(zone.name).replace(/\.$/, ""),
    organisation: { handle, name: organisation },
  }));
}

/** Ids with the rank of the first question that found each; last, what has the text anywhere, the newest first. */
function best(kind: Kind, q: string, questions: readonly SQL[]): SQL {
  const far = [...q].length < SHORT ? [] : [sql`select id from (${anywhere(kind, q)} order by n desc limit ${SHOWN})`];
  const ranked = [...questions, ...far].map((question, rank) => sql`select id, ${rank} as rank from (${question})`);
  return sql`select id, min(rank) as rank from (${sql.join(ranked, sql` union all `)}) group by id`;
}
