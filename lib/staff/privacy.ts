/**
 * Whether staff see what is marked as private. The browser says so with a cookie, and where it says nothing, nothing is
 * shown. The first time in a session leaves an audit entry; with an API token, the first time in a day.
 */
import { and, eq, isNull, lt, or } from "drizzle-orm";
import { transaction } from "#db/client.ts";
import { sessions, tokens } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { audit } from "#lib/audit/audit.ts";
import { readCookie } from "#lib/http/cookies.ts";
import { isStaffWith } from "./admission.ts";
import { PRIVACY } from "./privacy-cookie.ts";

const DAY = 86_400_000;

/** The actor with the privacy that its request asks for. `visibleAt`: when its session or token last went visible. */
export function withPrivacy(actor: Actor, headers: Headers, visibleAt: number | null): Actor {
  if (readCookie(headers.get("cookie") ?? "", PRIVACY) !== "visible" || !isStaffWith(actor.grants)) return actor;
  noteVisible(actor, visibleAt);
  return { ...actor, privacy: "visible" };
}

function noteVisible(actor: Actor, visibleAt: number | null): void {
  const now = Date.now();
  const token = actor.token?.id;
  if (visibleAt !== null && (token === undefined || visibleAt > now - DAY)) return;
  transaction((tx) => {
    const first =
      token === undefined
        ? tx
            .update(sessions)
            .set({ visibleAt: now })
            .where(and(eq(sessions.id, actor.sessionId ?? ""), isNull(sessions.visibleAt)))
            .run()
        : tx
            .update(tokens)
            .set({ visibleAt: now })
            .where(and(eq(tokens.id, token), or(isNull(tokens.visibleAt), lt(tokens.visibleAt, now - DAY))))
            .run();
    if (first.changes === 0) return;
    const target = { type: "account", id: actor.id, label: actor.label };
    audit(tx, { ...actor, action: "staff.privacy" }, { target, after: { privacy: "visible" } });
  });
}
