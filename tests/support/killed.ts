/** A process that is killed at a moment in the middle of its work, on the data of the panel in this one. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { command } from "../../scripts/start.mjs";
import { COMPILED } from "./compiled.ts";

/** Runs a script of this folder, whose first argument is the data directory, in a process that kills itself at that moment. */
export async function killedAt(
  moment: string,
  { dataDir }: { dataDir: string },
  environment: Record<string, string>,
  script: "one-call.ts" | "due-jobs.ts",
  given: readonly string[] = [],
): Promise<void> {
  const file = path.join(dataDir, `kill-${moment}`);
  writeFileSync(file, "");
  try {
    const started = command(`tests/support/${script}`, [dataDir, ...given]);
    const child = spawn(started.file, started.args, {
      env: { ...process.env, ...environment, ...COMPILED, NODE_ENV: "test" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        printed += chunk;
      });
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    expect({ code, signal, printed }, moment).toMatchObject({ signal: "SIGKILL" });
  } finally {
    rmSync(file);
  }
}
