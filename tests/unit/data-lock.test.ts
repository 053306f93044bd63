import { spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { takeDataDirectory } from "#lib/data-lock.ts";

let dataDir: string;
const lock = () => path.join(dataDir, "lock");

beforeEach(() => {
  dataDir = path.join(mkdtempSync(path.join(tmpdir(), "zonegate-lock-")), "data");
});
afterEach(() => rmSync(path.dirname(dataDir), { recursive: true, force: true }));

/** A process that takes the directory, says whether it has it, and holds it until it is killed. */
async function taker(): Promise<{ said: string; kill(): Promise<void> }> {
  const script = `import { takeDataDirectory } from "#lib/data-lock.ts";
    try { takeDataDirectory(${JSON.stringify(dataDir)}); console.log("has it"); } catch (error) { console.log(error.name, error.message); process.exit(1); }
    setInterval(() => {}, 1000);`;
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--input-type=module-typescript", "-e", script],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const said = await new Promise<string>((resolve) =>
    child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim())),
  );
  return {
    said,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

describe("the data directory", () => {
  test("is made for its owner alone, and given back", () => {
    const release = takeDataDirectory(dataDir);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(readFileSync(lock(), "utf8")).toMatch(new RegExp(`^${process.pid}\\b`));
    release();
    expect(existsSync(lock())).toBe(false);
    takeDataDirectory(dataDir)();
    expect(readdirSync(dataDir)).toEqual([]);
  });

  test("is one process's: another is told so in a sentence, and gets it once the first is dead", async () => {
    const first = await taker();
    expect(first.said).toBe("has it");
    const second = await taker();
    expect(second.said).toBe(
      `StartError Another Zonegate is serving ${dataDir}. Stop it, or set DATA_DIR to another folder.`,
    );
    expect(() => takeDataDirectory(dataDir)).toThrow(/Another Zonegate/);
    await first.kill();
    const third = await taker();
    expect(third.said).toBe("has it");
    await third.kill();
  });

  test("is not held by a process number that belongs to somebody else by now", () => {
    takeDataDirectory(dataDir)();
    // This test's parent lives, but its heart has not beaten here for a minute.
    writeFileSync(lock(), String(process.ppid));
    expect(() => takeDataDirectory(dataDir)).toThrow(/Another Zonegate/);
    const then = new Date(Date.now() - 60_000);
    utimesSync(lock(), then, then);
    takeDataDirectory(dataDir)();
  });

  test("is not held by a lock that says nothing", () => {
    takeDataDirectory(dataDir)();
    for (const text of ["nobody", "-1", "0", "999999999"]) {
      writeFileSync(lock(), text);
      takeDataDirectory(dataDir)();
    }
    writeFileSync(lock(), "");
    expect(() => takeDataDirectory(dataDir), "one that is just being written").toThrow(/Another Zonegate/);
    const then = new Date(Date.now() - 60_000);
    utimesSync(lock(), then, then);
    takeDataDirectory(dataDir)();
  });

  test("whose holder died goes to one of those who want it at once", async () => {
    takeDataDirectory(dataDir)();
    for (let round = 0; round < 3; round++) {
      writeFileSync(lock(), "999999999");
      const all = await Promise.all(Array.from({ length: 4 }, taker));
      try {
        expect(all.filter(({ said }) => said === "has it")).toHaveLength(1);
      } finally {
        await Promise.all(all.map((one) => one.kill()));
      }
    }
  });
});
