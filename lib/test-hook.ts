/** For tests of crashes: the process kills itself at a moment that a file in the data directory names. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { env } from "#lib/env.ts";

export function killHere(moment: string): void {
  if (env().testHooks && existsSync(path.join(env().dataDir, `kill-${moment}`))) process.kill(process.pid, "SIGKILL");
}

/** For the thread that makes pages: a file that ends it as it makes one. */
export const pageThreadHook = (): string | null =>
  env().testHooks ? path.join(env().dataDir, "end-page-thread") : null;

/** A call that was given up can still land; nothing is concluded from a read that is earlier than this after it. */
const LANDING_MS = 30_000;

/** Those thirty seconds, or what a file in the data directory says. */
export function landingMs(): number {
  const file = path.join(env().dataDir, "landing-ms");
  return env().testHooks && existsSync(file) ? Number(readFileSync(file, "utf8")) : LANDING_MS;
}
