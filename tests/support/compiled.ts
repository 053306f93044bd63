/** What processes and threads of the tests have compiled of the project's files is kept: many of them are short, and run the same. */
import { tmpdir } from "node:os";
import path from "node:path";

export const COMPILED = { NODE_COMPILE_CACHE: path.join(tmpdir(), `zonegate-compiled-${process.getuid?.() ?? ""}`) };
