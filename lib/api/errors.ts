/** The closed list of what can go wrong, and how each is answered. */
import { ORPCError } from "@orpc/server";

/** code → HTTP status */
export const problems = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  wrong_token: 403,
  /** The act asks for a sign-in or a confirmation within ten minutes. */
  confirmation_required: 403,
  /** A role asks for a second factor, and this session has shown none. */
  second_factor_required: 403,
  /** Tokens cannot do this at all. */
  token_refused: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  already_set_up: 409,
  already_exists: 409,
  last_root: 409,
  /** Without it the account could not be signed in to any more. */
  last_way_in: 409,
  zone_busy: 409,
  zone_settling: 409,
  zone_moved: 409,
  /** A server that nobody but staff may touch. */
  suspended: 409,
  confirm_required: 409,
  too_large: 413,
  unsupported_media_type: 415,
  invalid_input: 422,
  /** An answer to a WebAuthn challenge that does not prove what it should. */
  passkey_refused: 422,
  rate_limited: 429,
  internal: 500,
  provider_failed: 502,
  provider_refused: 422,
  feature_disabled: 503,
  provider_timeout: 504,
  /** The panel's own disk. */
  storage_full: 507,
} as const;

export type ProblemCode = keyof typeof problems;

/** What goes out beside code and message. */
export interface ProblemDetails {
  /** Input field (dots between levels, `rrsets.0.records.1.content`) → sentence. */
  fields?: Record<string, string>;
  /** What the account lacks: a permission, a role, a zone level. */
  missing?: string;
  /** Seconds. */
  retryAfter?: number;
  /** Whatever a caller needs to go on: the numbers of a brake, the states of a conflict, a change's id. */
  [extra: string]: unknown;
}

/** An error that may be shown. Its message is a sentence for people. */
export class Problem extends ORPCError<ProblemCode, ProblemDetails> {
  constructor(code: ProblemCode, message: string, details: ProblemDetails = {}, cause?: unknown) {
    super(code, { status: problems[code], message, data: details, cause });
  }
}

export const notFound = (what: string): Problem => new Problem("not_found", `There is no such ${what}.`);
export const invalid = (fields: Record<string, string>): Problem =>
  new Problem("invalid_input", Object.values(fields)[0] ?? "Something in the input is wrong.", { fields });

export const isProblem = (error: unknown): error is ORPCError<ProblemCode, ProblemDetails> =>
  error instanceof ORPCError && error.code in problems;
