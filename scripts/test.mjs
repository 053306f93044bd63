// `npm test`: installs what is missing and runs everything: lint, types, unit, contract, api, e2e. Runs on any Node from 18.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { build, install, node, root, run } from "./start.mjs";

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
  { packages: ["chromium"], files: ["/usr/bin/chromium"], needed: "e2e tests in the browser" },
];

install();
installSystemParts();

const began = Date.now();
const bin = (name) => path.join(root, "node_modules", ".bin", name);
// The pinned Node comes first for every tool, whatever started this.
process.env.PATH = `${path.dirname(node())}${path.delimiter}${path.join(root, "node_modules", ".bin")}${path.delimiter}${process.env.PATH ?? ""}`;
process.env.NEXT_TELEMETRY_DISABLED = "1";

step("lint", () => {
  run(bin("biome"), ["check", "."]);
  run(bin("knip"), []);
});
step("types", () => {
  run(bin("next"), ["typegen"]);
  run(bin("tsc"), ["--noEmit"]);
});
step("build", () => build());

const scratch = mkdtempSync(path.join(os.tmpdir(), "zonegate-results-"));
const totals = { passed: 0, failed: 0, skipped: 0 };
let broken = false;
for (const project of ["unit", "contract", "api", "e2e"]) {
  step(project, () => {
    const results = path.join(scratch, `${project}.json`);
    const { status } = spawnSync(
      node(),
      [
        path.join(root, "node_modules", "vitest", "vitest.mjs"),
        "run",
        "--project",
        project,
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${results}`,
      ],
      { cwd: root, stdio: "inherit", env: process.env },
    );
    broken ||= status !== 0;
    if (!existsSync(results)) return;
    const report = JSON.parse(readFileSync(results, "utf8"));
    totals.passed += report.numPassedTests;
    totals.failed += report.numFailedTests;
    totals.skipped += report.numPendingTests + report.numTodoTests;
  });
}
rmSync(scratch, { recursive: true, force: true });
console.log(`\nAll of it took ${Math.round((Date.now() - began) / 1000)} s.`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
if (process.env.CI === "true" && totals.skipped > 0) console.error("Skipped tests are failures where CI=true.");
process.exit(broken || totals.failed > 0 || (process.env.CI === "true" && totals.skipped > 0) ? 1 : 0);

function step(name, work) {
  const start = Date.now();
  console.log(`\n== ${name}`);
  work();
  console.log(`== ${name}: ${Math.round((Date.now() - start) / 1000)} s`);
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
  for (const { packages, needed } of missing()) {
    console.error(`\n!!! ${packages.join(", ")} is not installed: ${needed} cannot run.\n`);
    if (process.env.CI === "true") process.exit(1);
  }
}
