/** For tests of crashes: the process kills itself at a moment that a file in the data directory names. */
import { existsSync } from "node:fs";
import path from "node:path";
import { env } from "#lib/env.ts";

export function killHere(moment: string): void {
  if (env().testHooks && existsSync(path.join(env().dataDir, `kill-${moment}`))) process.kill(process.pid, "SIGKILL");
}
