/** Before any test in a browser the production build is made; after all of them the servers that workers shared are ended. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { build } from "../../scripts/start.mjs";

declare module "vitest" {
  interface ProvidedContext {
    /** Where a worker notes its server: a file with the process id for its name, and the server's directory in it. */
    sharedServers: string;
  }
}

let noted = "";

export function setup(project: TestProject): void {
  build();
  noted = mkdtempSync(path.join(tmpdir(), "zonegate-shared-"));
  project.provide("sharedServers", noted);
}

/** Workers are ended without a word, and end nothing themselves. */
export function teardown(): void {
  for (const pid of readdirSync(noted)) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended.
    }
    rmSync(readFileSync(path.join(noted, pid), "utf8"), { recursive: true, force: true });
  }
  rmSync(noted, { recursive: true });
}
