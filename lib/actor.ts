/** Who does something: what every act is authorised, journaled and audited as. */
import { compileGrants, type GrantSet, rootGrant } from "#lib/access/permissions.ts";

export interface Actor {
  type: "user" | "system" | "anonymous";
  /** The account's id. */
  id: string | null;
  /** How logs and history name the actor: the e-mail address, or what a command calls itself. */
  label: string;
  grants: GrantSet;
  sessionId: string | null;
  /** What is being done: the procedure's name, or the command's. */
  action: string;
  address: string | null;
  requestId: string | null;
}

/** The panel itself: jobs, settling, and whoever has a shell on the machine. */
export const systemActor = (action: string, label = "system"): Actor => ({
  type: "system",
  id: null,
  label,
  grants: compileGrants([rootGrant]),
  sessionId: null,
  action,
  address: null,
  requestId: null,
});
