/**
 * Calls of the panel to a node's daemon: connections that are kept, each with its certificate checked, to addresses that
 * staff may name.
 */
import * as z from "zod";
import { AnswerTooLong, type HttpAnswer } from "#lib/dns/providers/http-call.ts";
import { AddressRefused, guardedSend } from "#lib/http/guarded-fetch.ts";
import { baseOf } from "./config.ts";
import { type NodeRow, previousTokenOf, tokenOf } from "./credentials.ts";

/** What came of a question. */
export type Asked =
  | { state: "ok"; ms: number; driftMs: number | null; version: string; system: System }
  | { state: "refused" | "failed"; ms: number; error: string };

/** One for each node, from one question to the next. */
const POOL = { name: "nodes", most: 5000, idleMs: 90_000 };
const WITHIN_MS = 8000;
const MAX_BYTES = 1024 * 1024;

/** As Wings 1.11 and later say it; what is not there is not known. */
const System = z.object({
  architecture: z.string().max(100).optional(),
  cpu_threads: z.number().optional(),
  memory_bytes: z.number().optional(),
  kernel_version: z.string().max(200).optional(),
  os: z.string().max(200).optional(),
});
export type System = z.output<typeof System>;
const Answer = z.object({
  version: z.string().max(100),
  docker: z
    .object({
      version: z.string().max(100).optional(),
      containers: z.object({ total: z.number(), running: z.number() }).partial().optional(),
    })
    .optional(),
  system: System,
});

/** How the daemon is. Never rejects. */
export async function ask(node: NodeRow): Promise<Asked> {
  const begun = performance.now();
  const spent = () => Math.round(performance.now() - begun);
  try {
    const answer = await call(node, "GET", "/api/system?v=2");
    const ms = spent();
    if (answer.status === 401 || answer.status === 403)
      return {
        state: "refused",
        ms,
        error: "The daemon does not take the panel’s credentials. Give it its configuration again.",
      };
    if (answer.status !== 200) return { state: "failed", ms, error: `The daemon answered with ${answer.status}.` };
    const read = Answer.safeParse(json(answer.text));
    if (!read.success) return { state: "failed", ms, error: "What answered is no Wings of version 1.11 or later." };
    return { state: "ok", ms, driftMs: driftOf(answer), version: read.data.version, system: read.data.system };
  } catch (error) {
    return { state: "failed", ms: spent(), error: sentenceOf(error) };
  }
}

/** Gives the daemon its configuration. False: it keeps its own. Rejects where it cannot be reached. */
export async function update(node: NodeRow, config: unknown, token: string): Promise<boolean> {
  const { status, text } = await send(node, "POST", "/api/update", token, JSON.stringify(config));
  if (status !== 200) throw new Error(`The daemon answered with ${status}.`);
  return z.object({ applied: z.boolean() }).safeParse(json(text)).data?.applied ?? false;
}

/** After a rotation a daemon may know only the credentials before, for as long as those count. */
async function call(node: NodeRow, method: "GET", path: string): Promise<HttpAnswer> {
  const answer = await send(node, method, path, tokenOf(node));
  const previous = answer.status === 401 || answer.status === 403 ? previousTokenOf(node) : null;
  return previous === null ? answer : send(node, method, path, previous);
}

const send = (node: NodeRow, method: string, path: string, token: string, body?: string): Promise<HttpAnswer> =>
  guardedSend(
    "staff",
    POOL,
  )({
    url: `${baseOf(node)}${path}`,
    method,
    headers: {
      authorization: `Bearer ${token}`,
      accept: "application/json",
      ...(body === undefined
        ? {}
        : { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) }),
    },
    body,
    timeoutMs: WITHIN_MS,
    maxBytes: MAX_BYTES,
  });

/** Its clock counts: what it signs and denies goes by seconds. Only as fine as the header says it. */
function driftOf({ headers }: HttpAnswer): number | null {
  const at = Date.parse(String(headers?.date ?? ""));
  if (Number.isNaN(at)) return null;
  const ahead = at + 500 - Date.now();
  return Math.abs(ahead) < 1500 ? 0 : Math.round(ahead);
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

export function sentenceOf(error: unknown): string {
  if (error instanceof AddressRefused) return error.message;
  if (error instanceof AnswerTooLong) return "What answered is no Wings of version 1.11 or later.";
  if (error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError"))
    return `The daemon did not answer within ${WITHIN_MS / 1000} seconds.`;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return CERTIFICATE[code] ?? "The daemon cannot be reached.";
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
