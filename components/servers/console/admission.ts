/** Asks the panel to let the browser in at the node, and tells a refusal from what may go another time. */
import { attempt, Refusal } from "#components/ui/attempt.ts";
import type { Admission } from "./console-socket.ts";

/** Not about the person: these pass. */
const PASSING = ["unreachable", "internal", "rate_limited", "feature_disabled", "storage_full"];

export async function admission(server: string): Promise<Admission> {
  try {
    return await attempt((api) => api.servers.console.open({ server }));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message } = error.failure;
    if (PASSING.includes(code)) return { failed: message };
    if (code === "unauthenticated") return { refused: "Your session has ended. Sign in again." };
    if (code === "not_found" || code === "forbidden") return { refused: "You no longer have access to this console." };
    return { refused: message };
  }
}
