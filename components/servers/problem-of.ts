/** What a page says in the place of what it would show, when the server's node cannot be asked now. */
import "server-only";
import { pages } from "#lib/panel-here.ts";

const SAID = ["conflict", "suspended", "not_found", "invalid_input"];

/** Throws what is about the person rather than about the server. */
export async function orProblem<T>(asking: Promise<T>): Promise<{ value: T } | { problem: string }> {
  try {
    return { value: await asking };
  } catch (error) {
    if (pages().isProblem(error) && (SAID.includes(error.code) || error.code.startsWith("provider_")))
      return { problem: error.message };
    throw error;
  }
}
