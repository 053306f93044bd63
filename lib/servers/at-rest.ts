/** What keeps a server from what people want of it. */
import { Problem } from "#lib/api/errors.ts";
import type { ServerRow } from "./load.ts";

type State = Pick<ServerRow, "state">;
type Words = Readonly<Partial<Record<ServerRow["state"], string>>>;

/** Something is done with all of its files. */
const BUSY: Words = {
  installing: "This server is being installed.",
  restoring: "A backup of this server is being restored.",
  transferring: "This server is moving to another node.",
};
const GOING: Words = { deleting: "This server is being deleted." };
const NOT_INSTALLED: Words = {
  install_failed: "This server is not installed. Install it again first.",
  interrupted: "This server is not installed: its installation was interrupted. Install it again first.",
};

/** Throws `conflict`, with why, unless the server can be run. */
export function assertReady({ state }: State): void {
  refuse(BUSY[state] ?? GOING[state] ?? NOT_INSTALLED[state], state);
}

/** Throws `conflict`, with why, unless the server's node can be asked about its files. */
export function assertAtRest({ state }: State): void {
  const busy = BUSY[state];
  refuse(busy === undefined ? GOING[state] : `${busy} Its files can be reached when that is over.`, state);
}

/** Throws `conflict`, with why, while something is done with the server that must end before it begins again. */
export function assertIdle({ state }: State): void {
  refuse(BUSY[state] ?? GOING[state], state);
}

function refuse(why: string | undefined, state: ServerRow["state"]): void {
  if (why !== undefined) throw new Problem("conflict", why, { state });
}
