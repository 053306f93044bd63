/** Guests: accounts outside the organisation with a level in one zone. Inviting them, and leaving as one. */
import { and, asc, count, desc, eq, gt, inArray, notInArray } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { organisationMembers, users, zoneInvites, zonePermissions, zones } from "#db/schema/index.ts";
import type { ZoneLevel } from "#lib/access/zone-level.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import type { ListQuery, Page } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { assertRoom, INVITE_TARGETS, inWords, mailInvite } from "#lib/invites/mail.ts";
import { standingSenders } from "#lib/invites/sender.ts";
import { withdrawMail } from "#lib/mail/outbox.ts";
import { nameOf } from "#lib/organisations/invites.ts";
import { setting } from "#lib/settings/settings.ts";
import { canonicalInput, type LadderInput, targetOf } from "./zone-permissions.ts";
import { type LoadedZone, shownName, takesGuests, toZoneRow, visibleZoneIds } from "./zones.ts";

export type GuestLevel = Exclude<ZoneLevel, "none">;

export interface GuestInput extends LadderInput {
  email: string;
  level: GuestLevel;
  expiresAt: number;
}

export interface GuestInvite {
  id: string;
  email: string;
  level: GuestLevel;
  names: string[];
  types: string[];
  /** When the level will end. */
  accessUntil: number;
  /** Who sent it last. */
  sender: string;
  /** Whether it can be accepted: while who sent it may invite, and guests are taken. */
  valid: boolean;
  createdAt: number;
  expiresAt: number;
}

/** Invites an address. One that was invited before is invited anew: the earlier link is void. */
export function inviteGuest(
  loaded: LoadedZone,
  { email, ...wanted }: GuestInput,
  actor: Actor & { id: string },
): { status: "invited"; email: string } {
  const { zone, organisation, access } = loaded;
  const { names, types } = canonicalInput(loaded, wanted, true);
  return transaction((tx) => {
    assertTakesGuests(loaded, tx);
    assertNobodyHere(tx, loaded, email);
    const before = tx
      .select()
      .from(zoneInvites)
      .where(and(eq(zoneInvites.zoneId, zone.id), eq(zoneInvites.email, email)))
      .get();
    if (!before || before.expiresAt <= Date.now()) assertRoom(tx, { organisation: organisation.id });
    const id = before?.id ?? newId();
    const terms = { level: wanted.level, names: JSON.stringify(names), types: JSON.stringify(types) };
    const row = {
      ...terms,
      accessUntil: wanted.expiresAt,
      invitedBy: actor.id,
      ...mailed(tx, loaded, { email, level: wanted.level, accessUntil: wanted.expiresAt }, before?.mailId, actor),
    };
    tx.insert(zoneInvites)
      .values({ id, zoneId: zone.id, email, ...row })
      .onConflictDoUpdate({ target: [zoneInvites.zoneId, zoneInvites.email], set: row })
      .run();
    audit(tx, actor, {
      ...inviteTarget(loaded, id, email),
      before: before && { level: before.level, expiresAt: before.accessUntil },
      after: { level: wanted.level, names, types, expiresAt: wanted.expiresAt },
      asStaff: access.viaPlatform,
    });
    return { status: "invited", email };
  });
}

export function listGuestInvites({ zone, organisation }: LoadedZone): GuestInvite[] {
  const taken = takesGuests(organisation);
  const stands = standingSenders({ organisationId: organisation.id, zoneId: zone.id, into: null });
  return db()
    .select({ row: zoneInvites, sender: users.name })
    .from(zoneInvites)
    .innerJoin(users, eq(users.id, zoneInvites.invitedBy))
    .where(and(eq(zoneInvites.zoneId, zone.id), gt(zoneInvites.expiresAt, Date.now())))
    .orderBy(desc(zoneInvites.createdAt))
    .limit(200)
    .all()
    .map(({ row, sender }) => {
      const { id, email, level, accessUntil, invitedBy, createdAt, expiresAt } = row;
      const valid = taken && stands(invitedBy);
      return { id, email, level, ...scopeOf(row), accessUntil, sender, valid, createdAt, expiresAt };
    });
}

/** A new link in a new mail; the one before is void. */
export function resendGuestInvite(
  loaded: LoadedZone,
  id: string,
  actor: Actor & { id: string },
): { sent: string; expiresAt: number } {
  return transaction((tx) => {
    const before = tx.select().from(zoneInvites).where(here(loaded, id)).get();
    if (!before || before.expiresAt <= Date.now()) throw notFound("invitation");
    assertTakesGuests(loaded, tx);
    const row = { invitedBy: actor.id, ...mailed(tx, loaded, before, before.mailId, actor) };
    tx.update(zoneInvites).set(row).where(here(loaded, id)).run();
    audit(tx, actor, {
      ...inviteTarget(loaded, id, before.email),
      before: { level: before.level, expiresAt: before.expiresAt },
      after: { level: before.level, expiresAt: row.expiresAt },
    });
    return { sent: id, expiresAt: row.expiresAt };
  });
}

export function revokeGuestInvite(loaded: LoadedZone, id: string, actor: Actor): { revoked: string } {
  return transaction((tx) => {
    const row = tx.delete(zoneInvites).where(here(loaded, id)).returning().get();
    if (!row) throw notFound("invitation");
    if (row.mailId) withdrawMail(tx, row.mailId);
    audit(tx, actor, {
      ...inviteTarget(loaded, id, row.email),
      before: { level: row.level, expiresAt: row.accessUntil },
    });
    return { revoked: id };
  });
}

