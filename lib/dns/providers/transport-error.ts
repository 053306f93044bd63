/** What a call that got no answer says about whether anything was stored, as a sentence. */
import { AddressRefused } from "#lib/http/guarded-fetch.ts";
import { AnswerTooLong } from "./http-call.ts";
import { ProviderError, type ProviderOutcome } from "./provider.ts";

/** Failures that happen before a byte of the request has left. */
const BEFORE_SENDING = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "EHOSTDOWN",
  "ERR_INVALID_URL",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_SSL_PACKET_LENGTH_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);

/** `who` is the provider's name; `afterSending` is what is known once the request may have arrived. */
export function transportError(
  error: unknown,
  who: string,
  afterSending: ProviderOutcome,
  timeoutMs: number,
): ProviderError {
  if (error instanceof AddressRefused) return new ProviderError("not_sent", "provider_unreachable", error.message);
  if (error instanceof AnswerTooLong)
    return new ProviderError(afterSending, "provider_failed", `The answer of ${who} is over 64 MB.`);
  if (error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError")) {
    const message = `${who} did not answer within ${timeoutMs / 1000} seconds.`;
    return new ProviderError(afterSending, "provider_timeout", message, { cause: error });
  }
  if (causeCodes(error).some((code) => BEFORE_SENDING.has(code))) {
    return new ProviderError("not_sent", "provider_unreachable", `${who} cannot be reached.`, { cause: error });
  }
  const message = `The connection to ${who} broke before it had answered.`;
  return new ProviderError(afterSending, "provider_unreachable", message, { cause: error });
}

/** The system codes in an error and in what caused it. */
function causeCodes(error: unknown): string[] {
  const codes: string[] = [];
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ("code" in at && typeof at.code === "string") codes.push(at.code);
  }
  return codes;
}
