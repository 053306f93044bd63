/** What was done on a server, latest first: what the panel knows of itself, and what the node says. */
import { and, desc, eq, gte, lt, or, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { db } from "#db/client.ts";
import { auditLog, serverReports, users } from "#db/schema/index.ts";
import { invalid } from "#lib/api/errors.ts";
import type { LoadedServer, ServerRow } from "../load.ts";

const AT_ONCE = 50;
/** What is about a part of a server names it by the server’s id, a slash and its own. */
const PARTS = ["server_subuser", "server_invite"] as const;

export interface Entry {
  id: string;
  at: number;
  /** The panel knows it; the node says it. */
  source: "panel" | "node";
  /** The name of a procedure, or of a daemon’s event. */
  what: string;
  /** Null: nobody, or somebody who is gone. */
  by: string | null;
  /** What it was done to, where that is not the server. */
  to: string | null;
  /** Of files and commands. */
  details: unknown;
  outcome: "done" | "refused";
}

/** `before`: what the last answer gave as `next`. */
export function activityOf(
  { server, access, asStaff }: LoadedServer & { asStaff: boolean },
  before: string | undefined,
): { items: Entry[]; next: string | null } {
  const cursor = before === undefined ? null : cursorOf(before);
  const entries = [...panelsOwn(server, cursor, access.owner || asStaff), ...reported(server, cursor)]
    .toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
    .slice(0, AT_ONCE + 1);
  const items = entries.slice(0, AT_ONCE);
  const last = items.at(-1);
  return { items, next: entries.length > AT_ONCE && last ? `${last.at}.${last.id}` : null };
}

type Cursor = { at: number; id: string } | null;

function cursorOf(text: string): Cursor {
  const [, at = "", id = ""] = /^(\d{1,15})\.(.+)$/.exec(text) ?? [];
  if (id === "") throw invalid({ before: "This is not what the last answer gave." });
  return { at: Number(at), id };
}

function panelsOwn(server: ServerRow, cursor: Cursor, whole: boolean): Entry[] {
  const itself = and(eq(auditLog.targetType, "server"), eq(auditLog.targetId, server.id));
  const part = (type: string) =>
    and(eq(auditLog.targetType, type), gte(auditLog.targetId, `${server.id}/`), lt(auditLog.targetId, `${server.id}0`));
  return [itself, ...PARTS.map(part)].flatMap((where) =>
    db()
      .select()
      .from(auditLog)
      .where(and(where, earlier(auditLog.at, auditLog.id, cursor)))
      .orderBy(desc(auditLog.at), desc(auditLog.id))
      .limit(AT_ONCE + 1)
      .all()
      .map((row) => ({
        id: row.id,
        at: row.at,
        source: "panel" as const,
        what: row.action,
        by: row.asStaff === 1 ? "Staff" : row.actorType === "system" ? null : row.actorLabel,
        to: row.targetType === "server" ? null : whole ? row.targetLabel : "Somebody",
        details: /\.files\./.test(row.action) && row.after !== null ? JSON.parse(row.after) : null,
        outcome: row.outcome === "refused" ? ("refused" as const) : ("done" as const),
      })),
  );
}

/** 1: they have the server, are in it, or once were; others that a node may name came through a permission of the platform. */
const isKnown = ({ id, userId, organisationId }: ServerRow) => sql<number>`(
  users.id = ${userId ?? ""}
  or exists (select 1 from server_subusers s where s.server_id = ${id} and s.user_id = users.id)
  or exists (select 1 from server_holders h where h.server_id = ${id} and h.user_id = users.id and h.as_staff = 0)
  or exists (select 1 from organisation_members m where m.organisation_id = ${organisationId ?? ""}
    and m.user_id = users.id and m.role in ('owner', 'admin'))
)`;

const reported = (server: ServerRow, cursor: Cursor): Entry[] =>
  db()
    .select({ row: serverReports, email: users.email, known: isKnown(server) })
    .from(serverReports)
    .leftJoin(users, eq(users.id, serverReports.userId))
    .where(and(eq(serverReports.serverId, server.id), earlier(serverReports.at, serverReports.id, cursor)))
    .orderBy(desc(serverReports.at), desc(serverReports.id))
    .limit(AT_ONCE + 1)
    .all()
    .map(({ row, email, known }) => ({
      id: row.id,
      at: row.at,
      source: "node" as const,
      what: row.event,
      by: email !== null && known === 0 ? "Staff" : email,
      to: null,
      details: JSON.parse(row.details),
      outcome: "done" as const,
    }));

const earlier = (at: SQLiteColumn, id: SQLiteColumn, cursor: Cursor): SQL | undefined =>
  cursor === null ? undefined : or(lt(at, cursor.at), and(eq(at, cursor.at), lt(id, cursor.id)));
