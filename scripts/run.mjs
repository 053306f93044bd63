// Runs a TypeScript file of the project on the pinned Node, whatever Node started this.
import { spawnSync } from "node:child_process";
import { command, install, root } from "./start.mjs";

install();
const [name = "", ...given] = process.argv.slice(2);
const { file, args } = command(name, given);
const { status, signal } = spawnSync(file, args, { cwd: root, stdio: "inherit" });
process.exit(status ?? (signal ? 130 : 1));
