/** Rollouts: what staff set, and what one account gets of it. */
import { count, eq, inArray, sql } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { remembered } from "#db/hot.ts";
import { organisations, roles, rolloutPeople, rollouts, users } from "#db/schema/index.ts";
import { DEFAULT_ROLE } from "#lib/access/roles.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { likeAnywhere } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { ownOrganisations } from "#lib/organisations/organisations.ts";
import { roleByName, roleIdsOf, standingOf } from "#lib/roles/roles.ts";
import { isStaffWith } from "#lib/staff/admission.ts";
import { type Audience, type Known, type Rules, type Treatment, treatmentOf } from "./bucket.ts";
import { type FeatureKey, featureKeys, features } from "./features.ts";
import { offered, type Rollout, type RolloutDetail, type RolloutEdit } from "./shapes.ts";

type Row = typeof rollouts.$inferSelect;

export const rulesOf = (row: Row): Rules => ({
  ...row,
  enabled: row.enabled === 1,
  audience: row.audience === null ? null : (JSON.parse(row.audience) as Audience),
  treatments: JSON.parse(row.treatments) as Treatment[],
});

const isFeature = (key: string): key is FeatureKey => (featureKeys as readonly string[]).includes(key);

/** Rules of what there still is to roll out. */
const allRules = remembered((_: "all") =>
  db()
    .select()
    .from(rollouts)
    .all()
    .filter(({ key }) => isFeature(key))
    .map(rulesOf),
);

/** Feature → what the account gets of it; what it is not in is not there. */
export function rolloutsOf(userId: string, now = Date.now()): Partial<Record<FeatureKey, string>> {
  const open = allRules("all").filter(({ enabled }) => enabled);
  if (open.length === 0) return {};
  const known = knownOf(userId);
  const given = open.map((rules): [string, string | null] => {
    const forced = known.forced.get(rules.key) ?? null;
    return [rules.key, treatmentOf(rules, { ...known, forced }, now)];
  });
  return Object.fromEntries(given.filter(([, treatment]) => treatment !== null));
}

const knownOf = remembered((userId: string) => {
  const forced = db()
    .select({ key: rollouts.key, forced: rolloutPeople.forced, treatment: rolloutPeople.treatment })
    .from(rolloutPeople)
    .innerJoin(rollouts, eq(rollouts.id, rolloutPeople.rolloutId))
    .where(eq(rolloutPeople.userId, userId))
    .all();
  return {
    id: userId,
    staff: isStaffWith(standingOf(userId).grants),
    roles: rolesFor(roleIdsOf(userId)),
    organisations: ownOrganisations(userId).map(({ id }) => id),
    forced: new Map<string, NonNullable<Known["forced"]>>(forced.map(({ key, ...row }) => [key, row])),
  };
});

/** Whoever was given no role has that of those who have none. */
export const rolesFor = (own: readonly string[]): readonly string[] =>
  own.length > 0 ? own : [roleByName(DEFAULT_ROLE)?.id ?? ""];

const listed = {
  from: rollouts,
  id: rollouts.id,
  sorts: { updatedAt: rollouts.updatedAt, key: rollouts.key, share: rollouts.share },
};

export function listRollouts(query: KeyedQuery & { state?: "running" | "waiting" | "off" | undefined }) {
  const now = Date.now();
  const pattern = likeAnywhere(query.q);
  const text = query.q.toLowerCase();
  const named = featureKeys.filter((key) => features[key].title.toLowerCase().includes(text));
  const on = sql`(rollouts.enabled = 1 and coalesce(rollouts.starts_at, 0) <= ${now} and coalesce(rollouts.ends_at, ${now} + 1) > ${now})`;
  const states = { running: on, waiting: sql`(rollouts.enabled = 1 and not ${on})`, off: sql`rollouts.enabled = 0` };
  const conditions = [
    // What there is no more to roll out is kept, and shown nowhere.
    { where: inArray(rollouts.key, [...featureKeys]) },
    query.q === ""
      ? undefined
      : {
          where: sql`(${inArray(rollouts.key, named)} or rollouts.key like ${pattern} escape '\\' or rollouts.description like ${pattern} escape '\\')`,
        },
    query.state && { where: states[query.state] },
  ];
  const page = readKeyed(listed, query, { conditions }, (ids) =>
    db()
      .select()
      .from(rollouts)
      .where(inArray(rollouts.id, ids))
      .all()
      .flatMap((row) => shown(row) ?? []),
  );
  const begun = db().select({ key: rollouts.key }).from(rollouts).all();
  const left = featureKeys.filter((key) => !begun.some((row) => row.key === key));
  return { ...page, left: left.map((key) => ({ key, title: features[key].title, help: features[key].help })) };
}

