// Run before everything else. drizzle-orm's package.json is 180 KB, and Node reads it again for each of the hundred files
// that are imported from there, and for each of ours that imports it. Names of our own files say where these are, too, and
// need not be looked for: together more than half of the time that a command took to start.
import { existsSync } from "node:fs";
import { enableCompileCache, registerHooks } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

// Nobody but the panel writes there, which counts: what is read from it is run.
const dataDir = path.resolve(process.env.DATA_DIR || "data");
if (!process.env.NODE_COMPILE_CACHE && existsSync(dataDir)) enableCompileCache(path.join(dataDir, "compiled"));

const root = pathToFileURL(path.resolve(import.meta.dirname, "..")).href;
const packages = `${root}/node_modules/`;
/** Packages whose files are modules throughout and name each other as they are. */
const plain = ["drizzle-orm", "jose", "zod"].map((name) => `${packages}${name}/`);
/** Where a package leads is the same for each of the project's own files. */
const found = new Map();

registerHooks({
  resolve(specifier, context, next) {
    const from = context.parentURL ?? "";
    const own = from.startsWith(root) && !from.startsWith(packages);
    if (own && /^[#.].*\.ts$/.test(specifier)) {
      const { href } = specifier.startsWith("#") ? new URL(specifier.slice(1), `${root}/`) : new URL(specifier, from);
      return { url: href, format: "module-typescript", shortCircuit: true };
    }
    if (specifier.startsWith(".") && from.endsWith(".js") && plain.some((folder) => from.startsWith(folder)))
      return { url: new URL(specifier, from).href, format: "module", shortCircuit: true };
    if (!own || !/^[@a-z]/.test(specifier) || specifier.includes(":")) return next(specifier, context);
    if (!found.has(specifier)) found.set(specifier, { ...next(specifier, context), shortCircuit: true });
    return found.get(specifier);
  },
});
