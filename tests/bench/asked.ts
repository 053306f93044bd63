/** How long the API takes for a question, asked often enough to say. */
import type { Client } from "../support/server.ts";
import { percentile } from "./figures.ts";

const TIMES = 30;

/** The 95th percentile of so many, one after the other, in milliseconds. */
export async function asked(origin: string, client: Client, path: (n: number) => string): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < TIMES + 3; n++) {
    const began = performance.now();
    const answer = await fetch(`${origin}/api${path(n)}`, { headers: { cookie: client.cookie } });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${path(n)} was answered ${answer.status}.`);
    // The first ones fill caches.
    if (n >= 3) times.push(performance.now() - began);
  }
  return percentile(times, 0.95);
}

export const of = (words: readonly string[], n: number): string => words[n % words.length] ?? "";
