/** The panel that this process has loaded, for what Next builds: see panel.ts. */
import type { Pages } from "./pages/visitor.ts";
import type { Panel } from "./panel.ts";
import { singleton } from "./singleton.ts";

/** In a thread that makes pages and nothing else there are no doors. */
type Here = Pick<Panel, "pages"> & Partial<Panel>;

/** What pages ask of the panel. Throws where no server has loaded it: in a build, which answers nobody. */
export const pages = (): Pages => here().pages;

/** What answers requests that are for no page. */
export function doors(): Panel["doors"] {
  const { doors } = here();
  if (!doors) throw new Error("Only pages are made in this thread.");
  return doors;
}

const here = (): Here =>
  singleton("panel", () => {
    throw new Error("The panel is not loaded: pages are served by scripts/serve.ts.");
  });
