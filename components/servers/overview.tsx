/** How a server is: what it does and uses now, and what it may use. */
import { CopyValue } from "#components/ui/copy-value.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { LeaveServer } from "./leave-server.tsx";
import { LiveState } from "./live-state.tsx";
import { openServer } from "./server-data.ts";
import { addressOf, cpuOf, limitOf, roomOf } from "./words.tsx";

export async function Overview({ server }: { server: string }) {
  const open = await openServer(server);
  const asks = open.state === "ready" && (!open.suspended || open.asStaff);
  return (
    <div className="flex max-w-[880px] flex-col gap-5">
      {asks && (open.opens.includes("stats") || open.opens.includes("console")) && (
        <LiveState
          server={open.id}
          name={open.name}
          stats={open.opens.includes("stats")}
          power={open.opens.includes("console")}
          limits={{ memory: open.memory, disk: open.disk, cpu: open.cpu }}
        />
      )}
      <Panel title="About it">
        {open.description !== "" && (
          <p className="mb-3 max-w-[90ch] wrap-anywhere whitespace-pre-line">{open.description}</p>
        )}
        <Facts
          items={[
            {
              label: "Address",
              value: open.address ? <CopyValue value={addressOf(open.address)} label="address" /> : "None",
            },
            { label: "Memory", value: limitOf(open.memory) },
            { label: "Disk", value: limitOf(open.disk) },
            { label: "Processors", value: cpuOf(open.cpu) },
            {
              label: "Can have",
              value: roomOf(open.limits),
            },
            { label: "Node", value: open.node.location ? `${open.node.name}, ${open.node.location}` : open.node.name },
            { label: "Owner", value: open.organisation?.name ?? (open.owner ? "You" : "Another account") },
          ]}
        />
      </Panel>
      {!open.owner && open.capabilities.length > 0 && (
        <Panel
          title="Leave this server"
          description="You were let into it. Leaving takes no time, and ends what you may do here."
        >
          <LeaveServer server={open.id} name={open.name} />
        </Panel>
      )}
    </div>
  );
}
