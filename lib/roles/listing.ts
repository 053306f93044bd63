/** Looking at roles: who has which, and what comes from where. */
import { and, count, countDistinct, eq, inArray, sql } from "drizzle-orm";
import { type DbOrTx, db } from "#db/client.ts";
import { roles, userRoles, users } from "#db/schema/index.ts";
import { type CatalogueEntry, catalogue, coversAll, rootGrant, uncovered } from "#lib/access/permissions.ts";
import {
  accountRequiresMfa,
  ancestors,
  DEFAULT_ROLE,
  descendants,
  grantsOfAll,
  ROOT_ADMIN,
  type RoleRow,
} from "#lib/access/roles.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound } from "#lib/api/errors.ts";
import { type Condition, type KeyedPage, type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { likeAnywhere } from "#lib/api/list.ts";
import { searching } from "#lib/staff/find.ts";
import { setsWith } from "./gate.ts";
import { loadRoles, roleIdsOf } from "./roles.ts";
import type { RoleDetail } from "./shapes.ts";

type Roles = ReadonlyMap<string, RoleRow>;

export const isBuiltIn = (name: string): boolean => name === ROOT_ADMIN || name === DEFAULT_ROLE;

/** The role with this id, or else with this name. */
export const seekRole = (ref: string, tx: DbOrTx) =>
  tx.select().from(roles).where(eq(roles.id, ref)).get() ?? tx.select().from(roles).where(eq(roles.name, ref)).get();

/** The same; throws `not_found`. */
export function findRole(ref: string, tx: DbOrTx = db()) {
  const found = seekRole(ref, tx);
  if (!found) throw notFound("role");
  return found;
}

const members = sql<number>`(select count(*) from user_roles m where m.role_id = roles.id)`.as("members");
const columns = {
  id: roles.id,
  name: roles.name,
  description: roles.description,
  createdAt: roles.createdAt,
  members,
};
const listed = {
  from: roles,
  id: roles.id,
  sorts: {
    name: sql`${roles.name} collate nocase`,
    createdAt: roles.createdAt,
    members: sql`(select count(*) from user_roles m where m.role_id = roles.id)`,
  },
};

export interface RoleQuery extends KeyedQuery {
  kind?: "builtIn" | "made" | undefined;
}

export function listRoles(
  query: RoleQuery,
): KeyedPage<Omit<RoleDetail, "effective" | "ancestors" | "descendants" | "missing">> {
  const pattern = likeAnywhere(query.q);
  const texts = sql`(roles.name like ${pattern} escape '\\' or roles.description like ${pattern} escape '\\' or exists (
    select 1 from role_grants g where g.role_id = roles.id and g.permission like ${pattern} escape '\\'))`;
  const builtIn = sql`roles.name in (${ROOT_ADMIN}, ${DEFAULT_ROLE})`;
  const conditions = [
    query.q === "" ? undefined : { where: texts },
    query.kind && { where: query.kind === "builtIn" ? builtIn : sql`not ${builtIn}` },
  ];
  const all = loadRoles();
  return readKeyed(listed, query, { conditions: conditions.filter((one) => one !== undefined) }, (ids) =>
    db()
      .select(columns)
      .from(roles)
      .where(inArray(roles.id, ids))
      .all()
      .map((row) => summary(row, all, db())),
  );
}

/** Everything about a role, and what the actor lacks to change it. */
export function openRole(ref: string, actor: Actor, tx: DbOrTx = db()): RoleDetail {
  const { id } = findRole(ref, tx);
  const row = tx.select(columns).from(roles).where(eq(roles.id, id)).get();
  if (!row) throw notFound("role");
  const all = loadRoles(tx);
  const below = [...descendants(all, id)];
  const held = grantsOfAll(
    [id, ...below],
    setsWith(tx, [id, ...below]).map((set) => set.roles),
    all,
  );
  return {
    ...summary(row, all, tx),
    effective: effectiveOf([id], all),
    ancestors: namesOf(ancestors(all, id), all),
    descendants: namesOf(below, all).toSorted((a, b) => a.name.localeCompare(b.name)),
    missing: uncovered(actor.grants.grants, reachesDefault([id, ...below], all) ? [...held, rootGrant] : held),
  };
}

/** What changes everybody without a role is for full access alone. */
const reachesDefault = (ids: readonly string[], all: Roles): boolean =>
  ids.some((id) => all.get(id)?.name === DEFAULT_ROLE);

/** What an account holds, and through which roles. */
export function grantsOfAccount(userId: string) {
  const all = loadRoles();
  const own = roleIdsOf(userId);
  const fallback = [...all.values()].filter((role) => role.name === DEFAULT_ROLE).map((role) => role.id);
  return {
    roles: namesOf(own, all),
    byDefault: own.length === 0,
    requiresMfa: accountRequiresMfa(own, all),
    effective: effectiveOf(own.length === 0 ? fallback : own, all),
  };
}

const holders = { from: users, id: users.id, sorts: { name: users.name, email: users.email } };

/** Those who were given the role; who has `default` for want of another is not among them. */
export function listRoleMembers(ref: string, query: KeyedQuery) {
  const role = findRole(ref);
  const { found, condition } = searching({ kind: "account", ...holders, starts: [users.email, users.name] }, query.q);
  const has: Condition = {
    where: sql`exists (select 1 from user_roles h where h.user_id = users.id and h.role_id = ${role.id})`,
    few: sql`select user_id as id from user_roles where role_id = ${role.id}`,
  };
  return readKeyed(holders, query, { conditions: condition ? [condition, has] : [has], found }, (ids) =>
    db()
      .select({
        id: users.id,
        name: users.name,
        email: users.email,
        suspendedAt: users.suspendedAt,
        since: userRoles.createdAt,
      })
      .from(userRoles)
      .innerJoin(users, eq(users.id, userRoles.userId))
      .where(and(eq(userRoles.roleId, role.id), inArray(userRoles.userId, ids)))
      .all()
      .map(({ suspendedAt, ...row }) => ({ ...row, suspended: suspendedAt !== null })),
  );
}

/** The catalogue: all of it for those who may see roles, otherwise what the caller holds. */
export const permissionsFor = ({ grants }: Actor): CatalogueEntry[] =>
  catalogue.filter((entry) => grants.has("roles:read") || coversAll(grants.grants, [entry.value]));

export const namesOf = (ids: readonly string[], all: Roles) =>
  ids.flatMap((id) => {
    const role = all.get(id);
    return role ? [{ id, name: role.name }] : [];
  });

function effectiveOf(ids: readonly string[], all: Roles): RoleDetail["effective"] {
  const from = new Map<string, string[]>();
  const walked = new Set(ids.flatMap((id) => [id, ...ancestors(all, id)]));
  for (const id of walked)
    for (const grant of all.get(id)?.grants ?? []) from.set(grant, [...(from.get(grant) ?? []), id]);
  return [...from].map(([grant, givers]) => ({ grant, from: namesOf(givers, all) }));
}

function summary(
  row: { id: string; name: string; description: string; createdAt: number; members: number },
  all: Roles,
  tx: DbOrTx,
) {
  const role = all.get(row.id);
  const parent = role?.parentId ? all.get(role.parentId) : undefined;
  return {
    ...row,
    builtIn: isBuiltIn(row.name),
    parent: parent ? { id: parent.id, name: parent.name } : null,
    requiresMfa: role?.requiresMfa ?? false,
    grants: [...(role?.grants ?? [])],
    withoutRole: row.name === DEFAULT_ROLE ? accountsWithoutRole(tx) : 0,
  };
}

const accountsWithoutRole = (tx: DbOrTx): number =>
  (tx.select({ n: count() }).from(users).get()?.n ?? 0) -
  (tx
    .select({ n: countDistinct(userRoles.userId) })
    .from(userRoles)
    .get()?.n ?? 0);
