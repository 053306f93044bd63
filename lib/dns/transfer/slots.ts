/** How many files one account may have on their way at once, so that nobody shuts out the others. */
import { Problem } from "#lib/api/errors.ts";
import { singleton } from "#lib/singleton.ts";

interface Slots {
  kind: "uploads" | "downloads";
  /** Of one account. */
  most: number;
  /** Of all together. */
  mostInAll: number;
  /** What is held for longer is given back by itself. */
  longestMs: number;
}

/** Takes a place; what it returns gives it back, once. Throws `rate_limited`. */
export function takeSlot(account: string, { kind, most, mostInAll, longestMs }: Slots): () => void {
  const held = singleton(`slots of ${kind}`, () => new Map<string, number>());
  const own = held.get(account) ?? 0;
  if (own >= most)
    throw new Problem("rate_limited", `You have other ${kind} under way. Try again when they are through.`, {
      retryAfter: 5,
    });
  if ([...held.values()].reduce((sum, one) => sum + one, 0) >= mostInAll)
    throw new Problem("rate_limited", `Too many ${kind} are under way. Try again in a moment.`, { retryAfter: 5 });
  held.set(account, own + 1);
  const release = () => {
    clearTimeout(timer);
    if (given) return;
    given = true;
    const left = (held.get(account) ?? 1) - 1;
    if (left > 0) held.set(account, left);
    else held.delete(account);
  };
  let given = false;
  const timer = setTimeout(release, longestMs);
  timer.unref();
  return release;
}
