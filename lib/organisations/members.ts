/** Who is in an organisation, and how they come and go. */
import { and, asc, count, desc, eq, inArray, or, sql } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { organisationMembers, users, zonePermissions, zones } from "#db/schema/index.ts";
import { mayAssign, type OrganisationAccess, type OrganisationRole } from "#lib/access/organisation-role.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound, Problem } from "#lib/api/errors.ts";
import { type ListQuery, likeAnywhere, offsetOf, type Page, sortOf } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import { tell } from "#lib/mail/news.ts";
import { cutInOrganisation } from "#lib/servers/holders.ts";
import { leaveServersOf } from "#lib/servers/people/people.ts";
import { isShut } from "#lib/users/shut.ts";
import { accountByEmail } from "#lib/users/users.ts";
import { dropInvitesTo, type InvitedRole, inviteMember, nameOf, withdrawInvitesOf } from "./invites.ts";
import { mayOwnAnother, type Organisation, targetOf } from "./organisations.ts";

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
 * Invites an address: the answer and the work are the same whether or not it has an account. What staff with org:write
 * add is in at once if there is such an account.
 */
export function addMember(
  inside: Inside,
  input: { email: string; role: InvitedRole },
  actor: Actor & { id: string },
): { status: "added" | "invited"; email: string; role: InvitedRole } {
  const { organisation } = inside;
  return transaction((tx) => {
    assertNoMember(tx, organisation, input.email);
    const account = actor.grants.has("org:write") ? accountByEmail(input.email, tx) : undefined;
    if (!account) {
      inviteMember(tx, inside, input, actor);
      return { status: "invited", ...input };
    }
    join(tx, organisation.id, account, input.role);
    // Nobody was asked: that is for staff, be they an admin here as well.
    const target = memberTarget(organisation, account.id, input.email);
    audit(tx, actor, { ...target, after: { role: input.role }, asStaff: true });
    if (account.id !== actor.id) {
      const as = input.role === "admin" ? "an admin" : "a member";
      tell(tx, account.id, "member-added", {
        subject: `You are in ${organisation.name} now`,
        text: `${nameOf(tx, actor.id)} added you to ${organisation.name} as ${as}.`,
      });
    }
    return { status: "added", ...input };
  });
}

/** The list of members says as much to whoever may invite. */
function assertNoMember(tx: Tx, organisation: Organisation, email: string): void {
  const member = tx
    .select({ id: users.id })
    .from(organisationMembers)
    .innerJoin(users, eq(users.id, organisationMembers.userId))
    .where(and(eq(organisationMembers.organisationId, organisation.id), eq(users.email, email)))
    .get();
  if (!member) return;
  throw new Problem("already_exists", "This person is a member already.", {
    fields: { email: "This person is a member already." },
  });
}

/** Puts an account into an organisation. A level that it held as a guest stays; invitations to it are done with. */
export function join(tx: Tx, organisationId: string, account: { id: string; email: string }, role: InvitedRole): void {
  tx.insert(organisationMembers).values({ organisationId, userId: account.id, role, createdAt: Date.now() }).run();
  dropInvitesTo(tx, organisationId, account.email);
}

export function changeMemberRole(inside: Inside, userId: string, role: "admin" | "member", actor: Actor): Member {
  return transaction((tx) => {
    const before = loadMember(tx, inside.organisation, userId);
    assertMayAssign(inside, before.role, role);
    if (before.role === role) return before;
    tx.update(organisationMembers)
      .set({ role })
      .where(
        and(eq(organisationMembers.organisationId, inside.organisation.id), eq(organisationMembers.userId, userId)),
      )
      .run();
    if (role === "member") {
      // Admins have its servers, and they alone invite.
      cutInOrganisation(tx, userId, inside.organisation.id);
      withdrawInvitesOf(tx, inside.organisation.id, userId);
    }
    audit(tx, actor, {
      ...memberTarget(inside.organisation, userId, before.email),
      before: { role: before.role },
      after: { role },
      asStaff: inside.asStaff,
    });
    return { ...before, role };
  });
}

/** Removing somebody, or leaving: their zone rows, their rows in its servers and the invitations they sent go with them. */
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
    leaveServersOf(tx, inside.organisation.id, userId);
    withdrawInvitesOf(tx, inside.organisation.id, userId);
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
    if (userId !== actor.id) {
      const { name } = inside.organisation;
      tell(tx, userId, "member-removed", {
        subject: `You are no longer in ${name}`,
        text: `You were removed from ${name}, and no longer have access to its zones and servers.`,
      });
    }
    return { removed: userId };
  });
}

/** The present owner becomes an admin. */
export function handOver(inside: Inside, userId: string, actor: Actor): { owner: string } {
  const { organisation } = inside;
  return transaction((tx) => {
    const next = loadMember(tx, organisation, userId);
    if (next.role === "owner") throw new Problem("conflict", "This person is the owner already.");
    assertMayOwn(tx, next, actor);
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
    const subject = `${organisation.name} has another owner`;
    if (userId !== actor.id) tell(tx, userId, "ownership", { subject, text: `You own ${organisation.name} now.` });
    if (previous)
      tell(tx, previous.userId, "ownership", {
        subject,
        text: `${next.name} owns ${organisation.name} now, and you are an admin of it.`,
      });
    return { owner: userId };
  });
}

/** Somebody who can look after it, and has room for it: what one may not make one is not handed either. */
function assertMayOwn(tx: Tx, { userId }: Member, actor: Actor): void {
  const account = tx.select().from(users).where(eq(users.id, userId)).get();
  if (!account || isShut(account))
    throw new Problem(
      "conflict",
      "The account of this person is suspended, or about to be deleted: nobody could look after it.",
    );
  if (!mayOwnAnother(tx, userId, actor))
    throw new Problem("conflict", "This person owns as many organisations as an account can own.");
}

function assertMayAssign(inside: Inside, present: OrganisationRole, next: OrganisationRole | null): void {
  if (!mayAssign(inside.access.acts, present, next)) {
    throw new Problem("forbidden", "Your role in this organisation does not reach this person.", { missing: "owner" });
  }
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
