/** The ladder of one zone: which member has which level, and where. */
import { and, asc, count, eq, sql } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { organisationMembers, users, zonePermissions } from "#db/schema/index.ts";
import { checkPattern, maxPatterns } from "#lib/access/name-pattern.ts";
import type { OrganisationRole } from "#lib/access/organisation-role.ts";
import { compareLevels, flagsOf, type ZoneLevel } from "#lib/access/zone-level.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { type ListQuery, likeAnywhere, offsetOf, type Page } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import { parseName, relativeName } from "./name.ts";
import { canonicalType } from "./type-numbers.ts";
import { type LoadedZone, toZoneRow } from "./zones.ts";

export interface LadderRow {
  userId: string;
  name: string;
  email: string;
  role: OrganisationRole;
  /** What the organisation gives this person here: by role, or the member default. */
  inherited: ZoneLevel;
  /** The row, if there is one. */
  own: { level: ZoneLevel; names: string[]; types: string[]; expiresAt: number | null; expired: boolean } | null;
  /** The level in force. */
  level: ZoneLevel;
}

export interface LadderInput {
  level: ZoneLevel;
  names: string[];
  types: string[];
  /** Milliseconds. */
  expiresAt: number | null;
}

export function pageOfLadder(loaded: LoadedZone, query: ListQuery): Page<LadderRow> {
  const pattern = likeAnywhere(query.q);
  const where = and(
    eq(organisationMembers.organisationId, loaded.organisation.id),
    query.q
      ? sql`(${users.name} like ${pattern} escape '\\' or ${users.email} like ${pattern} escape '\\')`
      : undefined,
  );
  const rows = db()
    .select({
      userId: users.id,
      name: users.name,
      email: users.email,
      role: organisationMembers.role,
      row: zonePermissions,
    })
    .from(organisationMembers)
    .innerJoin(users, eq(users.id, organisationMembers.userId))
    .leftJoin(zonePermissions, and(eq(zonePermissions.zoneId, loaded.zone.id), eq(zonePermissions.userId, users.id)))
    .where(where)
    .orderBy(asc(users.name), asc(users.id))
    .limit(query.perPage)
    .offset(offsetOf(query))
    .all();
  const total = db()
    .select({ n: count() })
    .from(organisationMembers)
    .innerJoin(users, eq(users.id, organisationMembers.userId))
    .where(where)
    .get();
  const items = rows.map(({ row, ...member }) => ladderRow(loaded, member, row));
  return { items, total: total?.n ?? 0, page: query.page, perPage: query.perPage };
}

function ladderRow(
  loaded: LoadedZone,
  member: { userId: string; name: string; email: string; role: OrganisationRole },
  row: typeof zonePermissions.$inferSelect | null,
): LadderRow {
  const whole = member.role === "owner" || member.role === "admin";
  const inherited = whole ? "full" : loaded.organisation.memberDefault;
  const stored = row && toZoneRow(row);
  const expired = stored?.expiresAt != null && stored.expiresAt <= Date.now();
  const own = stored && {
    level: stored.level,
    names: [...stored.names],
    types: [...stored.types],
    expiresAt: stored.expiresAt,
    expired,
  };
  return { ...member, inherited, own, level: whole || !own || expired ? inherited : own.level };
}

