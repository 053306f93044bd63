/** Backups on a node's own disk. Whose a backup is only the panel knows: it looks that up before each of these. */
import { asked, type NodeAddress, opened } from "./call.ts";
import { gone, json, pathOf } from "./servers.ts";

const ADAPTER = "wings";
const SLOW_MS = 120_000;

/** Begins it: the node tells what came of it. `ignored` are lines as in .gitignore. */
export async function createBackup(
  node: NodeAddress,
  server: string,
  backup: string,
  ignored: readonly string[],
): Promise<void> {
  const body = { adapter: ADAPTER, uuid: backup, ignore: ignored.join("\n") };
  await asked(node, json("POST", pathOf(server, "/backup"), body), { 404: "The node does not have this server." });
}

const LOST = "The node does not have this backup any more.";

/** Throws where the node has lost it. `address`: where it could be downloaded; it is not. */
export async function assertThere(node: NodeAddress, address: string): Promise<void> {
  const { pathname, search } = new URL(address);
  const what = { method: "GET", path: `${pathname}${search}`, timeoutMs: SLOW_MS } as const;
  await opened(node, what, { 404: LOST }, async (response) => void response.destroy());
}

/** Begins it: the node tells what came of it. `truncate`: all files are deleted first. */
export async function restoreBackup(
  node: NodeAddress,
  server: string,
  backup: string,
  truncate: boolean,
): Promise<void> {
  const body = { adapter: ADAPTER, truncate_directory: truncate, download_url: "" };
  const path = pathOf(server, `/backup/${encodeURIComponent(backup)}/restore`);
  await asked(
    node,
    { ...json("POST", path, body), timeoutMs: SLOW_MS },
    { 404: LOST, 409: "The server is busy. Try again when that is over." },
  );
}

/** Also where it is gone already. */
export async function deleteBackup(node: NodeAddress, server: string, backup: string): Promise<void> {
  const path = pathOf(server, `/backup/${encodeURIComponent(backup)}`);
  await gone(asked(node, { method: "DELETE", path, timeoutMs: SLOW_MS }));
}
