/** Calls the API from the browser. The client behind it loads with the first call. */
import type { api, Failure } from "#lib/api/client.ts";

export type Api = typeof api;

/** A call that did not work; its message is a sentence for people. */
export class Refusal extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** The person was asked to confirm, and would not: everything stays as it was. */
export const notConfirmed = (error: unknown): boolean =>
  error instanceof Refusal && error.failure.code === "not_confirmed";

/** Throws nothing but a `Refusal`. */
export async function attempt<T>(call: (api: Api) => Promise<T>): Promise<T> {
  const client = await import("#lib/api/client.ts").catch(() => {
    throw new Refusal({ code: "unreachable", message: UNREACHABLE, fields: {}, details: {} });
  });
  try {
    return await call(client.api);
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(client.failureOf(error));
  }
}

const UNREACHABLE = "The panel did not answer. Check your connection and try again.";
