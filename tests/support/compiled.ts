/**
 * What processes and threads of the tests have compiled of the project's files is kept: many of them are short, and run the
 * same. `npm ci` clears it away.
 */
import path from "node:path";

export const COMPILED = {
  NODE_COMPILE_CACHE: path.join(import.meta.dirname, "..", "..", "node_modules", ".cache", "zonegate-tests"),
};
