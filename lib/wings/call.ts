/**
 * Calls of the panel to a node's daemon: connections that are kept, each with its certificate checked, to addresses that
 * staff may name. What the daemon itself says is wrong is never passed on: it is said here.
 */
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type * as z from "zod";
import { Problem, type ProblemCode } from "#lib/api/errors.ts";
import { AnswerTooLong, type HttpAnswer, read } from "#lib/dns/providers/http-call.ts";
import { AddressRefused, guardedOpen, type Pool } from "#lib/http/guarded-fetch.ts";
import { baseOf } from "#lib/nodes/config.ts";
import { type NodeRow, previousTokenOf, tokenOf } from "#lib/nodes/credentials.ts";

/** What of a node is needed to call it. */
export type NodeAddress = Pick<
  NodeRow,
  "id" | "scheme" | "fqdn" | "port" | "token" | "previousToken" | "previousUntil" | "version" | "driftMs"
>;

export interface Call {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** From the root of the daemon, with its query. */
  path: string;
  /** JSON, or a stream of so many bytes, opened each time that it is sent. */
  body?: string | { open: () => Readable; bytes: number } | undefined;
  timeoutMs?: number;
  maxBytes?: number;
  pool?: Pool;
}

/** Kept so briefly that a write hardly ever meets a connection that the other end has closed. */
const POOL: Pool = { name: "wings", most: 2000, idleMs: 4000 };
const WITHIN_MS = 15_000;
const MAX_BYTES = 1024 * 1024;

/** With one token. */
export const send = (node: NodeAddress, token: string, call: Call): Promise<HttpAnswer> =>
  open(node, token, call, (response) => read(response, call.maxBytes ?? MAX_BYTES));

/** After a rotation a daemon may know only the credentials before, for as long as those count. */
export async function call(node: NodeAddress, what: Call): Promise<HttpAnswer> {
  const answer = await send(node, tokenOf(node), what);
  const previous = answer.status === 401 || answer.status === 403 ? previousTokenOf(node) : null;
  return previous === null ? answer : send(node, previous, what);
}

const open = <T>(
  node: NodeAddress,
  token: string,
  { method, path, body, timeoutMs = WITHIN_MS, maxBytes = MAX_BYTES, pool = POOL }: Call,
  take: (response: IncomingMessage) => Promise<T>,
): Promise<T> => {
  const bytes = typeof body === "string" ? Buffer.byteLength(body) : body?.bytes;
  const type = typeof body === "string" ? "application/json" : "application/octet-stream";
  const headers = {
    authorization: `Bearer ${token}`,
    accept: "application/json",
    ...(bytes === undefined ? {} : { "content-type": type, "content-length": String(bytes) }),
  };
  const sent = typeof body === "object" ? body.open : body;
  return guardedOpen(
    "staff",
    pool,
    { url: `${baseOf(node)}${path}`, method, headers, body: sent, timeoutMs, maxBytes },
    take,
  );
};

/** Why a node did not do what it was asked. */
export type DaemonTrouble = "unreachable" | "timeout" | "refused" | "not_found" | "conflict" | "invalid" | "failed";

const CODES = {
  unreachable: "provider_failed",
  timeout: "provider_timeout",
  refused: "provider_failed",
  not_found: "not_found",
  conflict: "conflict",
  invalid: "provider_refused",
  failed: "provider_failed",
} as const satisfies Record<DaemonTrouble, ProblemCode>;

/** A node did not do what it was asked. The message is a sentence for people. */
export class DaemonError extends Problem {
  readonly trouble: DaemonTrouble;
  constructor(trouble: DaemonTrouble, message: string, cause?: unknown) {
    super(CODES[trouble], message, {}, cause);
    this.trouble = trouble;
  }
}

/** Whether the node may have done what it was asked all the same: only the answer did not come. */
export const mayBeDone = (error: unknown): boolean => {
  if (!(error instanceof DaemonError)) return false;
  const { trouble, cause } = error;
  if (trouble === "timeout") return true;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return trouble === "unreachable" && !(cause instanceof AddressRefused) && !(code in CERTIFICATE);
};

/** What an answer's status means for the call at hand. */
export type Says = Readonly<Partial<Record<number, string>>>;

