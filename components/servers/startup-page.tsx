/** With what a server is started. */
import { load } from "#lib/api/caller.ts";
import { openServer } from "./server-data.ts";
import { StartupForm } from "./startup-form.tsx";

export async function StartupPage({ server }: { server: string }) {
  const open = await openServer(server);
  const startup = await load((api) => api.servers.startup({ server }));
  const locked = open.state === "deleting" || (open.suspended && !open.asStaff);
  return <StartupForm key={startup.revision} server={open.id} startup={startup} locked={locked} />;
}
