/**
 * One server for all test files of a worker that need no environment of their own. They come one after the other, in any
 * order: each makes its own people and organisations, asks for them alone in lists, and puts back the settings it changes.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { inject } from "vitest";
import { type PanelServer, startServer } from "./server.ts";

export type SharedServer = Omit<PanelServer, "process" | "pid" | "stop" | "ended">;

let started: Promise<PanelServer> | undefined;

/** It is set up, has a host name as passkeys need one, may call daemons of this machine, and organisations make zones at once. It ends with the last test. */
export function sharedServer(): Promise<SharedServer> {
  started ??= start();
  return started;
}

async function start(): Promise<PanelServer> {
  const server = await startServer({ host: "localhost", environment: { ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" } });
  writeFileSync(path.join(inject("sharedServers"), String(server.pid)), path.dirname(server.dataDir));
  await server.person("Root of all", "root");
  await server.setting("zone_claims", "trusted");
  return server;
}
