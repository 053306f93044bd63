/** Who is in an organisation, and how they come and go. */
import { and, asc, count, desc, eq, gt, inArray, lt, or, sql } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import {
  organisationInvites,
  organisationMembers,
  organisations,
  users,
  zonePermissions,
  zones,
} from "#db/schema/index.ts";
import { mayAssign, type OrganisationAccess, type OrganisationRole } from "#lib/access/organisation-role.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { type ListQuery, likeAnywhere, offsetOf, type Page, sortOf } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { type Organisation, targetOf } from "./organisations.ts";

const INVITE_DAYS = 7;

export interface Member {
  userId: string;
  name: string;
  email: string;
  role: OrganisationRole;
  createdAt: number;
}

export interface Inside {
  organisation: Organisation;
  access: OrganisationAccess;
  asStaff: boolean;
}

const sorts = {
  name: users.name,
  email: users.email,
  role: organisationMembers.role,
  createdAt: organisationMembers.createdAt,
} as const;

export function listMembers(organisation: Organisation, query: ListQuery): Page<Member> {
  const pattern = likeAnywhere(query.q);
  const where = and(
    eq(organisationMembers.organisationId, organisation.id),
    query.q
      ? or(sql`${users.name} like ${pattern} escape '\\'`, sql`${users.email} like ${pattern} escape '\\'`)
      : undefined,
  );
  const { column, descending } = sortOf(query);
  const by = sorts[column as keyof typeof sorts];
  const items = db()
    .select({
      userId: users.id,
      name: users.name,
      email: users.email,
      role: organisationMembers.role,
      createdAt: organisationMembers.createdAt,
    })
    .from(organisationMembers)
    .innerJoin(users, eq(users.id, organisationMembers.userId))
    .where(where)
    .orderBy(descending ? desc(by) : asc(by), asc(users.id))
    .limit(query.perPage)
    .offset(offsetOf(query))
    .all();
  const total = db()
    .select({ n: count() })
    .from(organisationMembers)
    .innerJoin(users, eq(users.id, organisationMembers.userId))
    .where(where)
    .get();
  return { items, total: total?.n ?? 0, page: query.page, perPage: query.perPage };
}

/**
 * Staff with org:write add an account at once. Anyone else's addition waits until the person accepts it; the answer is the
 * same whether or not the address has an account.
 */
export function addMember(
  inside: Inside,
  input: { email: string; role: "admin" | "member" },
  actor: Actor & { id: string },
) {
  const { organisation, asStaff } = inside;
  return transaction((tx): { status: "added" | "invited"; email: string; role: "admin" | "member" } => {
    const account = tx.select({ id: users.id }).from(users).where(eq(users.email, input.email)).get();
    if (account && memberRole(tx, organisation.id, account.id)) {
      throw new Problem("already_exists", "This person is a member already.", {
        fields: { email: "This person is a member already." },
      });
    }
    if (actor.grants.has("org:write")) {
      if (!account)
        throw new Problem("not_found", "There is no account with this address.", {
          fields: { email: "There is no account with this address." },
        });
      join(tx, organisation.id, account.id, input.role);
      tx.delete(organisationInvites)
        .where(and(eq(organisationInvites.organisationId, organisation.id), eq(organisationInvites.email, input.email)))
        .run();
      audit(tx, actor, {
        ...memberTarget(organisation, account.id, input.email),
        after: { role: input.role },
        asStaff,
      });
      return { status: "added", ...input };
    }
    invite(tx, organisation, input, actor);
    return { status: "invited", ...input };
  });
}

function invite(
  tx: Tx,
  organisation: Organisation,
  input: { email: string; role: "admin" | "member" },
  actor: Actor & { id: string },
): void {
  const now = Date.now();
  const row = { role: input.role, invitedBy: actor.id, createdAt: now, expiresAt: now + INVITE_DAYS * 86_400_000 };
  const id = newId(now);
  tx.insert(organisationInvites)
    .values({ id, organisationId: organisation.id, email: input.email, ...row })
    .onConflictDoUpdate({ target: [organisationInvites.organisationId, organisationInvites.email], set: row })
    .run();
  audit(tx, actor, {
    target: { type: "invite", id, label: input.email },
    organisationId: organisation.id,
    after: { role: input.role },
  });
}

