/** Who does something: what every act is authorised, journaled and audited as. */

import { compileGrants, type GrantSet, rootGrant } from "#lib/access/permissions.ts";
import type { TokenRights } from "#lib/access/token.ts";

export interface Actor {
  /** `user`: in a session. `token`: an API token of the account. `node`: a node's daemon. */
  type: "user" | "token" | "node" | "system" | "anonymous";
  /** The account's id, or the node's. */
  id: string | null;
  /** How logs and history name the actor: the e-mail address, or what a command calls itself. */
  label: string;
  /** Those of the account now, with a token lowered to its own. */
  grants: GrantSet;
  /** The API token, where one acts. */
  token?: { id: string; rights: TokenRights };
  sessionId: string | null;
  /** When the person last proved who they are in this session, in milliseconds; 0 if never. */
  confirmedAt: number;
  /** What a second factor has to do with it. */
  mfa: Mfa;
  /** What staff see of others is masked, unless the session said otherwise. */
  privacy?: "visible";
  /** What is being done: the procedure's name, or the command's. */
  action: string;
  address: string | null;
  requestId: string | null;
}

/** `shown`: this session saw a second factor. `open`: none was asked for. `missing`: a role asks for one, and it was not shown. */
export type Mfa = "shown" | "open" | "missing";

/** The panel itself: jobs, settling, and whoever has a shell on the machine. */
export const systemActor = (action: string, label = "system"): Actor => ({
  type: "system",
  id: null,
  label,
  grants: compileGrants([rootGrant]),
  sessionId: null,
  confirmedAt: 0,
  mfa: "open",
  action,
  address: null,
  requestId: null,
});
