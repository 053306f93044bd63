/** The organisations that accounts own, with what would go with each and who could own it instead: in two queries, however many they are. */
import { count, inArray, sql } from "drizzle-orm";
import * as z from "zod";
import { db, type Tx } from "#db/client.ts";
import { servers } from "#db/schema/index.ts";
import { masked } from "#lib/api/masked.ts";

const Heir = z.object({ id: z.string(), name: masked("name"), email: masked("email") });

export const OwnedOrganisation = z.object({
  id: z.string(),
  handle: z.string(),
  name: z.string(),
  /** Beside the account itself. */
  members: z.number().int(),
  zones: z.number().int(),
  servers: z.number().int(),
  /** Who could own it. */
  admins: z.array(Heir),
});
export type OwnedOrganisation = z.output<typeof OwnedOrganisation>;

const MOST_ADMINS = 100;

/** By account, each named once; those that own none are not there. */
export function organisationsOwnedBy(accounts: readonly string[], tx: Pick<Tx, "all"> = db()) {
  const owned = tx.all<Omit<OwnedOrganisation, "admins"> & { owner: string }>(sql`
    select m.user_id as owner, o.id, o.handle, o.name,
      (select count(*) - 1 from organisation_members x where x.organisation_id = o.id) as members,
      (select count(*) from zones z where z.organisation_id = o.id) as zones,
      (select count(*) from servers s where s.organisation_id = o.id) as servers
    from json_each(${JSON.stringify(accounts)}) who
      cross join organisation_members m on m.user_id = who.value and m.role = 'owner'
      join organisations o on o.id = m.organisation_id
    order by o.name, o.id`);
  const admins = Map.groupBy(adminsOf(owned, tx), ({ organisation }) => organisation);
  const organisations = owned.map((row) => ({ ...row, admins: (admins.get(row.id) ?? []).slice(0, MOST_ADMINS) }));
  return Map.groupBy(organisations, ({ owner }) => owner);
}

/** Those whose account is open, the longest serving first. */
const adminsOf = (owned: readonly { id: string }[], tx: Pick<Tx, "all">) =>
  tx.all<z.output<typeof Heir> & { organisation: string }>(sql`
    select m.organisation_id as organisation, u.id, u.name, u.email
    from json_each(${JSON.stringify(owned.map(({ id }) => id))}) those
      cross join organisation_members m on m.organisation_id = those.value and m.role = 'admin'
      join users u on u.id = m.user_id
    where u.suspended_at is null and u.deletion_due_at is null
    order by m.created_at, u.id`);

export const Leaving = z.object({
  id: z.string(),
  organisations: z.array(OwnedOrganisation),
  /** Its own, which are deleted with all of their files. */
  servers: z.number().int(),
});

/** What each of the accounts owns. Those that own nothing are left out. */
export function leavingOf(named: readonly string[]): z.output<typeof Leaving>[] {
  const accounts = [...new Set(named)];
  const organisations = organisationsOwnedBy(accounts);
  const own = db()
    .select({ user: servers.userId, n: count() })
    .from(servers)
    .where(inArray(servers.userId, accounts))
    .groupBy(servers.userId)
    .all();
  const serversOf = new Map(own.map(({ user, n }) => [user, n]));
  return accounts
    .map((id) => ({ id, organisations: organisations.get(id) ?? [], servers: serversOf.get(id) ?? 0 }))
    .filter((one) => one.organisations.length > 0 || one.servers > 0);
}
