/** How long the API takes for a question, asked often enough to say. */
import { setTimeout } from "node:timers/promises";
import type { Client } from "../support/server.ts";
import { percentile } from "./figures.ts";

interface Often {
  times?: number;
  /** From one to the next at least, in milliseconds: so that what the panel does now and then besides falls among them. */
  everyMs?: number;
}

/** The 95th percentile of so many, one after the other, in milliseconds. */
export async function asked(
  origin: string,
  client: Client,
  path: (n: number) => string,
  { times: wanted = 100, everyMs = 0 }: Often = {},
): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < wanted + 3; n++) {
    const began = performance.now();
    const answer = await fetch(`${origin}/api${path(n)}`, { headers: { cookie: client.cookie } });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${path(n)} was answered ${answer.status}.`);
    const took = performance.now() - began;
    // The first ones fill caches.
    if (n >= 3) times.push(took);
    if (took < everyMs) await setTimeout(everyMs - took);
  }
  return percentile(times, 0.95);
}

export const of = (words: readonly string[], n: number): string => words[n % words.length] ?? "";
