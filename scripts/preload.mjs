// Run before everything else. drizzle-orm's package.json is 180 KB, and Node reads it again for each of the hundred files
// that are imported from there, to know what kind of file it is: half of the time that a command took to start.
import { existsSync } from "node:fs";
import { enableCompileCache, registerHooks } from "node:module";
import path from "node:path";

// Nobody but the panel writes there, which counts: what is read from it is run.
const dataDir = path.resolve(process.env.DATA_DIR || "data");
if (!process.env.NODE_COMPILE_CACHE && existsSync(dataDir)) enableCompileCache(path.join(dataDir, "compiled"));

registerHooks({
  resolve(specifier, context, next) {
    const from = context.parentURL ?? "";
    if (!specifier.startsWith(".") || !from.endsWith(".js") || !from.includes("/node_modules/drizzle-orm/"))
      return next(specifier, context);
    return { url: new URL(specifier, from).href, format: "module", shortCircuit: true };
  },
});