/** Sets a member's row. Owners and admins have the zone whole: a row would say nothing. */
export function setLevel(loaded: LoadedZone, userId: string, input: LadderInput, actor: Actor): LadderRow {
  const clean = canonicalInput(loaded, input);
  return transaction((tx) => {
    const member = memberOf(tx, loaded, userId);
    if (member.role !== "member")
      throw new Problem("conflict", `${member.name} is ${member.role} of the organisation and has every zone whole.`);
    const before = tx.select().from(zonePermissions).where(keyOf(loaded, userId)).get();
    const flags = flagsOf(clean.level);
    const row = {
      canView: Number(flags.canView),
      canModify: Number(flags.canModify),
      canDelete: Number(flags.canDelete),
      names: JSON.stringify(clean.names),
      types: JSON.stringify(clean.types),
      expiresAt: clean.expiresAt,
    };
    tx.insert(zonePermissions)
      .values({ zoneId: loaded.zone.id, userId, ...row, createdAt: Date.now() })
      .onConflictDoUpdate({ target: [zonePermissions.zoneId, zonePermissions.userId], set: row })
      .run();
    audit(tx, actor, { ...targetOf(loaded, member), before: before && toZoneRow(before), after: clean });
    return ladderRow(loaded, member, tx.select().from(zonePermissions).where(keyOf(loaded, userId)).get() ?? null);
  });
}

/** Takes the row away. What the person then has is said, because it can be more than the row gave. */
export function clearLevel(loaded: LoadedZone, userId: string, actor: Actor): LadderRow {
  return transaction((tx) => {
    const member = memberOf(tx, loaded, userId);
    const before = tx.delete(zonePermissions).where(keyOf(loaded, userId)).returning().get();
    if (!before) throw notFound("row");
    const after = ladderRow(loaded, member, null);
    audit(tx, actor, {
      ...targetOf(loaded, member),
      before: toZoneRow(before),
      after: { level: after.level, inherited: true },
    });
    return after;
  });
}

function canonicalInput(loaded: LoadedZone, input: LadderInput): LadderInput {
  const narrows = input.names.length + input.types.length > 0;
  if (narrows && compareLevels(input.level, "edit") < 0)
    throw invalid({ names: "Only edit and full can be narrowed to names and types." });
  if (input.names.length > maxPatterns) throw invalid({ names: `At most ${maxPatterns} name patterns.` });
  if (input.expiresAt !== null) {
    if (input.expiresAt <= Date.now()) throw invalid({ expiresAt: "This moment has passed." });
    if (compareLevels(input.level, loaded.organisation.memberDefault) < 0) {
      throw invalid({ expiresAt: "A level below the member default cannot expire: its end would give more access." });
    }
  }
  const toRelative = (name: string): string | null => {
    const parsed = parseName(name, loaded.zone.name);
    return parsed.ok ? relativeName(parsed.value, loaded.zone.name) : null;
  };
  const names = input.names.map((text, index) => {
    const checked = checkPattern(text.trim(), toRelative);
    if (!checked.ok) throw invalid({ [`names.${index}`]: checked.reason });
    return checked.pattern;
  });
  const types = input.types.map((type, index) => {
    const known = canonicalType(type.trim().toUpperCase());
    if (!/^[A-Z][A-Z0-9-]{0,15}$/.test(known)) throw invalid({ [`types.${index}`]: `${type} is not a record type.` });
    return known;
  });
  return { level: input.level, names: [...new Set(names)], types: [...new Set(types)], expiresAt: input.expiresAt };
}

function memberOf(tx: Tx, loaded: LoadedZone, userId: string) {
  const row = tx
    .select({ userId: users.id, name: users.name, email: users.email, role: organisationMembers.role })
    .from(organisationMembers)
    .innerJoin(users, eq(users.id, organisationMembers.userId))
    .where(and(eq(organisationMembers.organisationId, loaded.organisation.id), eq(organisationMembers.userId, userId)))
    .get();
  if (!row) throw notFound("member");
  return row;
}

const keyOf = (loaded: LoadedZone, userId: string) =>
  and(eq(zonePermissions.zoneId, loaded.zone.id), eq(zonePermissions.userId, userId));

const targetOf = (loaded: LoadedZone, member: { userId: string; email: string }) => ({
  target: {
    type: "zone_permission",
    id: `${loaded.zone.id}/${member.userId}`,
    label: `${member.email} in ${loaded.zone.name}`,
  },
  organisationId: loaded.organisation.id,
  asStaff: loaded.access.viaPlatform,
});
