// Run before everything else. drizzle-orm's package.json is 180 KB, and Node reads it again for each of the hundred files
// that are imported from there, and for each of ours that imports it: half of the time that a command took to start.
import { existsSync } from "node:fs";
import { enableCompileCache, registerHooks } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

// Nobody but the panel writes there, which counts: what is read from it is run.
const dataDir = path.resolve(process.env.DATA_DIR || "data");
if (!process.env.NODE_COMPILE_CACHE && existsSync(dataDir)) enableCompileCache(path.join(dataDir, "compiled"));

const packages = pathToFileURL(path.resolve(import.meta.dirname, "..", "node_modules")).href;
/** Where a package leads is the same for each of the project's own files. */
const found = new Map();

registerHooks({
  resolve(specifier, context, next) {
    const from = context.parentURL ?? "";
    if (specifier.startsWith(".") && from.endsWith(".js") && from.includes("/node_modules/drizzle-orm/"))
      return { url: new URL(specifier, from).href, format: "module", shortCircuit: true };
    if (!specifier.startsWith("drizzle-orm") || from.startsWith(packages)) return next(specifier, context);
    if (!found.has(specifier)) found.set(specifier, { ...next(specifier, context), shortCircuit: true });
    return found.get(specifier);
  },
});
