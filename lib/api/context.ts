/** What every procedure is called with. */
import type { Actor } from "#lib/actor.ts";
import type { Allowance } from "#lib/auth/request-limit.ts";
import type { Cookies } from "./request.ts";

export interface RequestContext {
  actor: Actor;
  /** Filled in as the request is routed, for the log and the answer's headers. */
  trace: Trace;
  /** The body, where it is a file. It is gone after the answer unless it was given another name. */
  upload?: { file: string; octets: number };
  /** What a daemon shows, which is no token of an account. */
  bearer?: string;
}

export interface Trace {
  /** The route, never the path with its values. */
  template: string;
  /** The procedure's name and its own method, once one is found. */
  action?: string;
  method?: string;
  /** Instead of the procedure's own success status. */
  status?: number;
  retryAfter?: number;
  /** Why it was refused. */
  code?: string;
  /** Absent where a page asks, which can set none. */
  cookies?: Cookies;
  /** What is left to the token that the request shows. */
  allowance?: Allowance;
}
