/** The connections that are kept in the panel: whether each works. */
import { tryAll } from "#lib/dns/connections/kept.ts";
import { type Finding, ok, problem } from "./finding.ts";

export async function keptConnections(): Promise<Finding[]> {
  const tried = await Promise.all(tryAll());
  return tried.map(({ label, found }) =>
    found.ok
      ? ok("connection", `${label}: ${found.message}`)
      : problem("connection", `${label}: ${found.message}`, "Open it under Connections, and test it there."),
  );
}