/** The answer's text. Throws DaemonError. */
export async function asked(node: NodeAddress, what: Call, says: Says = {}): Promise<string> {
  const { status, text } = await call(node, what).catch((error: unknown) => {
    throw unreached(error, what.timeoutMs);
  });
  if (status >= 200 && status < 300) return text;
  throw refusedWith(status, text, says);
}

/** The answer as it comes, for `take`, which reads it to its end or destroys it. Throws DaemonError. */
export async function opened<T>(
  node: NodeAddress,
  what: Call,
  says: Says,
  take: (response: IncomingMessage) => Promise<T>,
): Promise<T> {
  const attempt = (token: string) =>
    open(node, token, what, async (response): Promise<{ taken: T } | HttpAnswer> => {
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) return { taken: await take(response) };
      return read(response, MAX_BYTES);
    });
  const unanswered = (error: unknown): never => {
    throw error instanceof Problem ? error : unreached(error, what.timeoutMs);
  };
  let answer = await attempt(tokenOf(node)).catch(unanswered);
  const previous =
    "status" in answer && (answer.status === 401 || answer.status === 403) ? previousTokenOf(node) : null;
  if (previous !== null) answer = await attempt(previous).catch(unanswered);
  if ("taken" in answer) return answer.taken;
  throw refusedWith(answer.status, answer.text, says);
}

/** The answer, checked: what is not in the shape is left out. Throws DaemonError. */
export async function askedFor<T>(node: NodeAddress, shape: z.ZodType<T>, what: Call, says: Says = {}): Promise<T> {
  const text = await asked(node, what, says);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const { success, data } = shape.safeParse(value);
  if (success) return data;
  throw new DaemonError("failed", "The node’s daemon answered with something that the panel does not understand.");
}

function unreached(error: unknown, timeoutMs = WITHIN_MS): DaemonError {
  const late = error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError");
  const said = sentenceOf(error, timeoutMs);
  return new DaemonError(late ? "timeout" : "unreachable", `The server’s node cannot be asked. ${said}`, error);
}

const TROUBLES: Readonly<Partial<Record<number, DaemonTrouble>>> = {
  400: "invalid",
  404: "not_found",
  409: "conflict",
  413: "invalid",
  422: "invalid",
};

function refusedWith(status: number, text: string, says: Says): DaemonError {
  // The only thing that tells a file which the egg protects from a panel that the daemon does not know.
  if (status === 403 && /denylist/i.test(text.slice(0, 2000)))
    return new DaemonError("invalid", "The egg of this server does not let this file be changed.");
  if (status === 401 || status === 403)
    return new DaemonError("refused", "The server’s node does not take the panel’s credentials. Tell the staff.");
  const said = says[status];
  const trouble = TROUBLES[status];
  if (trouble === undefined || said === undefined)
    return new DaemonError(
      trouble ?? "failed",
      said ?? `The server’s node does not work as it should: it answered with ${status}.`,
    );
  return new DaemonError(trouble, said);
}

const CERTIFICATE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "The daemon’s certificate has expired.",
  CERT_NOT_YET_VALID: "The daemon’s certificate is not valid yet.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The daemon’s certificate is for another name.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The daemon’s certificate is signed by itself.",
  SELF_SIGNED_CERT_IN_CHAIN: "The daemon’s certificate is signed by itself.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "Nobody that the panel trusts has signed the daemon’s certificate.",
  UNABLE_TO_GET_ISSUER_CERT: "Nobody that the panel trusts has signed the daemon’s certificate.",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "Nobody that the panel trusts has signed the daemon’s certificate.",
  ERR_SSL_WRONG_VERSION_NUMBER: "The daemon does not speak TLS at this port.",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "The daemon does not speak TLS at this port.",
  ENOTFOUND: "This name has no address.",
  ECONNREFUSED: "Nothing listens at this address and port.",
};

/** What is wrong where no answer came. */
export function sentenceOf(error: unknown, timeoutMs: number): string {
  if (error instanceof AddressRefused) return error.message;
  if (error instanceof AnswerTooLong) return "What answered is no Wings of version 1.11 or later.";
  if (error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError"))
    return `The daemon did not answer within ${timeoutMs / 1000} seconds.`;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return CERTIFICATE[code] ?? "The daemon cannot be reached.";
}