export function openRollout(id: string, actor: Actor): RolloutDetail {
  const found = rolloutNow(id);
  const { roles: roleIds = [], organisations: organisationIds = [] } = found.audience ?? {};
  const named = {
    roles: namesOf(roles, roleIds, actor.grants.has("roles:read")),
    organisations: namesOf(organisations, organisationIds, actor.grants.has("org:read")),
  };
  return { ...found, named };
}

function rolloutNow(id: string): Rollout {
  const found = shown(rowOf(id));
  if (!found) throw notFound("rollout");
  return found;
}

function namesOf(table: typeof roles | typeof organisations, ids: readonly string[], may: boolean) {
  const rows = may
    ? db()
        .select({ id: table.id, name: table.name })
        .from(table)
        .where(inArray(table.id, [...ids]))
        .all()
    : [];
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return ids.map((id) => ({ id, name: names.get(id) ?? null }));
}

export function rowOf(id: string, tx: Pick<Tx, "select"> = db()): Row {
  const row = tx.select().from(rollouts).where(eq(rollouts.id, id)).get();
  if (!row) throw notFound("rollout");
  return row;
}

function shown(row: Row): Rollout | null {
  const { key } = row;
  if (!isFeature(key)) return null;
  const rules = rulesOf(row);
  const now = Date.now();
  const forced = db()
    .select({ forced: rolloutPeople.forced, n: count() })
    .from(rolloutPeople)
    .where(eq(rolloutPeople.rolloutId, row.id))
    .groupBy(rolloutPeople.forced)
    .all();
  const number = (way: "in" | "out") => forced.find((one) => one.forced === way)?.n ?? 0;
  return {
    ...row,
    ...rules,
    treatments: [...rules.treatments],
    key,
    title: features[key].title,
    help: features[key].help,
    offered: [...offered(key)],
    running: rules.enabled && (row.startsAt ?? 0) <= now && (row.endsAt ?? Number.POSITIVE_INFINITY) > now,
    forcedIn: number("in"),
    forcedOut: number("out"),
  };
}

/** Off and at nobody, until it is edited. */
export function createRollout(key: FeatureKey, given: RolloutEdit, actor: Actor): Rollout {
  const id = newId();
  transaction((tx) => {
    if (tx.select({ id: rollouts.id }).from(rollouts).where(eq(rollouts.key, key)).get())
      throw new Problem("already_exists", `There is a rollout of ${features[key].title} already.`);
    const now = Date.now();
    const [first] = offered(key);
    const plain = { description: "", enabled: 0, share: 0, audience: null, startsAt: null, endsAt: null };
    const row = {
      id,
      key,
      ...plain,
      treatments: JSON.stringify([{ name: first, weight: 1 }]),
      createdAt: now,
      updatedAt: now,
    };
    const filled = { ...row, ...columnsOf(tx, key, row, given) };
    tx.insert(rollouts).values(filled).run();
    audit(tx, actor, { target: targetOf(filled), after: plainOf(filled) });
  });
  return rolloutNow(id);
}

/** What changes nothing leaves no entry. */
export function editRollout(
  id: string,
  { updatedAt, ...given }: RolloutEdit & { updatedAt?: number | undefined },
  actor: Actor,
): Rollout {
  transaction((tx) => {
    const row = rowOf(id, tx);
    if (!isFeature(row.key)) throw notFound("rollout");
    if (updatedAt !== undefined && updatedAt !== row.updatedAt)
      throw new Problem("conflict", "Somebody else has changed this rollout meanwhile. Load the page again.");
    const change = columnsOf(tx, row.key, row, given);
    if (Object.entries(change).every(([name, value]) => row[name as keyof Row] === value)) return;
    tx.update(rollouts)
      // Also two of one millisecond are told apart.
      .set({ ...change, updatedAt: Math.max(Date.now(), row.updatedAt + 1) })
      .where(eq(rollouts.id, id))
      .run();
    audit(tx, actor, { target: targetOf(row), before: plainOf(row), after: plainOf({ ...row, ...change }) });
  });
  return rolloutNow(id);
}

