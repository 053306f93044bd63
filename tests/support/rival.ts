/** A process of its own on the panel's data, which does one act at a time when it is told to: as somebody, or as the command line. */

import { compileGrants } from "#lib/access/permissions.ts";
import { systemActor } from "#lib/actor.ts";
import { isProblem } from "#lib/api/errors.ts";
import { deleteRole, editRole, setGrants } from "#lib/roles/administration.ts";
import { setRoles } from "#lib/roles/membership.ts";
import { removePasskeys, removePassword, suspendAccount } from "#lib/users/administration.ts";

/** How somebody may lose what they hold. */
export type Blow = "unassign" | "suspend" | "grants" | "delete" | "parent" | "password" | "passkeys";

export interface Order {
  /** Null: the command line. It was an administrator when its request began. */
  actor: string | null;
  blow: Blow;
  account: string;
  /** The role that makes the account an administrator. */
  role: string;
}

process.on("message", ({ actor: id, blow, account, role }: Order) => {
  const actor =
    id === null
      ? systemActor("panel.rival", "command line")
      : {
          ...systemActor("rival", id),
          type: "user" as const,
          id,
          grants: compileGrants(["*"]),
          confirmedAt: Date.now(),
        };
  const strikes: Record<Blow, () => unknown> = {
    unassign: () => setRoles(account, [], actor, false),
    suspend: () => suspendAccount(account, "a race", actor),
    grants: () => setGrants(role, [], actor, false),
    delete: () => deleteRole(role, actor, { dryRun: false }),
    parent: () => editRole(role, { parent: null }, actor, false),
    password: () => removePassword(account, actor),
    passkeys: () => removePasskeys(account, null, actor),
  };
  try {
    strikes[blow]();
    process.send?.(null);
  } catch (error) {
    process.send?.(isProblem(error) ? error.code : String(error));
  }
});
process.send?.("ready");
