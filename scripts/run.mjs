// Runs a TypeScript file of the project on the pinned Node, whatever Node started this.
import { spawnSync } from "node:child_process";
import { install, node, root } from "./start.mjs";

install();
const { status, signal } = spawnSync(node(), ["--disable-warning=ExperimentalWarning", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? (signal ? 130 : 1));
