/**
 * One HTTP call to a PowerDNS API: key, deadline, size limit, and what a failure says about whether something was
 * stored. Knows nothing of zones or records.
 */
import { counted } from "#lib/metrics/calls.ts";
import { isObject } from "./answers.ts";
import { type SendHttp, sendHttp } from "./http-call.ts";
import { ProviderError, type ProviderOutcome } from "./provider.ts";
import { transportError } from "./transport-error.ts";

export interface PowerDnsHttpOptions {
  /** Base address, with or without `/api/v1`. */
  url: string;
  apiKey: string;
  send?: SendHttp | undefined;
  timeoutMs: number;
  /** Called when the server may have been replaced or restarted, so that nothing remembered of it holds. */
  onFailure(): void;
}

/** 2xx, or a 4xx that the caller has to explain. `json` is undefined without a body, or if a 4xx was plain text. */
export interface PowerDnsAnswer {
  status: number;
  json: unknown;
}

/**
 * `path` starts after `/api/v1`. Throws a ProviderError for everything but 2xx and the 4xx that are about the content
 * of the request. A read stores nothing, so a failed read is `not_sent` whatever became of it.
 */
export type PowerDnsCall = (
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: string,
) => Promise<PowerDnsAnswer>;

/** Longest answer that is read, in bytes. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** What PowerDNS itself says when its database fails it: with SQLite behind it, to one of two who write at once. */
const OWN_FAILURE = "Internal Server Error";

/** As JSON, because that is what it is asked for. */
const isOwnFailure = (text: string): boolean => {
  const answer = parseJson(text);
  return isObject(answer) && answer.error === OWN_FAILURE;
};

export function powerDnsHttp(options: PowerDnsHttpOptions): PowerDnsCall {
  const base = `${options.url.replace(/\/+$/, "").replace(/\/api(\/v1)?$/, "")}/api/v1`;

  return async (method, path, body) => {
    /** What is known once the request may have arrived. */
    const afterSending: ProviderOutcome = method === "GET" ? "not_sent" : "unknown";
    let status: number;
    let text: string;
    try {
      const call = {
        url: `${base}${path}`,
        method,
        headers: {
          "X-API-Key": options.apiKey,
          Accept: "application/json",
          ...(body === undefined
            ? {}
            : { "Content-Type": "application/json", "Content-Length": `${Buffer.byteLength(body)}` }),
        },
        body,
        timeoutMs: options.timeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
      };
      ({ status, text } = await counted("PowerDNS", () => (options.send ?? sendHttp)(call)));
    } catch (error) {
      options.onFailure();
      throw transportError(error, "PowerDNS", afterSending, options.timeoutMs);
    }

    if (status === 401 || status === 403) {
      throw new ProviderError("refused", "provider_credentials", "PowerDNS did not accept the API key.");
    }
    if (status === 429) {
      throw new ProviderError(
        "refused",
        "provider_rate_limited",
        "PowerDNS has too many requests at the moment. Try again shortly.",
      );
    }
    if (status >= 300 && status < 400) {
      // PowerDNS never redirects, so whatever answered is in front of it and did not pass the request on.
      throw new ProviderError(
        "not_sent",
        "provider_failed",
        "The address answers with a redirect instead of the PowerDNS API.",
      );
    }
    if (status === 500 && isOwnFailure(text)) {
      const message = "PowerDNS could not do this (HTTP 500): its database is busy, or out of order.";
      throw new ProviderError(afterSending, "provider_failed", message, { over: true });
    }
    if (status < 200 || status >= 500 || status === 408) {
      options.onFailure();
      throw new ProviderError(afterSending, "provider_failed", `PowerDNS failed to answer (HTTP ${status}).`);
    }

    const json = parseJson(text);
    if (status < 300 && text !== "" && json === undefined) {
      options.onFailure();
      throw new ProviderError(afterSending, "provider_failed", "The answer was not one of the PowerDNS API.");
    }
    return { status, json };
  };
}

function parseJson(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
