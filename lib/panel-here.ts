/** The panel that this process has loaded, for what Next builds: see panel.ts. */
import type { Panel } from "./panel.ts";
import { singleton } from "./singleton.ts";

/** Throws where no server has loaded it: in a build, which answers nobody. */
export const panel = (): Panel =>
  singleton("panel", () => {
    throw new Error("The panel is not loaded: pages are served by scripts/serve.ts.");
  });