export function removeRollout(id: string, actor: Actor): { removed: string } {
  transaction((tx) => {
    const row = rowOf(id, tx);
    tx.delete(rollouts).where(eq(rollouts.id, id)).run();
    audit(tx, actor, { target: targetOf(row), before: plainOf(row) });
  });
  return { removed: id };
}

/** Says of one account, by its id or e-mail address, that it is in or out whatever chance says; null leaves it to chance again. */
export function forceOne(
  id: string,
  who: string,
  { forced, treatment = null }: { forced: "in" | "out" | null; treatment?: string | null | undefined },
  actor: Actor,
): Rollout {
  transaction((tx) => {
    const row = rowOf(id, tx);
    if (!isFeature(row.key)) throw notFound("rollout");
    const named = who.includes("@") ? eq(users.email, who.toLowerCase()) : eq(users.id, who);
    const account = tx.select({ id: users.id }).from(users).where(named).get();
    if (!account) throw notFound("account");
    const userId = account.id;
    if (treatment !== null && !offered(row.key).includes(treatment))
      throw invalid({ treatment: `${features[row.key].title} has no such treatment.` });
    const one = sql`${rolloutPeople.rolloutId} = ${id} and ${rolloutPeople.userId} = ${userId}`;
    const before = tx.select().from(rolloutPeople).where(one).get();
    if ((before?.forced ?? null) === forced && (before?.treatment ?? null) === (forced && treatment)) return;
    tx.delete(rolloutPeople).where(one).run();
    if (forced !== null)
      tx.insert(rolloutPeople).values({ rolloutId: id, userId, forced, treatment, createdAt: Date.now() }).run();
    audit(tx, actor, {
      target: targetOf(row),
      before: { account: userId, forced: before?.forced ?? null },
      after: { account: userId, forced, treatment },
    });
  });
  return rolloutNow(id);
}

/** What an edit makes of the row. Throws `invalid_input`. */
function columnsOf(tx: Tx, key: FeatureKey, row: Omit<Row, "id">, given: RolloutEdit) {
  const { enabled, audience, treatments, ...rest } = given;
  const unknown = treatments?.find(({ name }) => !offered(key).includes(name));
  if (unknown) throw invalid({ treatments: `${features[key].title} has no treatment ${unknown.name}.` });
  if (treatments && new Set(treatments.map(({ name }) => name)).size < treatments.length)
    throw invalid({ treatments: "Give each treatment once." });
  if (audience) assertThere(tx, audience, row.audience === null ? null : (JSON.parse(row.audience) as Audience));
  const startsAt = given.startsAt === undefined ? row.startsAt : given.startsAt;
  const endsAt = given.endsAt === undefined ? row.endsAt : given.endsAt;
  if (startsAt !== null && endsAt !== null && endsAt <= startsAt)
    throw invalid({ endsAt: "The end is after the beginning." });
  return {
    ...rest,
    ...(enabled === undefined ? {} : { enabled: enabled ? 1 : 0 }),
    ...(audience === undefined ? {} : { audience: audience === null ? null : JSON.stringify(audience) }),
    ...(treatments === undefined ? {} : { treatments: JSON.stringify(treatments) }),
  };
}

/** What was named before may be gone by now; what is named anew is there. */
function assertThere(tx: Tx, audience: Audience, before: Audience | null): void {
  for (const [kind, table] of [
    ["roles", roles],
    ["organisations", organisations],
  ] as const) {
    const added = [...new Set(audience[kind])].filter((id) => !before?.[kind].includes(id));
    const there = tx.select({ id: table.id }).from(table).where(inArray(table.id, added)).all();
    if (there.length < added.length) throw invalid({ audience: `One of these ${kind} does not exist.` });
  }
}

const targetOf = ({ id, key }: Pick<Row, "id" | "key">) => ({ type: "rollout", id, label: key });

const plainOf = ({ description, enabled, share, audience, treatments, startsAt, endsAt }: Omit<Row, "id">) => ({
  description,
  enabled: enabled === 1,
  share,
  audience: audience === null ? null : JSON.parse(audience),
  treatments: JSON.parse(treatments),
  startsAt,
  endsAt,
});
