/**
 * Calls of Cloudflare's API through its SDK: in the token's queue, with a deadline, and with what a failure says about
 * whether something was stored. A call that was refused for being one too many is made again; a write that may have
 * landed is not.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { counted } from "#lib/metrics/calls.ts";
import { type Caller, currentCaller } from "./caller.ts";
import type { Batch } from "./cloudflare-batch.ts";
import { TooBusy } from "./cloudflare-queue.ts";
import { type CloudflareFault, faultsOf, refusal } from "./cloudflare-refusal.ts";
import type { cloudflareClient } from "./cloudflare-sdk.ts";
import { queueOf, WINDOW_MS } from "./cloudflare-turns.ts";
import { type HttpAnswer, type SendHttp, sendHttp } from "./http-call.ts";
import { type CallPlace, ProviderError, type ProviderLoad } from "./provider.ts";
import { transportError } from "./transport-error.ts";

export const CLOUDFLARE_BASE = "https://api.cloudflare.com/client/v4";

export interface CloudflareApiOptions {
  token: string;
  /** `CLOUDFLARE_BASE` unless told. */
  base?: string | undefined;
  send?: SendHttp | undefined;
  /** How long a call may take, body included; 8,000 unless told. */
  timeoutMs?: number | undefined;
}

export type CloudflareClient = ReturnType<typeof cloudflareClient>;

export interface CloudflareApi {
  /** A call that stores nothing: whatever becomes of it, it is `not_sent` or `refused`. */
  read<T>(work: (client: CloudflareClient) => Promise<T>): Promise<T>;
  /** A call that stores something, and what it does to records, if it does. */
  write<T>(work: (client: CloudflareClient) => Promise<T>, batch?: Batch): Promise<T>;
  load(): ProviderLoad;
  placeOf(caller: Caller): CallPlace | null;
}

/** A refusal, with the codes that Cloudflare gave for it. */
export class CloudflareRefusal extends ProviderError {
  readonly codes: readonly number[];

  constructor(error: ProviderError, faults: readonly CloudflareFault[], sure: boolean) {
    super(sure ? error.outcome : "unknown", error.code, error.message, error.at ? { at: error.at } : {});
    this.codes = faults.map((fault) => fault.code);
  }
}

/** How long bulk work waits for its turn. */
const BULK_PATIENCE_MS = 60_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Times that one call is made if it is refused for being one too many. */
const MAX_ATTEMPTS = 3;
/** The mark of a refusal with the status 200. */
const UNSURE = "x-unsure";

