/** The pages of a server, each for those who can do something there. */
import type { SingleCapability } from "#lib/access/server-capability.ts";
import { serverPath } from "./capability-words.ts";
import type { Server } from "./server-data.ts";

const pages: readonly { path: string; label: string; needs: SingleCapability | "any" | "owner" }[] = [
  { path: "", label: "Overview", needs: "any" },
  { path: "/console", label: "Console", needs: "console" },
  { path: "/files", label: "Files", needs: "files" },
  { path: "/backups", label: "Backups", needs: "backups" },
  { path: "/databases", label: "Databases", needs: "databases" },
  { path: "/schedules", label: "Schedules", needs: "schedules" },
  { path: "/startup", label: "Startup", needs: "startup" },
  { path: "/network", label: "Network", needs: "network" },
  { path: "/mounts", label: "Mounts", needs: "mounts" },
  { path: "/people", label: "Sub-users", needs: "owner" },
  { path: "/stats", label: "Stats", needs: "stats" },
  { path: "/activity", label: "Activity", needs: "activity" },
  { path: "/settings", label: "Settings", needs: "settings" },
];

export const tabsOf = ({ id, opens, owner }: Server) =>
  pages
    .filter(({ needs }) => needs === "any" || (needs === "owner" ? owner : opens.includes(needs)))
    .map(({ path, label }) => ({ href: `${serverPath(id)}${path}`, label }));