/** A guest goes by themselves. Members leave the organisation, not one of its zones. */
export function leaveZone(loaded: LoadedZone, actor: Actor & { id: string }): { left: string } {
  const own = and(eq(zonePermissions.zoneId, loaded.zone.id), eq(zonePermissions.userId, actor.id));
  return transaction((tx) => {
    const row = loaded.role === null ? tx.delete(zonePermissions).where(own).returning().get() : undefined;
    if (!row) throw new Problem("conflict", "You are not a guest of this zone.");
    audit(tx, actor, {
      ...targetOf(loaded, { userId: actor.id, email: actor.label }),
      before: toZoneRow(row),
      after: { level: "none" },
      asStaff: false,
    });
    return { left: loaded.zone.id };
  });
}

export interface Guest {
  userId: string;
  name: string;
  email: string;
  zone: { id: string; name: string; displayName: string };
  level: ZoneLevel;
  names: string[];
  types: string[];
  expiresAt: number | null;
  expired: boolean;
}

/** The guests of an organisation, in those of its zones that the actor can view. */
export function pageOfGuests(
  organisationId: string,
  query: Pick<ListQuery, "page" | "perPage">,
  actor: Actor & { id: string },
): Page<Guest> {
  const inIt = db()
    .select({ id: organisationMembers.userId })
    .from(organisationMembers)
    .where(eq(organisationMembers.organisationId, organisationId));
  const where = and(
    eq(zones.organisationId, organisationId),
    notInArray(zonePermissions.userId, inIt),
    inArray(zones.id, visibleZoneIds(actor)),
  );
  const rows = db()
    .select({ userId: users.id, name: users.name, email: users.email, zone: zones, row: zonePermissions })
    .from(zonePermissions)
    .innerJoin(zones, eq(zones.id, zonePermissions.zoneId))
    .innerJoin(users, eq(users.id, zonePermissions.userId))
    .where(where)
    .orderBy(asc(users.name), asc(users.id), asc(zones.name))
    .limit(query.perPage)
    .offset((query.page - 1) * query.perPage)
    .all();
  const total = db()
    .select({ n: count() })
    .from(zonePermissions)
    .innerJoin(zones, eq(zones.id, zonePermissions.zoneId))
    .where(where)
    .get();
  const items = rows.map(({ zone, row, ...person }) => {
    const { level, expiresAt } = toZoneRow(row);
    return {
      ...person,
      zone: { id: zone.id, name: zone.name, displayName: shownName(zone) },
      level,
      ...scopeOf(row),
      expiresAt,
      expired: expiresAt !== null && expiresAt <= Date.now(),
    };
  });
  return { items, total: total?.n ?? 0, page: query.page, perPage: query.perPage };
}

export const scopeOf = (row: { names: string; types: string }): { names: string[]; types: string[] } => ({
  names: JSON.parse(row.names) as string[],
  types: JSON.parse(row.types) as string[],
});

function assertTakesGuests({ organisation }: LoadedZone, tx: Tx): void {
  if (takesGuests(organisation, tx)) return;
  if (!setting("feature.guests", tx)) throw new Problem("feature_disabled", "This panel takes no guests.");
  throw new Problem("conflict", `${organisation.name} takes no guests. Its settings say so.`);
}

/** The ladder says as much to whoever may invite. */
function assertNobodyHere(tx: Tx, { zone, organisation }: LoadedZone, email: string): void {
  const inIt = and(eq(organisationMembers.organisationId, organisation.id), eq(organisationMembers.userId, users.id));
  const holds = and(eq(zonePermissions.zoneId, zone.id), eq(zonePermissions.userId, users.id));
  const found = tx
    .select({ member: organisationMembers.userId, guest: zonePermissions.userId })
    .from(users)
    .leftJoin(organisationMembers, inIt)
    .leftJoin(zonePermissions, holds)
    .where(eq(users.email, email))
    .get();
  if (!found || (found.member === null && found.guest === null)) return;
  const message =
    found.member === null
      ? "This person is a guest already: set their level instead."
      : "This person is a member of the organisation: set their level instead.";
  throw new Problem("already_exists", message, { fields: { email: message } });
}

function mailed(
  tx: Tx,
  { zone, organisation }: LoadedZone,
  { email, level, accessUntil }: { email: string; level: GuestLevel; accessUntil: number },
  previous: string | null | undefined,
  actor: Actor & { id: string },
) {
  const can = { view: "see", edit: "edit", full: "edit and delete" }[level];
  const what = `to ${can} records of the zone ${shownName(zone)} of ${organisation.name}, as a guest until ${inWords(accessUntil)}`;
  const by = nameOf(tx, actor.id);
  return mailInvite(tx, {
    kind: "zone",
    from: { organisation: organisation.id },
    fromName: organisation.name,
    email,
    by,
    what,
    previous: previous ?? null,
    until: accessUntil,
  });
}

const here = ({ zone }: LoadedZone, id: string) => and(eq(zoneInvites.id, id), eq(zoneInvites.zoneId, zone.id));

const inviteTarget = ({ zone, organisation, access }: LoadedZone, id: string, email: string) => ({
  target: { type: INVITE_TARGETS.zone, id, label: `${email} in ${zone.name}` },
  organisationId: organisation.id,
  asStaff: access.viaPlatform,
});