export interface Invite {
  id: string;
  email: string;
  role: "admin" | "member";
  createdAt: number;
  expiresAt: number;
}

export function listInvites(organisation: Organisation): Invite[] {
  return db()
    .select({
      id: organisationInvites.id,
      email: organisationInvites.email,
      role: organisationInvites.role,
      createdAt: organisationInvites.createdAt,
      expiresAt: organisationInvites.expiresAt,
    })
    .from(organisationInvites)
    .where(and(eq(organisationInvites.organisationId, organisation.id), gt(organisationInvites.expiresAt, Date.now())))
    .orderBy(desc(organisationInvites.createdAt))
    .limit(200)
    .all();
}

export function revokeInvite(inside: Inside, id: string, actor: Actor): { revoked: string } {
  return transaction((tx) => {
    const row = tx
      .delete(organisationInvites)
      .where(and(eq(organisationInvites.id, id), eq(organisationInvites.organisationId, inside.organisation.id)))
      .returning()
      .get();
    if (!row) throw notFound("invitation");
    audit(tx, actor, {
      target: { type: "invite", id, label: row.email },
      organisationId: inside.organisation.id,
      before: { role: row.role },
      asStaff: inside.asStaff,
    });
    return { revoked: id };
  });
}

/** The invitations that wait for an account: those to its verified address. */
export function invitesFor(userId: string) {
  return db()
    .select({
      id: organisationInvites.id,
      role: organisationInvites.role,
      organisation: organisations.name,
      handle: organisations.handle,
      createdAt: organisationInvites.createdAt,
      expiresAt: organisationInvites.expiresAt,
    })
    .from(organisationInvites)
    .innerJoin(organisations, eq(organisations.id, organisationInvites.organisationId))
    .innerJoin(users, and(eq(users.email, organisationInvites.email), sql`${users.emailVerifiedAt} is not null`))
    .where(and(eq(users.id, userId), gt(organisationInvites.expiresAt, Date.now())))
    .orderBy(desc(organisationInvites.createdAt))
    .all();
}

/** Single use: the invitation is gone, whichever way it is answered. */
export function answerInvite(
  id: string,
  accept: boolean,
  actor: Actor & { id: string },
): { organisation: string; handle: string; joined: boolean } {
  return transaction((tx) => {
    tx.delete(organisationInvites).where(lt(organisationInvites.expiresAt, Date.now())).run();
    const mine = invitesFor(actor.id).find((row) => row.id === id);
    const row = mine && tx.delete(organisationInvites).where(eq(organisationInvites.id, id)).returning().get();
    if (!mine || !row) throw notFound("invitation");
    if (accept && !memberRole(tx, row.organisationId, actor.id)) join(tx, row.organisationId, actor.id, row.role);
    audit(tx, actor, {
      target: { type: "member", id: actor.id, label: actor.label },
      organisationId: row.organisationId,
      after: { accepted: accept, role: row.role },
    });
    return { organisation: mine.organisation, handle: mine.handle, joined: accept };
  });
}

export function changeMemberRole(inside: Inside, userId: string, role: "admin" | "member", actor: Actor): Member {
  return transaction((tx) => {
    const before = loadMember(tx, inside.organisation, userId);
    assertMayAssign(inside, before.role, role);
    tx.update(organisationMembers)
      .set({ role })
      .where(
        and(eq(organisationMembers.organisationId, inside.organisation.id), eq(organisationMembers.userId, userId)),
      )
      .run();
    audit(tx, actor, {
      ...memberTarget(inside.organisation, userId, before.email),
      before: { role: before.role },
      after: { role },
      asStaff: inside.asStaff,
    });
    return { ...before, role };
  });
}

