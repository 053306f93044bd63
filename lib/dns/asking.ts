/** Reaching a zone's provider, and what its failures are to those who asked. */
import { Problem, type ProblemCode } from "#lib/api/errors.ts";
import { type Connection, connectionById } from "./connections.ts";
import { ProviderError } from "./providers/provider.ts";
import type { Zone } from "./zones.ts";

export function connectionOf(zone: Pick<Zone, "connection">): Connection {
  const connection = connectionById(zone.connection);
  if (!connection)
    throw new Problem("provider_failed", "The connection of this zone is no longer configured on this panel.");
  return connection;
}

/** A provider's failure while reading, as a Problem: nothing was written. */
export async function asking<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw problemOf(asProviderError(error), null);
  }
}

export const asProviderError = (error: unknown): ProviderError => {
  if (error instanceof ProviderError) return error;
  return new ProviderError("unknown", "provider_failed", "The provider's answer could not be understood.", {
    cause: error,
  });
};

export function problemOf(failure: ProviderError, change: string | null): Problem {
  const code: ProblemCode =
    failure.code === "provider_refused"
      ? "provider_refused"
      : failure.code === "provider_timeout"
        ? "provider_timeout"
        : failure.code === "provider_rate_limited"
          ? "rate_limited"
          : "provider_failed";
  return new Problem(
    code,
    failure.message,
    { ...(change ? { change } : {}), ...(failure.at ? { at: failure.at } : {}) },
    failure,
  );
}
