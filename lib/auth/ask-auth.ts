/** Asks a thread of signing in. */
import { Problem } from "#lib/api/errors.ts";
import { askThread, ThreadBusy } from "#lib/thread.ts";

export const askAuth = (file: string, question: object, idleMs?: number): Promise<unknown> =>
  askThread(`auth/${file}`, question, idleMs === undefined ? {} : { idleMs }).catch((error: unknown) => {
    if (!(error instanceof ThreadBusy)) throw error;
    throw new Problem("rate_limited", "Too many people are signing in just now. Try again in a few seconds.", {
      retryAfter: 5,
    });
  });
