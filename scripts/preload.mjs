// Run before everything else. drizzle-orm's package.json is 180 KB, and Node reads it again for each of the hundred files
// that are imported from there, to know what kind of file it is: half of the time that a command took to start.
import { registerHooks } from "node:module";

registerHooks({
  resolve(specifier, context, next) {
    const from = context.parentURL ?? "";
    if (!specifier.startsWith(".") || !from.endsWith(".js") || !from.includes("/node_modules/drizzle-orm/"))
      return next(specifier, context);
    return { url: new URL(specifier, from).href, format: "module", shortCircuit: true };
  },
});
