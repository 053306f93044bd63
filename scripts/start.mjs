// `npm start`: installs what is missing, builds if the source is newer than the build, and serves. Runs on any Node from 18.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const at = (...parts) => path.join(root, ...parts);

/** npm packages, from the lock file; again when it changed. Then the pinned Node, which comes as a package of its own. */
export function install() {
  const stamp = at("node_modules", ".package-lock.json");
  if (!existsSync(stamp) || statSync(stamp).mtimeMs < statSync(at("package-lock.json")).mtimeMs) {
    console.log("Installing packages (npm ci) …");
    run(process.platform === "win32" ? "npm.cmd" : "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  }
  if (!existsSync(at("node_modules", "node", "bin", "node"))) {
    console.log("Setting up Node …");
    run(process.execPath, ["installArchSpecificPackage.js"], {}, at("node_modules", "node"));
  }
  // npm puts this folder first in the path of its scripts.
  const link = at("node_modules", ".bin", "node");
  if (!existsSync(link) && process.platform !== "win32") symlinkSync(path.join("..", "node", "bin", "node"), link);
}

/** The build that is there is used again unless something it was made from is newer. */
export function build() {
  const stamp = at(".next", "BUILD_ID");
  if (existsSync(stamp) && newest() <= statSync(stamp).mtimeMs) return false;
  console.log("Building …");
  run(node(), [at("node_modules", "next", "dist", "bin", "next"), "build"], {
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
  });
  const now = new Date();
  writeFileSync(stamp, readFileSync(stamp), { flag: "w" });
  return now;
}

/** The Node that the project pins, whatever started this. */
export const node = () => at("node_modules", "node", "bin", "node");

const quiet = "--disable-warning=ExperimentalWarning";
/**
 * Left to itself V8 lets its young generation grow to 128 MB, and the C library keeps an arena for every thread; what lives
 * is 80 MB. Several threads that go through what is young take more of two cores than they save.
 */
const memory = ["--max-semi-space-size=16", "--max-old-space-size=512", "--no-parallel-scavenge"];
const arenas = { MALLOC_ARENA_MAX: "2" };

const preload = `--import=${pathToFileURL(at("scripts", "preload.mjs")).href}`;

/** How a TypeScript file of the project is run. */
export const command = (name, args = [], flags = []) => ({
  file: node(),
  args: [quiet, preload, ...flags, at(name), ...args],
});

/** How the production server is run, by whomever, with these variables. What NODE_OPTIONS says of memory counts before ours. */
export function server(env) {
  const chosen = env.NODE_OPTIONS ?? "";
  const flags = memory.filter((flag) => !chosen.includes(flag.split("=", 1)[0]));
  return { ...command("scripts/serve.ts", [], flags), env: { ...arenas, ...env } };
}

const sources = [
  "app",
  "components",
  "lib",
  "db",
  "public",
  "instrumentation.ts",
  "next.config.ts",
  "package-lock.json",
  "package.json",
  "postcss.config.mjs",
  "tsconfig.json",
];

function newest() {
  const walk = (file) => {
    if (!existsSync(file)) return 0;
    const stat = statSync(file);
    return stat.isDirectory()
      ? Math.max(stat.mtimeMs, ...readdirSync(file).map((name) => walk(path.join(file, name))))
      : stat.mtimeMs;
  };
  return Math.max(...sources.map((name) => walk(at(name))));
}

export function run(command, args, extra = {}, cwd = root) {
  const { status, signal } = spawnSync(command, args, {
    cwd,
    stdio: "inherit",
    env: { ...process.env, ...extra },
  });
  if (status !== 0) process.exit(status ?? (signal ? 130 : 1));
}

/** Next swaps in what it has built; the panel behind it is loaded once, so a change there starts the server anew. */
const watched = ["lib", "db", "scripts"].flatMap((folder) => ["--watch-path", at(folder)]);

/** Where it is, preload.mjs keeps there what Node has compiled. What is wrong with it the server says. */
function keepCompiled({ DATA_DIR }) {
  try {
    mkdirSync(path.resolve(root, DATA_DIR || "data"), { recursive: true, mode: 0o700 });
  } catch {}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dev = process.argv.includes("--dev");
  install();
  if (!dev) build();
  const env = { ...process.env, NODE_ENV: dev ? "development" : "production", NEXT_TELEMETRY_DISABLED: "1" };
  keepCompiled(env);
  const started = dev ? { ...command("scripts/serve.ts", [], watched), env } : server(env);
  const child = spawn(started.file, started.args, { cwd: root, stdio: "inherit", env: started.env });
  // A terminal sends Ctrl-C to the child itself; what others send to this process is passed on.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => signal === "SIGTERM" && child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
}
