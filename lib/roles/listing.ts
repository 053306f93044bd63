/** Looking at roles: who has which, and what comes from where. */
import { asc, count, countDistinct, desc, eq, or, sql } from "drizzle-orm";
import { type DbOrTx, db } from "#db/client.ts";
import { roles, userRoles, users } from "#db/schema/index.ts";
import { type CatalogueEntry, catalogue, coversAll, uncovered } from "#lib/access/permissions.ts";
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
import { type ListQuery, likeAnywhere, offsetOf, type Page, sortOf } from "#lib/api/list.ts";
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
const sorts = { name: sql`${roles.name} collate nocase`, createdAt: roles.createdAt, members };

export function listRoles(
  query: ListQuery,
): Page<Omit<RoleDetail, "effective" | "ancestors" | "descendants" | "missing">> {
  const pattern = likeAnywhere(query.q);
  const granting = sql`exists (select 1 from role_grants g where g.role_id = roles.id and g.permission like ${pattern} escape '\\')`;
  const where = query.q
    ? or(
        sql`${roles.name} like ${pattern} escape '\\'`,
        sql`${roles.description} like ${pattern} escape '\\'`,
        granting,
      )
    : undefined;
  const { column, descending } = sortOf(query);
  const by = sorts[column as keyof typeof sorts];
  const rows = db()
    .select(columns)
    .from(roles)
    .where(where)
    .orderBy(descending ? desc(by) : asc(by), asc(roles.id))
    .limit(query.perPage)
    .offset(offsetOf(query))
    .all();
  const all = loadRoles();
  const total = db().select({ n: count() }).from(roles).where(where).get()?.n ?? 0;
  return { items: rows.map((row) => summary(row, all, db())), total, page: query.page, perPage: query.perPage };
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
    missing: uncovered(actor.grants.grants, held),
  };
}

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

const memberSorts = { name: users.name, email: users.email, since: userRoles.createdAt } as const;

export function listRoleMembers(ref: string, query: ListQuery) {
  const role = findRole(ref);
  const pattern = likeAnywhere(query.q);
  const where = sql`${userRoles.roleId} = ${role.id}${
    query.q
      ? sql` and (${users.name} like ${pattern} escape '\\' or ${users.email} like ${pattern} escape '\\')`
      : sql``
  }`;
  const { column, descending } = sortOf(query);
  const by = memberSorts[column as keyof typeof memberSorts];
  const rows = db()
    .select({
      id: users.id,
      name: users.name,
      email: users.email,
      suspendedAt: users.suspendedAt,
      since: userRoles.createdAt,
    })
    .from(userRoles)
    .innerJoin(users, eq(users.id, userRoles.userId))
    .where(where)
    .orderBy(descending ? desc(by) : asc(by), asc(users.id))
    .limit(query.perPage)
    .offset(offsetOf(query))
    .all();
  const total = db()
    .select({ n: count() })
    .from(userRoles)
    .innerJoin(users, eq(users.id, userRoles.userId))
    .where(where)
    .get();
  return {
    items: rows.map(({ suspendedAt, ...row }) => ({ ...row, suspended: suspendedAt !== null })),
    total: total?.n ?? 0,
    page: query.page,
    perPage: query.perPage,
  };
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
