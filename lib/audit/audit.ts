/** The audit log: one entry per target, in the transaction of what was done. */
import type { DbOrTx } from "#db/client.ts";
import { auditLog } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { newId } from "#lib/id.ts";

export interface AuditEntry {
  target: { type: string; id: string | null; label: string };
  organisationId?: string | null;
  /** Plain data without secrets. */
  before?: unknown;
  after?: unknown;
  outcome?: "done" | "refused";
  /** The actor came in through a platform permission. */
  asStaff?: boolean;
  batchId?: string;
}

export function audit(tx: DbOrTx, actor: Actor, entry: AuditEntry): void {
  tx.insert(auditLog)
    .values({
      id: newId(),
      at: Date.now(),
      actorType: actor.type,
      actorId: actor.id,
      actorLabel: actor.label,
      action: actor.action,
      targetType: entry.target.type,
      targetId: entry.target.id,
      targetLabel: entry.target.label,
      organisationId: entry.organisationId ?? null,
      outcome: entry.outcome ?? "done",
      asStaff: entry.asStaff ? 1 : 0,
      before: json(entry.before),
      after: json(entry.after),
      address: actor.address,
      requestId: actor.requestId,
      batchId: entry.batchId ?? null,
    })
    .run();
}

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
