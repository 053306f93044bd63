/** The HTTP face of the router: REST under /api, the browser's typed client under /api/rpc. One entrance, one set of rules. */
import { OpenAPIHandler } from "@orpc/openapi/fetch";
import { RPCHandler } from "@orpc/server/fetch";
import type { Actor } from "#lib/actor.ts";
import { actorOf } from "#lib/auth/session.ts";
import { doorOf, dropFile, takeUpload } from "#lib/dns/transfer/uploads.ts";
import { env } from "#lib/env.ts";
import { readBody } from "#lib/http/body.ts";
import { newId } from "#lib/id.ts";
import { log } from "#lib/log/log.ts";
import type { ActorType } from "#lib/log/rows.ts";
import { stage, withStages } from "#lib/log/stages.ts";
import { noteRequest } from "#lib/log/store.ts";
import { asDaemonsRead, daemonAt, isDaemonPath } from "#lib/nodes/remote/door.ts";
import { singleton } from "#lib/singleton.ts";
import { withPrivacy } from "#lib/staff/privacy.ts";
import { stillThere } from "#lib/tokens/actor-again.ts";
import { actorOfToken, presentedToken } from "#lib/tokens/authenticate.ts";
import { presentable } from "./base.ts";
import type { Trace } from "./context.ts";
import { Problem, type ProblemDetails } from "./errors.ts";
import { assertSameOrigin, type Cookies, requestAddress } from "./request.ts";
import { router } from "./router.ts";

const MAX_BODY = 4 * 1024 * 1024;

/** Answers a request under /api. Where test hooks are on, says how long the stages of a change took. */
export async function handleApi(request: Request): Promise<Response> {
  if (!env().testHooks) return answer(request);
  const { result, header } = await withStages(() => answer(request));
  result.headers.set("server-timing", header);
  return result;
}

async function answer(request: Request): Promise<Response> {
  const started = performance.now();
  const requestId = newId();
  const cookies: Cookies = { sent: request.headers.get("cookie") ?? "", set: [] };
  const trace: Trace = { template: "unmatched", cookies };
  const path = new URL(request.url).pathname;
  const rpc = path.startsWith("/api/rpc/");
  let response: Response;
  let who: { type: ActorType; id: string | null } = { type: "anonymous", id: null };
  let address: string | null = null;
  let file: string | undefined;
  try {
    address = requestAddress(request.headers);
    const origin = { address, requestId };
    const daemon = isDaemonPath(path) ? daemonAt(path, request.headers, origin) : undefined;
    const secret = daemon ? null : presentedToken(request.headers);
    // A token goes before a cookie, also one that does not hold: who shows it means to be it.
    const account =
      daemon?.actor ??
      (secret === null
        ? await actorOf(request.headers, origin)
        : actorWith(secret, origin, trace, rpc, request.headers));
    who = account;
    if (secret !== null) stage("token");
    const writes = request.method !== "GET" && request.method !== "HEAD";
    // No browser sends what a daemon shows.
    if (writes && secret === null && !daemon) assertSameOrigin(request.headers);
    const door = writes && !rpc ? doorOf(request) : undefined;
    // Nobody in particular sends files.
    if (door && account.id === null) throw new Problem("unauthenticated", "Sign in first.");
    const upload = door && account.id !== null ? await takeUpload(request, door.limit, account.id) : undefined;
    file = upload?.file;
    const bounded = upload ? withFieldsOfQuery(request) : writes ? await withBoundedBody(request, rpc) : request;
    // Whoever sends slowly may have lost meanwhile what they had when they began.
    const sent = bounded !== request && account.id !== null && !daemon;
    const actor = !sent ? account : secret === null ? await actorOf(request.headers, origin) : stillThere(account);
    const context = {
      actor,
      trace,
      ...(upload ? { upload } : {}),
      ...(daemon ? { bearer: daemon.bearer } : {}),
    };
    const { matched, response: handled } = rpc
      ? await handlers().rpc.handle(bounded, { prefix: "/api/rpc", context })
      : await handlers().rest.handle(bounded, { prefix: "/api", context });
    if (!matched) throw new Problem("not_found", "There is nothing at this address.");
    response = handled;
  } catch (error) {
    response = problemResponse(error, trace, requestId);
  } finally {
    // Who goes on with it has given it another name.
    if (file !== undefined) await dropFile(file);
  }
  if (response.status >= 400 && isDaemonPath(path)) response = await asDaemonsRead(response);
  const headers = new Headers(response.headers);
  headers.set("x-request-id", requestId);
  const stream = headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  // What stands in between would keep it back until there is enough to compress.
  headers.set("cache-control", stream ? "no-store, no-transform" : "no-store");
  if (stream) headers.set("x-accel-buffering", "no");
  for (const line of cookies.set) headers.append("set-cookie", line);
  if (response.status >= 400 && !rpc && !isDaemonPath(path)) headers.set("content-type", "application/problem+json");
  if (trace.retryAfter !== undefined) headers.set("retry-after", String(trace.retryAfter));
  if (trace.allowance) {
    headers.set("ratelimit-limit", String(trace.allowance.limit));
    headers.set("ratelimit-remaining", String(trace.allowance.remaining));
    headers.set("ratelimit-reset", String(trace.allowance.reset));
  }
  const status = response.ok ? (trace.status ?? response.status) : response.status;
  const ms = performance.now() - started;
  const { template, method = request.method, action = "", code = null } = trace;
  const line = { requestId, method, path: template, status, ms: Math.round(ms), actor: who.id ?? who.type };
  log().info(line, "request");
  const micros = Math.round(ms * 1000);
  noteRequest([requestId, method, template, action, status, micros, who.type, who.id, address, code]);
  return new Response(response.body, {
    status,
    headers,
  });
}

