// `npm test`: installs what is missing and runs everything: lint, types, unit, contract, api, e2e. Runs on any Node from 18.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { install, node, root } from "./start.mjs";

/** System parts that suites need: file → Debian package. */
const parts = [
  {
    packages: ["pdns-server", "pdns-backend-sqlite3"],
    files: ["/usr/sbin/pdns_server"],
    needed: "contract, api and e2e tests against PowerDNS",
  },
  {
    packages: ["bind9-utils"],
    files: ["/usr/bin/named-checkzone", "/usr/bin/named-compilezone"],
    needed: "zone files compared with BIND's reading of them",
  },
  {
    packages: ["pdns-recursor"],
    files: ["/usr/sbin/pdns_recursor"],
    needed: "proof of control and zone health through a real resolver",
  },
  {
    packages: ["mariadb-server"],
    files: ["/usr/sbin/mariadbd", "/usr/bin/mariadb-install-db"],
    needed: "databases of servers at a real MariaDB",
  },
  {
    packages: ["postgresql"],
    files: ["/usr/lib/postgresql"],
    needed: "databases of servers at a real PostgreSQL",
  },
  {
    packages: ["chromium-headless-shell"],
    files: ["/usr/bin/chromium-headless-shell"],
    instead: "/usr/bin/chromium",
    needed: "e2e tests in the browser",
  },
];

install();
installSystemParts();

const began = Date.now();
const bin = (name) => path.join(root, "node_modules", ".bin", name);
// The pinned Node comes first for every tool, whatever started this.
process.env.PATH = `${path.dirname(node())}${path.delimiter}${path.join(root, "node_modules", ".bin")}${path.delimiter}${process.env.PATH ?? ""}`;
process.env.NEXT_TELEMETRY_DISABLED = "1";
const colours = process.stdout.isTTY ? { FORCE_COLOR: "1" } : {};
const building = 'import { build } from "./scripts/start.mjs"; build();';

const scratch = mkdtempSync(path.join(os.tmpdir(), "zonegate-results-"));
const totals = { passed: 0, failed: 0, skipped: 0 };
/** Told again at the end, where somebody looks first. */
const failures = [];
let broken = false;

// Checks and the build leave a core idle time and again, which tests that need no build use meanwhile.
const [sound] = await Promise.all([checked(), tests("unit").then(() => tests("contract"))]);
if (sound) {
  await tests("api", "inherit");
  await tests("e2e", "inherit");
}

rmSync(scratch, { recursive: true, force: true });
console.log(`\nAll of it took ${Math.round((Date.now() - began) / 1000)} s.`);
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
if (process.env.CI === "true" && totals.skipped > 0) console.error("Skipped tests are failures where CI=true.");
process.exit(broken || totals.failed > 0 || (process.env.CI === "true" && totals.skipped > 0) ? 1 : 0);

async function checked() {
  return (
    (await step("lint", [[bin("biome"), "check", "."], [bin("knip")]])) &&
    (await step("types", [
      [bin("next"), "typegen"],
      // Each further checker works out again much of what the others know, on a core that the tests want.
      [bin("tsc"), "--noEmit", "--checkers", "1"],
    ])) &&
    step("build", [[node(), "--input-type=module", "--eval", building]])
  );
}

/** Commands one after the other, to the first that fails. What is printed beside another step is printed in one piece. */
async function step(name, commands, output = "pipe") {
  const start = Date.now();
  let printed = "";
  let status = 0;
  if (output === "inherit") console.log(`\n== ${name}`);
  for (const [file, ...args] of commands) {
    const env = { ...process.env, ...colours };
    const child = spawn(file, args, { cwd: root, stdio: ["ignore", output, output], env });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (chunk) => {
        printed += chunk;
      });
    [status] = await once(child, "close");
    if (status !== 0) break;
  }
  broken ||= status !== 0;
  if (output === "pipe") console.log(`\n== ${name}\n${printed.trimEnd()}`);
  console.log(`== ${name}: ${status === 0 ? "" : "failed after "}${Math.round((Date.now() - start) / 1000)} s`);
  return status === 0;
}

async function tests(project, output) {
  const results = path.join(scratch, `${project}.json`);
  const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
  await step(project, [[node(), vitest, "run", "--project", project, ...reporters]], output);
  if (!existsSync(results)) return;
  const report = JSON.parse(readFileSync(results, "utf8"));
  totals.passed += report.numPassedTests;
  totals.failed += report.numFailedTests;
  totals.skipped += report.numPendingTests + report.numTodoTests;
  for (const file of report.testResults) {
    const name = path.relative(root, file.name);
    const failed = file.assertionResults.filter(({ status }) => status === "failed");
    for (const { fullName, failureMessages } of failed)
      failures.push(`${name}: ${fullName}\n    ${firstLine(failureMessages[0])}`);
    if (file.status === "failed" && failed.length === 0) failures.push(`${name}\n    ${firstLine(file.message)}`);
  }
}

function firstLine(text) {
  return (text ?? "").split("\n", 1)[0].slice(0, 300);
}

/** On Debian as root what is missing is installed; elsewhere one loud line says what will be skipped. */
function installSystemParts() {
  const missing = () => parts.filter(({ files }) => !files.every((file) => existsSync(file)));
  if (missing().length > 0 && existsSync("/etc/debian_version") && process.getuid?.() === 0) {
    const packages = missing().flatMap((part) => part.packages);
    console.log(`Installing ${packages.join(", ")} …`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit", env });
    // Debian starts the server that it installs; the tests start their own.
    spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], { stdio: "inherit", env });
  }
  for (const { packages, needed, instead } of missing()) {
    if (instead && existsSync(instead)) continue;
    console.error(`\n!!! ${packages.join(", ")} is not installed: ${needed} cannot run.\n`);
    if (process.env.CI === "true") process.exit(1);
  }
}
