/** What the thread that makes pages and the one that serves requests say to one another. `page` is the number of a page under way. */
import type { Grant } from "#lib/access/permissions.ts";
import type { Actor } from "#lib/actor.ts";
import type { ProblemCode, ProblemDetails } from "#lib/api/errors.ts";
import type { Params } from "#lib/staff/loading.ts";
import type { TabId } from "#lib/staff/tabs.ts";
import type { Facts } from "./visitor.ts";

/** Of the connection that a page is asked for and answered on. */
export type Carried =
  | { kind: "octets"; page: number; octets: Uint8Array<ArrayBuffer> }
  | { kind: "end"; page: number }
  | { kind: "abort"; page: number };

/** What a page asks of the panel. */
export type Asked =
  | { what: "visitor" }
  | { what: "call"; path: string[]; input: unknown }
  | { what: "tabs" }
  | { what: "tab"; id: TabId; params: Params };

export type FromMaker =
  | Carried
  | { kind: "ready" }
  | { kind: "ask"; page: number; ask: number; asked: Asked }
  | { kind: "threw"; page: number; error: unknown; place: string };

export type Answered =
  | { kind: "answer"; ask: number; value: unknown }
  | { kind: "problem"; ask: number; code: ProblemCode; message: string; details: ProblemDetails }
  | { kind: "error"; ask: number; error: unknown };

export type ToMaker = Carried | Answered | { kind: "connect"; page: number };

/** What the thread is started with. */
export interface MakerData {
  facts: Facts;
  host: string;
  port: number;
  /** For tests: a file that ends the thread as it makes a page. */
  hook: string | null;
}

/** An actor as a message holds one: what knows which grants cover what is made anew. */
export type PlainActor = Omit<Actor, "grants"> & { grants: readonly Grant[] };

/** What a message can hold of something that was thrown. */
export const plain = (error: unknown): unknown =>
  error instanceof Error
    ? Object.assign(new Error(error.message, error.cause === undefined ? {} : { cause: plain(error.cause) }), {
        name: error.name,
        stack: error.stack,
      })
    : String(error);
