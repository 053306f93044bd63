/** The ladder of one zone: which member or guest has which level, and where. */
import { isDeepStrictEqual } from "node:util";
import { and, asc, count, eq, inArray, sql } from "drizzle-orm";
import { union } from "drizzle-orm/sqlite-core";
import { db, type Tx, transaction } from "#db/client.ts";
import { organisationMembers, users, zonePermissions } from "#db/schema/index.ts";
import { maxPatterns } from "#lib/access/name-pattern.ts";
import type { OrganisationRole } from "#lib/access/organisation-role.ts";
import { compileGrants } from "#lib/access/permissions.ts";
import { compareLevels, flagsOf, isBelow, type ZoneLevel, type ZoneRow, zoneAccess } from "#lib/access/zone-level.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { type ListQuery, likeAnywhere, offsetOf, type Page } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import { tell } from "#lib/mail/news.ts";
import { patternIn, typeNamed } from "./scope.ts";
import { type LoadedZone, shownName, takesGuests, toZoneRow } from "./zones.ts";

export interface LadderRow {
  userId: string;
  name: string;
  email: string;
  /** Null: a guest. */
  role: OrganisationRole | null;
  /** What the organisation gives this person here: by role, or the member default. Nothing to a guest. */
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

/** The longest that a guest's row may last: a year, be it a leap year. */
export const GUEST_MS = 366 * 86_400_000;

/** Everybody in the organisation, and the guests of the zone. */
export function pageOfLadder(loaded: LoadedZone, query: ListQuery): Page<LadderRow> {
  const { zone, organisation } = loaded;
  const pattern = likeAnywhere(query.q);
  const member = and(eq(organisationMembers.organisationId, organisation.id), eq(organisationMembers.userId, users.id));
  const listed = union(
    db()
      .select({ id: organisationMembers.userId })
      .from(organisationMembers)
      .where(eq(organisationMembers.organisationId, organisation.id)),
    db().select({ id: zonePermissions.userId }).from(zonePermissions).where(eq(zonePermissions.zoneId, zone.id)),
  );
  const where = and(
    inArray(users.id, listed),
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
    .from(users)
    .leftJoin(organisationMembers, member)
    .leftJoin(zonePermissions, and(eq(zonePermissions.zoneId, zone.id), eq(zonePermissions.userId, users.id)))
    .where(where)
    .orderBy(asc(users.name), asc(users.id))
    .limit(query.perPage)
    .offset(offsetOf(query))
    .all();
  const total = db().select({ n: count() }).from(users).where(where).get();
  const guests = takesGuests(organisation);
  const items = rows.map(({ row, ...holder }) => ladderRow(loaded, holder, row, guests));
  return { items, total: total?.n ?? 0, page: query.page, perPage: query.perPage };
}

type Holder = Pick<LadderRow, "userId" | "name" | "email" | "role">;

function ladderRow(
  { organisation }: LoadedZone,
  holder: Holder,
  stored: typeof zonePermissions.$inferSelect | null,
  guests: boolean,
): LadderRow {
  const now = Date.now();
  const levelWith = (row: ZoneRow | null): ZoneLevel =>
    zoneAccess({
      grants: compileGrants([]),
      organisationRole: holder.role,
      memberDefault: organisation.memberDefault,
      guests,
      row,
      now,
    }).level;
  const row = stored && toZoneRow(stored);
  const own = row && {
    level: row.level,
    names: [...row.names],
    types: [...row.types],
    expiresAt: row.expiresAt,
    expired: row.expiresAt !== null && row.expiresAt <= now,
  };
  return { ...holder, inherited: levelWith(null), own, level: levelWith(row) };
}

/** Sets a member's or a guest's row. Owners and admins have the zone whole: a row would say nothing. */
export function setLevel(loaded: LoadedZone, userId: string, input: LadderInput, actor: Actor): LadderRow {
  return transaction((tx) => {
    const holder = holderOf(tx, loaded, userId);
    if (holder.role === "owner" || holder.role === "admin")
      throw new Problem("conflict", `${holder.name} is ${holder.role} of the organisation and has every zone whole.`);
    const clean = canonicalInput(loaded, input, holder.role === null);
    const before = tx.select().from(zonePermissions).where(keyOf(loaded, userId)).get();
    writeRow(tx, loaded.zone.id, userId, clean);
    const after = tx.select().from(zonePermissions).where(keyOf(loaded, userId)).get() ?? null;
    if (!isDeepStrictEqual(before, after))
      audit(tx, actor, { ...targetOf(loaded, holder), before: before && toZoneRow(before), after: clean });
    return ladderRow(loaded, holder, after, takesGuests(loaded.organisation, tx));
  });
}

export function writeRow(tx: Tx, zoneId: string, userId: string, input: LadderInput): void {
  const flags = flagsOf(input.level);
  const row = {
    canView: Number(flags.canView),
    canModify: Number(flags.canModify),
    canDelete: Number(flags.canDelete),
    names: JSON.stringify(input.names),
    types: JSON.stringify(input.types),
    expiresAt: input.expiresAt,
  };
  tx.insert(zonePermissions)
    .values({ zoneId, userId, ...row, createdAt: Date.now() })
    .onConflictDoUpdate({ target: [zonePermissions.zoneId, zonePermissions.userId], set: row })
    .run();
}

/** Takes the row away. What the person then has is said, and noted as given where it is more than the row gave. */
export function clearLevel(loaded: LoadedZone, userId: string, actor: Actor): LadderRow {
  return transaction((tx) => {
    const holder = holderOf(tx, loaded, userId);
    const before = tx.delete(zonePermissions).where(keyOf(loaded, userId)).returning().get();
    if (!before) throw notFound("row");
    const after = ladderRow(loaded, holder, null, false);
    const given = isBelow(toZoneRow(before), after.level);
    audit(tx, actor, {
      ...targetOf(loaded, holder),
      before: toZoneRow(before),
      after: { level: after.level, inherited: true, ...(given ? { given } : {}) },
    });
    if (holder.role === null && userId !== actor.id) {
      const zone = shownName(loaded.zone);
      tell(tx, userId, "guest-removed", {
        subject: `You are no longer a guest of ${zone}`,
        text: `${loaded.organisation.name} took back your access to the zone ${zone}.`,
      });
    }
    return after;
  });
}

/** What may be written, as it is written; otherwise the sentence at its field. A guest's row has an end, and gives something. */
export function canonicalInput(loaded: LoadedZone, input: LadderInput, guest: boolean): LadderInput {
  const narrowed = input.names.length + input.types.length > 0;
  if (narrowed && compareLevels(input.level, "edit") < 0)
    throw invalid({ names: "Only edit and full can be narrowed to names and types." });
  if (input.names.length > maxPatterns) throw invalid({ names: `At most ${maxPatterns} name patterns.` });
  if (guest && input.level === "none") throw invalid({ level: "A guest has at least view. Remove the guest instead." });
  if (guest && input.expiresAt === null) throw invalid({ expiresAt: "Say until when: within a year." });
  if (input.expiresAt !== null) {
    if (input.expiresAt <= Date.now()) throw invalid({ expiresAt: "This moment has passed." });
    if (guest && input.expiresAt > Date.now() + GUEST_MS)
      throw invalid({ expiresAt: "A guest's level ends within a year." });
    if (!guest && isBelow(input, loaded.organisation.memberDefault)) {
      throw invalid({ expiresAt: "A level below the member default cannot expire: its end would give more access." });
    }
  }
  const names = input.names.map((text, index) => {
    const pattern = patternIn(loaded.zone.name, text);
    if (!pattern.ok) throw invalid({ [`names.${index}`]: pattern.reason });
    return pattern.value;
  });
  const types = input.types.map((text, index) => {
    const type = typeNamed(text);
    if (!type.ok) throw invalid({ [`types.${index}`]: type.reason });
    return type.value;
  });
  return { level: input.level, names: [...new Set(names)], types: [...new Set(types)], expiresAt: input.expiresAt };
}

/** Somebody in the organisation, or a guest of the zone. */
function holderOf(tx: Tx, loaded: LoadedZone, userId: string): Holder {
  const member = and(
    eq(organisationMembers.organisationId, loaded.organisation.id),
    eq(organisationMembers.userId, users.id),
  );
  const row = tx
    .select({
      userId: users.id,
      name: users.name,
      email: users.email,
      role: organisationMembers.role,
      holds: zonePermissions.userId,
    })
    .from(users)
    .leftJoin(organisationMembers, member)
    .leftJoin(zonePermissions, and(eq(zonePermissions.zoneId, loaded.zone.id), eq(zonePermissions.userId, users.id)))
    .where(eq(users.id, userId))
    .get();
  if (!row || (row.role === null && row.holds === null)) throw notFound("member");
  const { holds: _, ...holder } = row;
  return holder;
}

const keyOf = (loaded: LoadedZone, userId: string) =>
  and(eq(zonePermissions.zoneId, loaded.zone.id), eq(zonePermissions.userId, userId));

export const targetOf = (loaded: LoadedZone, member: { userId: string; email: string }) => ({
  target: {
    type: "zone_permission",
    id: `${loaded.zone.id}/${member.userId}`,
    label: `${member.email} in ${loaded.zone.name}`,
  },
  organisationId: loaded.organisation.id,
  asStaff: loaded.access.viaPlatform,
});
