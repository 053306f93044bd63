/** The addresses of a server. */
import { load } from "#lib/api/caller.ts";
import { NetworkTable } from "./network-table.tsx";
import { openServer } from "./server-data.ts";

export async function NetworkPage({ server }: { server: string }) {
  const open = await openServer(server);
  const network = await load((api) => api.servers.network({ server }));
  const locked = open.state === "deleting" || (open.suspended && !open.asStaff) || !open.opens.includes("settings");
  return <NetworkTable server={open.id} network={network} locked={locked} />;
}
