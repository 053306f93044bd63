/** Whether a server's node can be asked about its files: not while something else is done with all of them. */
import { Problem } from "#lib/api/errors.ts";
import type { ServerRow } from "./load.ts";

const BUSY: Readonly<Partial<Record<ServerRow["state"], string>>> = {
  installing: "This server is being installed. Its files can be reached when that is over.",
  restoring: "A backup of this server is being restored. Its files can be reached when that is over.",
  transferring: "This server is moving to another node. Its files can be reached when that is over.",
  deleting: "This server is being deleted.",
};

/** Throws `conflict`. */
export function assertAtRest({ state }: Pick<ServerRow, "state">): void {
  const busy = BUSY[state];
  if (busy !== undefined) throw new Problem("conflict", busy, { state });
}
