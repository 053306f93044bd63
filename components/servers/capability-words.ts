/** How capabilities in a server are put into words. Pure. */
import { type ServerCapability, type SingleCapability, singleCapabilities } from "#lib/access/server-capability.ts";

export const capabilityNames: Readonly<Record<SingleCapability, { name: string; gives: string }>> = {
  console: { name: "Console", gives: "See the console, send commands, start and stop" },
  files: { name: "Files", gives: "Read and change all files, also over SFTP" },
  backups: { name: "Backups", gives: "Make and restore backups" },
  databases: { name: "Databases", gives: "See and manage the databases" },
  schedules: { name: "Schedules", gives: "Plan tasks" },
  startup: { name: "Startup", gives: "See and change how it starts" },
  settings: { name: "Settings", gives: "Rename; with Files also install anew" },
  network: { name: "Network", gives: "See its addresses" },
  mounts: { name: "Mounts", gives: "See what is mounted" },
  activity: { name: "Activity", gives: "See who did what" },
  stats: { name: "Stats", gives: "See processor, memory and network" },
};

/** "Everything", or the names: "Console, Files". */
export const capabilityWords = (capabilities: readonly ServerCapability[]): string =>
  capabilities.includes("*")
    ? "Everything"
    : singleCapabilities
        .filter((one) => capabilities.includes(one))
        .map((one) => capabilityNames[one].name)
        .join(", ");

export const serverPath = (server: string): string => `/dashboard/servers/${server}`;