/** Removing somebody, or leaving: their zone rows and the invitations they sent go with them. */
export function removeMember(inside: Inside, userId: string, actor: Actor): { removed: string } {
  return transaction((tx) => {
    const before = loadMember(tx, inside.organisation, userId);
    if (before.role === "owner")
      throw new Problem("conflict", "The owner cannot leave. Hand over the organisation first.");
    if (userId !== actor.id) assertMayAssign(inside, before.role, null);
    const owned = tx.select({ id: zones.id }).from(zones).where(eq(zones.organisationId, inside.organisation.id));
    tx.delete(zonePermissions)
      .where(and(eq(zonePermissions.userId, userId), inArray(zonePermissions.zoneId, owned)))
      .run();
    tx.delete(organisationInvites)
      .where(
        and(eq(organisationInvites.organisationId, inside.organisation.id), eq(organisationInvites.invitedBy, userId)),
      )
      .run();
    tx.delete(organisationMembers)
      .where(
        and(eq(organisationMembers.organisationId, inside.organisation.id), eq(organisationMembers.userId, userId)),
      )
      .run();
    audit(tx, actor, {
      ...memberTarget(inside.organisation, userId, before.email),
      before: { role: before.role },
      asStaff: inside.asStaff && userId !== actor.id,
    });
    return { removed: userId };
  });
}

/** The present owner becomes an admin. */
export function handOver(inside: Inside, userId: string, actor: Actor): { owner: string } {
  const { organisation } = inside;
  return transaction((tx) => {
    const next = loadMember(tx, organisation, userId);
    if (next.role === "owner") throw new Problem("conflict", "This person is the owner already.");
    const inHere = eq(organisationMembers.organisationId, organisation.id);
    const previous = tx
      .update(organisationMembers)
      .set({ role: "admin" })
      .where(and(inHere, eq(organisationMembers.role, "owner")))
      .returning()
      .get();
    tx.update(organisationMembers)
      .set({ role: "owner" })
      .where(and(inHere, eq(organisationMembers.userId, userId)))
      .run();
    audit(tx, actor, {
      ...targetOf(organisation),
      before: { owner: previous?.userId ?? null },
      after: { owner: userId },
      asStaff: inside.asStaff,
    });
    return { owner: userId };
  });
}

function assertMayAssign(inside: Inside, present: OrganisationRole, next: OrganisationRole | null): void {
  // Staff with org:write reach everybody whom the owner reaches.
  const standing = inside.access.viaPlatform("admin") ? "owner" : inside.access.role;
  if (!mayAssign(standing, present, next)) {
    throw new Problem("forbidden", "Your role in this organisation does not reach this person.", { missing: "owner" });
  }
}

function join(tx: Tx, organisationId: string, userId: string, role: "admin" | "member"): void {
  tx.insert(organisationMembers).values({ organisationId, userId, role, createdAt: Date.now() }).run();
}

function memberRole(tx: Tx, organisationId: string, userId: string): OrganisationRole | undefined {
  return tx
    .select({ role: organisationMembers.role })
    .from(organisationMembers)
    .where(and(eq(organisationMembers.organisationId, organisationId), eq(organisationMembers.userId, userId)))
    .get()?.role;
}

function loadMember(tx: Tx, organisation: Organisation, userId: string): Member {
  const row = tx
    .select({
      userId: users.id,
      name: users.name,
      email: users.email,
      role: organisationMembers.role,
      createdAt: organisationMembers.createdAt,
    })
    .from(organisationMembers)
    .innerJoin(users, eq(users.id, organisationMembers.userId))
    .where(and(eq(organisationMembers.organisationId, organisation.id), eq(organisationMembers.userId, userId)))
    .get();
  if (!row) throw notFound("member");
  return row;
}

const memberTarget = (organisation: Organisation, userId: string, email: string) => ({
  target: { type: "member", id: userId, label: email },
  organisationId: organisation.id,
});
