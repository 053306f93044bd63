/** Before every test file: what the one before it in this process left of a panel is gone. */
import { tmpdir } from "node:os";
import path from "node:path";

const kept = globalThis as { __zonegate?: unknown; __environment?: NodeJS.ProcessEnv };

kept.__environment ??= { ...process.env };
// In place: threads get the variables of the process, not of what stands in for them.
for (const name of Object.keys(process.env)) if (!(name in kept.__environment)) delete process.env[name];
Object.assign(process.env, kept.__environment, { DATA_DIR: path.join(tmpdir(), `zonegate-nobody-${process.pid}`) });
delete kept.__zonegate;
