/** Who has the logs open as they are written. */
import { singleton } from "#lib/singleton.ts";

interface Followers {
  perAccount: Map<string, number>;
  ends: Set<() => void>;
}

export const followers = () =>
  singleton("log-followers", (): Followers => ({ perAccount: new Map(), ends: new Set() }));

/** The panel is stopping. */
export function endFollowers(): void {
  for (const end of [...followers().ends]) end();
}
