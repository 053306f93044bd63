/** Who is in a rollout at this moment, page by page: a few hundred accounts are looked at for each. */
import { and, asc, eq, gt, inArray } from "drizzle-orm";
import { db } from "#db/client.ts";
import { organisationMembers, rolloutPeople, userRoles, users } from "#db/schema/index.ts";
import { accountGrants } from "#lib/access/roles.ts";
import { loadRoles } from "#lib/roles/roles.ts";
import { isStaffWith } from "#lib/staff/admission.ts";
import { type Known, treatmentOf } from "./bucket.ts";
import { rolesFor, rowOf, rulesOf } from "./rollouts.ts";

const LOOKED_AT = 1000;
const PER_PAGE = 50;

export function previewRollout(id: string, after: string | undefined, now = Date.now()) {
  const rules = { ...rulesOf(rowOf(id)), enabled: true, startsAt: null, endsAt: null };
  const accounts = db()
    .select({ id: users.id, name: users.name, email: users.email })
    .from(users)
    .where(after === undefined ? undefined : gt(users.id, after))
    .orderBy(asc(users.id))
    .limit(LOOKED_AT)
    .all();
  const known = knownOf(
    id,
    accounts.map((account) => account.id),
  );
  const items = [];
  let next = accounts.length < LOOKED_AT ? null : (accounts.at(-1)?.id ?? null);
  for (const account of accounts) {
    const about = known(account.id);
    const treatment = treatmentOf(rules, about, now);
    if (treatment === null) continue;
    if (items.length === PER_PAGE) {
      next = items.at(-1)?.id ?? null;
      break;
    }
    items.push({ ...account, treatment, forced: about.forced !== null });
  }
  return { items, next };
}

/** What is known of some accounts, in three queries. */
function knownOf(rollout: string, ids: string[]): (id: string) => Known {
  const forced = db()
    .select()
    .from(rolloutPeople)
    .where(and(eq(rolloutPeople.rolloutId, rollout), inArray(rolloutPeople.userId, ids)))
    .all();
  const roles = db().select().from(userRoles).where(inArray(userRoles.userId, ids)).all();
  const members = db()
    .select({ userId: organisationMembers.userId, id: organisationMembers.organisationId })
    .from(organisationMembers)
    .where(inArray(organisationMembers.userId, ids))
    .all();
  const forcedOf = new Map(forced.map((row) => [row.userId, row]));
  const rolesOf = Map.groupBy(roles, (row) => row.userId);
  const organisationsOf = Map.groupBy(members, (row) => row.userId);
  const all = loadRoles();
  return (id) => {
    const own = (rolesOf.get(id) ?? []).map((row) => row.roleId);
    return {
      id,
      staff: isStaffWith(accountGrants(own, all)),
      roles: rolesFor(own),
      organisations: (organisationsOf.get(id) ?? []).map((row) => row.id),
      forced: forcedOf.get(id) ?? null,
    };
  };
}
