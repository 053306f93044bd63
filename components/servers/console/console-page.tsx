/** What a server writes, as it does, and what is said to it. */

import { forbidden, redirect } from "next/navigation";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { SquareTerminal } from "#components/ui/icons.tsx";
import { serverPath } from "../capability-words.ts";
import { NodeReach } from "../node-reach.tsx";
import { openServer } from "../server-data.ts";
import { ConsoleView } from "./console-view.tsx";

export async function ConsolePage({ params }: { params: Promise<{ server: string }> }) {
  const { server } = await params;
  const open = await openServer(server);
  if (!open.opens.includes("console")) forbidden();
  // Browsers let this page call the node by the id alone.
  if (server !== open.id) redirect(`${serverPath(open.id)}/console`);
  if (open.state === "deleting" || (open.suspended && !open.asStaff))
    return (
      <EmptyState icon={<SquareTerminal />} title="The console is closed">
        {open.state === "deleting"
          ? "This server is being deleted."
          : "It opens again when the server is no longer suspended."}
      </EmptyState>
    );
  return (
    <>
      <NodeReach server={server} />
      <ConsoleView
        server={open.id}
        name={open.name}
        ready={open.state === "ready"}
        limits={{ memory: open.memory, disk: open.disk, cpu: open.cpu }}
      />
    </>
  );
}
