/** Looks over an installation, running or not, and changes nothing. */
import { keptConnections } from "./connections.ts";
import { database } from "./content.ts";
import type { Finding } from "./finding.ts";
import { mail, provider } from "./outside.ts";
import { dataDirectory, diskSpace, environment, logs, secret } from "./place.ts";

export async function examine(): Promise<Finding[]> {
  const first = environment();
  // Everything else reads the environment.
  if (first.some(({ status }) => status === "problem")) return first;
  const known = database();
  // Of a database that is damaged, or of another version, nothing more is read.
  const readable = known.some(({ check, status }) => check === "version" && status === "ok");
  return [
    ...first,
    ...dataDirectory(),
    ...diskSpace(),
    ...logs(),
    ...secret(),
    ...known,
    ...(await provider()),
    ...(readable ? await keptConnections() : []),
    ...(await mail()),
  ];
}
