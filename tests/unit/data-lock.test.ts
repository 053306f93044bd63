import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { takeDataDirectory } from "#lib/data-lock.ts";
import { panelCommand } from "../support/server.ts";

let dataDir: string;
const takers: Taker[] = [];

beforeEach(() => {
  dataDir = path.join(mkdtempSync(path.join(tmpdir(), "zonegate-lock-")), "data");
});
afterEach(async () => {
  await Promise.all(takers.splice(0).map((one) => one.kill()));
  rmSync(path.dirname(dataDir), { recursive: true, force: true });
});

interface Taker {
  said: string;
  process: ChildProcess;
  kill(): Promise<void>;
}

/** A process that takes the directory, forgets how to give it back, says whether it has it, and holds it until it is killed. */
async function taker(): Promise<Taker> {
  const script = `import { takeDataDirectory } from "#lib/data-lock.ts";
    try { takeDataDirectory(${JSON.stringify(dataDir)}); await new Promise((done) => setImmediate(done)); gc(); console.log("has it"); } catch (error) { console.log(error.name, error.message); process.exit(1); }
    setInterval(() => {}, 1000);`;
  const child = spawn(
    process.execPath,
    ["--expose-gc", "--disable-warning=ExperimentalWarning", "--input-type=module-typescript", "-e", script],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const said = await new Promise<string>((resolve) =>
    child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim())),
  );
  const made = {
    said,
    process: child,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
  takers.push(made);
  return made;
}

const refusal = (holder: number | undefined) =>
  `StartError Another Zonegate (process ${holder}) is using ${dataDir}. Stop it, or set DATA_DIR to another folder.`;

/** The kernel's word for a process: T is stopped. */
const stateOf = (pid: number | undefined): string =>
  readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .charAt(0);

describe("the data directory", () => {
  test("is made for its owner alone, and given back", async () => {
    const release = takeDataDirectory(dataDir);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(dataDir, "server.lock")).mode & 0o777).toBe(0o600);
    expect((await taker()).said).toBe(refusal(process.pid));
    release();
    expect(readdirSync(dataDir)).toEqual(["server.lock"]);
    takeDataDirectory(dataDir)();
    expect((await taker()).said).toBe("has it");
  });

  test("is one process's: another is told whose, and gets it once that is dead, however it died", async () => {
    const first = await taker();
    expect(first.said).toBe("has it");
    expect((await taker()).said).toBe(refusal(first.process.pid));
    expect(() => takeDataDirectory(dataDir)).toThrow(`(process ${first.process.pid})`);
    expect((await taker()).said).toBe(refusal(first.process.pid));
    await first.kill();
    expect((await taker()).said).toBe("has it");
  });

  test("is taken once by a process, and asking again loses nothing", async () => {
    const release = takeDataDirectory(dataDir);
    expect(() => takeDataDirectory(dataDir)).toThrow(`(process ${process.pid})`);
    expect((await taker()).said).toBe(refusal(process.pid));
    release();
  });

  test("stays with a process that is stopped, and that still has it when it goes on", async () => {
    const first = await taker();
    first.process.kill("SIGSTOP");
    while (stateOf(first.process.pid) !== "T") await new Promise((resolve) => setImmediate(resolve));
    expect((await taker()).said).toBe(refusal(first.process.pid));
    first.process.kill("SIGCONT");
    expect((await taker()).said).toBe(refusal(first.process.pid));
  });

  test("goes to one of those who want it at once", async () => {
    for (let round = 0; round < 3; round++) {
      const all = await Promise.all(Array.from({ length: 4 }, taker));
      expect(all.filter(({ said }) => said === "has it")).toHaveLength(1);
      await Promise.all(all.map((one) => one.kill()));
    }
  });

  test("can be written to by commands meanwhile", async () => {
    const release = takeDataDirectory(dataDir);
    const made = await panelCommand(dataDir, ["users", "add", "ada@example.org"], "a long enough password\n");
    expect(made).toMatchObject({ code: 0, out: "ada@example.org can sign in now.\n", error: "" });
    expect((await taker()).said).toBe(refusal(process.pid));
    release();
  });

  test("is not held by what an earlier version left", () => {
    takeDataDirectory(dataDir)();
    writeFileSync(path.join(dataDir, "lock"), "1");
    takeDataDirectory(dataDir)();
    expect(readdirSync(dataDir)).toEqual(["server.lock"]);
  });

  test("with a lock that is none: says what to do", () => {
    takeDataDirectory(dataDir)();
    writeFileSync(path.join(dataDir, "server.lock"), "nothing that SQLite knows".repeat(50));
    expect(() => takeDataDirectory(dataDir)).toThrow(/cannot be locked. Remove it if no Zonegate is running/);
  });
});
