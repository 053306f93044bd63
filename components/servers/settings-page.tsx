/** What a server is called, installing it again, and its end. */
import { forbidden } from "next/navigation";
import { openServer } from "./server-data.ts";
import { ServerSettings } from "./server-settings.tsx";

export async function SettingsPage({ server }: { server: string }) {
  const open = await openServer(server);
  if (!open.opens.includes("settings")) forbidden();
  const locked = open.state === "deleting" || (open.suspended && !open.asStaff);
  return <ServerSettings key={open.revision} server={open} locked={locked} />;
}