/** No browser sends a token, so none is let near the calls of the panel's own pages. */
function actorWith(
  secret: string,
  origin: { address: string; requestId: string },
  trace: Trace,
  rpc: boolean,
  headers: Headers,
): Actor {
  if (rpc) throw new Problem("token_refused", "API tokens are for the REST API under /api, not for this address.");
  const { actor, allowance, visibleAt } = actorOfToken(secret, origin);
  trace.allowance = allowance;
  if (!allowance.exceeded) return withPrivacy(actor, headers, visibleAt);
  const message = `This token may make ${allowance.limit} requests a minute. Try again in ${allowance.reset} seconds.`;
  throw new Problem("rate_limited", message, { retryAfter: allowance.reset });
}

const handlers = () =>
  singleton("api-handlers", () => ({
    rest: new OpenAPIHandler(router, {
      customErrorResponseBodyEncoder: (error) => ({
        code: error.code,
        message: error.message,
        ...(error.data as ProblemDetails),
      }),
    }),
    rpc: new RPCHandler(router),
  }));

function problemResponse(error: unknown, trace: Trace, requestId: string): Response {
  const problem = presentable(error, trace, requestId);
  return Response.json({ code: problem.code, message: problem.message, ...problem.data }, { status: problem.status });
}

/**
 * The request with its body read, at most 4 MB of JSON: what is larger is refused before it is held in memory. Over REST no
 * body is an empty object, because what takes no fields needs none.
 */
async function withBoundedBody(request: Request, rpc: boolean): Promise<Request> {
  const type = request.headers.get("content-type") ?? "";
  const body = await readBody(request, MAX_BODY);
  // A daemon that has nothing to say writes null.
  if (body.length === 4 && body.toString("latin1") === "null" && !rpc)
    return withBoundedBody(withoutBody(request), rpc);
  if (body.length > 0 && !/^application\/json\b/i.test(type)) {
    throw new Problem("unsupported_media_type", "Send the body as application/json.");
  }
  if (body.length > 0) assertJson(body.toString("utf8"));
  if (body.length > 0 || rpc)
    return new Request(request.url, {
      method: request.method,
      headers: request.headers,
      body: body.length > 0 ? new Uint8Array(body) : null,
    });
  const headers = new Headers(request.headers);
  headers.delete("content-length");
  headers.set("content-type", "application/json");
  return new Request(request.url, { method: request.method, headers, body: "{}" });
}

function withoutBody({ url, method, headers }: Request): Request {
  return new Request(url, { method, headers });
}

/** Where the body is a file, the fields stand in the query. */
function withFieldsOfQuery(request: Request): Request {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of new URL(request.url).searchParams)
    fields[name] = value === "true" ? true : value === "false" ? false : value;
  const headers = new Headers(request.headers);
  headers.delete("content-length");
  headers.set("content-type", "application/json");
  return new Request(request.url, { method: request.method, headers, body: JSON.stringify(fields) });
}

function assertJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Problem("malformed", "The request body is not valid JSON.", {}, error);
  }
}