export function cloudflareApi(options: CloudflareApiOptions): CloudflareApi {
  const timeoutMs = options.timeoutMs ?? 8000;
  const base = (options.base ?? CLOUDFLARE_BASE).replace(/\/+$/, "");
  const queue = queueOf(options.token, base);
  let client: Promise<CloudflareClient> | undefined;

  const send: typeof fetch = async (input, init) => {
    try {
      return await answerTo(String(input), init ?? {});
    } catch (error) {
      // The SDK keeps no more of an error than its class and its words.
      throw error instanceof ProviderError ? new Unanswered(error) : error;
    }
  };

  async function answerTo(url: string, init: RequestInit): Promise<Response> {
    const method = (init.method ?? "GET").toUpperCase();
    const reading = method === "GET";
    const caller = currentCaller();
    const deadline = Date.now() + (caller.bulk ? Math.max(BULK_PATIENCE_MS, timeoutMs) : timeoutMs);
    for (let attempt = 1; ; attempt += 1) {
      const again = attempt < MAX_ATTEMPTS && Date.now() + 1000 < deadline;
      const answer = await inTurn({ ...caller, deadline }, async () => {
        try {
          const call = {
            url,
            method,
            headers: Object.fromEntries(new Headers(init.headers)),
            body: typeof init.body === "string" ? init.body : undefined,
            timeoutMs: Math.max(1, Math.min(timeoutMs, deadline - Date.now())),
            maxBytes: MAX_ANSWER_BYTES,
          };
          return await counted("Cloudflare", () => (options.send ?? sendHttp)(call));
        } catch (error) {
          const failure = transportError(error, "Cloudflare", reading ? "not_sent" : "unknown", timeoutMs);
          if (reading && again && attempt === 1 && failure.message.includes("broke")) return null;
          throw failure;
        }
      });
      if (answer === null) continue;
      noteLimits(answer);
      const { status, text } = answer;
      if (status === 429) {
        const waitMs = retryAfterMs(answer) ?? 1000 * attempt;
        queue.pause(Date.now() + Math.min(waitMs, WINDOW_MS));
        // The queue says at once if that takes longer than anybody waits.
        if (attempt < MAX_ATTEMPTS) continue;
        throw tooMany(Date.now() + waitMs);
      }
      if (status >= 500 && reading && again && attempt === 1) {
        await sleep(200);
        continue;
      }
      const after = reading ? "not_sent" : "unknown";
      if (status >= 300 && status < 400)
        throw new ProviderError(
          "not_sent",
          "provider_failed",
          "The address answers with a redirect instead of Cloudflare's API.",
        );
      if (status < 200 || status >= 500 || status === 408)
        throw new ProviderError(after, "provider_failed", `Cloudflare failed to answer (HTTP ${status}).`);
      const json = /json/.test(String(answer.headers?.["content-type"] ?? "json"));
      if (status < 300 && !json) throw notCloudflare(after);
      // A refusal may come with the status of a success. Inside of a string the quotes would be escaped.
      const refused = status < 300 && /"success"\s*:\s*false/.test(text);
      return new Response(text, {
        status: refused ? 400 : status,
        headers: { "content-type": json ? "application/json" : "text/plain", ...(refused ? { [UNSURE]: "1" } : {}) },
      });
    }
  }

  async function inTurn<T>(turn: { organisation: string; bulk: boolean; deadline: number }, work: () => Promise<T>) {
    let done: () => void;
    try {
      done = await queue.turn(turn);
    } catch (error) {
      throw error instanceof TooBusy ? tooMany(error.retryAt) : error;
    }
    try {
      return await work();
    } finally {
      done();
    }
  }

  /** `Ratelimit: "default";r=1180;t=210`: what is left of the token's calls, and for how many seconds that holds. */
  function noteLimits(answer: HttpAnswer): void {
    const [, left, seconds] = /\br=(\d+).*?\bt=(\d+)/.exec(String(answer.headers?.ratelimit ?? "")) ?? [];
    if (left !== undefined && seconds !== undefined) queue.learn(Number(left), Number(seconds) * 1000);
  }

  async function ask<T>(work: (client: CloudflareClient) => Promise<T>, reading: boolean, batch?: Batch): Promise<T> {
    client ??= import("./cloudflare-sdk.ts").then((sdk) =>
      sdk.cloudflareClient({ token: options.token, base, fetch: send }),
    );
    try {
      return await work(await client);
    } catch (error) {
      throw failureOf(error, reading, batch);
    }
  }

  return {
    read: (work) => ask(work, true),
    write: (work, batch) => ask(work, false, batch),
    load: () => queue.load(),
    placeOf: (caller) => queue.placeOf(caller),
  };
}

class Unanswered extends Error {
  readonly failure: ProviderError;

  constructor(failure: ProviderError) {
    super("No answer.");
    this.failure = failure;
  }
}

/** What the SDK threw, as what it means. */
function failureOf(error: unknown, reading: boolean, batch: Batch | undefined): ProviderError {
  if (error instanceof ProviderError) return error;
  if (error instanceof Error && error.cause instanceof Unanswered) return error.cause.failure;
  if (error instanceof Error && "status" in error && typeof error.status === "number") {
    const faults = faultsOf("error" in error ? error.error : undefined);
    const unsure = "headers" in error && error.headers instanceof Headers && error.headers.has(UNSURE);
    return new CloudflareRefusal(refusal(error.status, faults, batch), faults, reading || !unsure);
  }
  return notCloudflare(reading ? "not_sent" : "unknown", error);
}

export const notCloudflare = (outcome: "not_sent" | "unknown", cause?: unknown): ProviderError =>
  new ProviderError(outcome, "provider_failed", "The answer was not one of Cloudflare's API.", { cause });

/** Refused before anything was sent, or by Cloudflare before it did anything. */
function tooMany(retryAt: number): ProviderError {
  const seconds = Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));
  const when = seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : seconds === 1 ? "a second" : `${seconds} seconds`;
  return new ProviderError(
    "not_sent",
    "provider_rate_limited",
    `Cloudflare takes no more calls with this token at the moment. Try again in ${when}.`,
  );
}

/** In seconds, or a date. */
function retryAfterMs(answer: HttpAnswer): number | undefined {
  const said = answer.headers?.["retry-after"];
  if (said === undefined) return undefined;
  const ms = /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
