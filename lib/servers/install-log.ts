/** What a server's last installation wrote, where its node tells it. */
import { stripVTControlCharacters } from "node:util";
import { db } from "#db/client.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { readInstallLog } from "#lib/wings/servers.ts";
import { targetOf } from "./installation.ts";
import type { LoadedServer } from "./load.ts";

/** Of a longer one the end is told: that is where it says what went wrong. */
const MOST = 512 * 1024;

export interface InstallLog {
  /** Null: the node tells it nobody. */
  text: string | null;
  /** There was more before it. */
  cut: boolean;
  /** Where on the node's own machine it is then. */
  file: string;
}

/** Values of variables may be in it, hidden ones as well: which text is one of them nobody can tell. So who reads it is noted. */
export async function installLogOf(
  { server, node, asStaff }: LoadedServer & { asStaff: boolean },
  actor: Actor,
): Promise<InstallLog> {
  if (server.state === "deleting") throw new Problem("conflict", "This server is being deleted.");
  const told = await readInstallLog(node, server.uuid);
  audit(db(), actor, { ...targetOf(server), after: { installLog: told === null ? "not told" : "read" }, asStaff });
  // What colours it is taken out, and may be half of it.
  const end = told?.slice(-2 * MOST) ?? null;
  const text = end === null ? null : stripVTControlCharacters(end).replaceAll(/\r\n?/g, "\n");
  return {
    text: text === null ? null : text.slice(-MOST),
    cut: (told?.length ?? 0) > 2 * MOST || (text?.length ?? 0) > MOST,
    file: `/var/log/pterodactyl/install/${server.uuid}.log`,
  };
}
