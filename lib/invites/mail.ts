/** The mail of an invitation: its one-time link, how often it may be sent, and what takes it back. */
import { and, count, eq, gt, inArray, isNotNull, isNull, type SQL } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { auditLog, mails, organisationInvites, serverInvites, servers, zoneInvites, zones } from "#db/schema/index.ts";
import { Problem } from "#lib/api/errors.ts";
import { hashToken, randomToken } from "#lib/crypto/secret.ts";
import { env } from "#lib/env.ts";
import { LINK } from "#lib/mail/message.ts";
import { queueMail, withdrawMail } from "#lib/mail/outbox.ts";
import { limitOf } from "#lib/organisations/limits.ts";
import { setting } from "#lib/settings/settings.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const INVITE_DAYS = 7;

/** What an audit entry about an invitation calls its target. One with an `after` is an invitation that was mailed. */
export const INVITE_TARGETS = { organisation: "invite", zone: "zone_invite", server: "server_invite" } as const;
const TEMPLATES = { organisation: "invite", zone: "zone-invite", server: "server-invite" } as const;

/** Who has what is invited to: an organisation, or for a server an account. Its limits count. */
export type Inviter = { organisation: string } | { account: string };

/** What an invitation has besides what it invites to. */
export interface Link {
  tokenHash: string;
  mailId: string;
  createdAt: number;
  expiresAt: number;
}

export interface Invitation {
  kind: keyof typeof TEMPLATES;
  from: Inviter;
  /** The organisation's name, or the account's. */
  fromName: string;
  /** Lower case. */
  email: string;
  /** The name of whoever invites. */
  by: string;
  /** What to: ends the sentence "Ada invites you …". */
  what: string;
  /** The mail that an earlier link went out with: that link is void now. */
  previous?: string | null;
  /** Not later than this. */
  until?: number;
}

/** Queues the mail, with a new link. It says the same whether or not the address has an account. Throws `rate_limited`. */
export function mailInvite(tx: Tx, invitation: Invitation): Link {
  const { kind, from, fromName, email, by, what, previous, until } = invitation;
  assertMayMail(tx, from, email);
  if (previous) withdrawMail(tx, previous);
  const now = Date.now();
  const expiresAt = Math.min(now + INVITE_DAYS * DAY, until ?? Number.POSITIVE_INFINITY);
  const token = randomToken();
  const { host } = new URL(env().origin);
  const mailId = queueMail(tx, {
    template: TEMPLATES[kind],
    // Not even the outbox tells whether there is an account.
    userId: null,
    recipient: email,
    subject: `Invitation from ${fromName}`,
    text: [
      `${by} invites you ${what}, on the panel at ${host}.`,
      "Open this link to read the invitation, and to accept or decline it:",
      LINK,
      `The link works once, until ${inWords(expiresAt)}. It is meant for ${email} alone: do not pass it on.`,
      "If you expected no invitation, do nothing. Nothing happens without your answer.",
    ].join("\n\n"),
    link: { url: `${env().origin}/invite#token=${token}`, expiresAt },
  });
  return { tokenHash: hashToken(token), mailId, createdAt: now, expiresAt };
}

/** One more invitation that waits: throws `conflict` where the organisation, or the account, has as many as it may. */
export function assertRoom(tx: Tx, from: Inviter): void {
  const limit = limitFor(tx, from, "limits.open_invites_per_organisation");
  if (waitingFrom(tx, from) >= limit) {
    throw new Problem("conflict", `At most ${limit} invitations can wait for an answer. Revoke some first.`);
  }
}

function waitingFrom(tx: Tx, from: Inviter): number {
  const now = Date.now();
  const intoServers = (mine: SQL) =>
    tx
      .select({ n: count() })
      .from(serverInvites)
      .innerJoin(servers, eq(servers.id, serverInvites.serverId))
      .where(and(mine, gt(serverInvites.expiresAt, now)))
      .get()?.n ?? 0;
  if ("account" in from) return intoServers(eq(servers.userId, from.account));
  const id = from.organisation;
  const toIt = tx
    .select({ n: count() })
    .from(organisationInvites)
    .where(and(eq(organisationInvites.organisationId, id), gt(organisationInvites.expiresAt, now)))
    .get();
  const toZones = tx
    .select({ n: count() })
    .from(zoneInvites)
    .innerJoin(zones, eq(zones.id, zoneInvites.zoneId))
    .where(and(eq(zones.organisationId, id), gt(zoneInvites.expiresAt, now)))
    .get();
  return (toIt?.n ?? 0) + (toZones?.n ?? 0) + intoServers(eq(servers.organisationId, id));
}

const limitFor = (
  tx: Tx,
  from: Inviter,
  key: "limits.open_invites_per_organisation" | "limits.invite_mails_per_hour",
): number => ("organisation" in from ? limitOf(from.organisation, key, tx) : setting(key, tx));

function assertMayMail(tx: Tx, from: Inviter, email: string): void {
  const now = Date.now();
  const lastDay = tx
    .select({ n: count() })
    .from(mails)
    .where(
      and(
        eq(mails.recipient, email),
        gt(mails.createdAt, now - DAY),
        inArray(mails.template, Object.values(TEMPLATES)),
      ),
    )
    .get();
  if ((lastDay?.n ?? 0) >= setting("limits.invite_mails_per_address", tx)) {
    throw new Problem("rate_limited", "This address was sent enough invitations for one day. Try again tomorrow.", {
      retryAfter: DAY / 1000,
    });
  }
  const lastHour = tx
    .select({ n: count() })
    .from(auditLog)
    .where(
      and(
        "organisation" in from
          ? eq(auditLog.organisationId, from.organisation)
          : and(eq(auditLog.actorId, from.account), isNull(auditLog.organisationId)),
        gt(auditLog.at, now - HOUR),
        inArray(auditLog.targetType, Object.values(INVITE_TARGETS)),
        isNotNull(auditLog.after),
      ),
    )
    .get();
  if ((lastHour?.n ?? 0) >= limitFor(tx, from, "limits.invite_mails_per_hour")) {
    const who = "organisation" in from ? "This organisation" : "You";
    throw new Problem("rate_limited", `${who} sent many invitations just now. Try again in an hour.`, {
      retryAfter: HOUR / 1000,
    });
  }
}

/** In words that hold everywhere: "28 November 2026 at 15:04 UTC". */
export const inWords = (at: number): string =>
  `${new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }).format(at)} UTC`;
