/** What staff do with servers, from the list and from one. */
import type { Permission } from "#lib/access/permissions.ts";
import type { Act } from "./act-bar.tsx";
import type { TabData } from "./tab-props.ts";

type Row = Pick<TabData<"servers">["items"][number], "id" | "name" | "state" | "suspended">;

export function serverActs<R extends Row>(may: readonly Permission[]): Act<R>[] {
  const all: (Act<R> & { needs: readonly Permission[] })[] = [
    ...(["start", "restart", "stop", "kill"] as const).map((action) => ({
      label: { start: "Start", restart: "Restart", stop: "Stop", kill: "Kill" }[action],
      needs: ["commands:execute" as const],
      says: {
        start: "Its node starts it.",
        restart: "It is stopped as its egg says, and started again.",
        stop: "It is stopped as its egg says. Whoever is on it is thrown out.",
        kill: "It is ended at once. What it has not saved is lost.",
      }[action],
      done: { start: "Starting", restart: "Restarting", stop: "Stopping", kill: "Killed" }[action],
      ...(action === "kill" ? { tone: "danger" as const } : {}),
      when: ({ state, suspended }: R) =>
        state === "ready" && !(suspended && (action === "start" || action === "restart")),
      call: (api: Parameters<Act<R>["call"]>[0], { id }: R) => api.servers.power({ server: id, action }),
    })),
    {
      label: "Suspend",
      needs: ["admin:servers:suspend"],
      says: "It is stopped, and its people can neither start it nor get at its files until that is lifted.",
      ask: { label: "Reason, which whoever has it can read", required: true, most: 500 },
      done: "Suspended",
      when: ({ state, suspended }) => !suspended && state !== "deleting",
      call: (api, { id }, reason) => api.staffServers.suspend({ server: id, reason }),
    },
    {
      label: "Lift suspension",
      needs: ["admin:servers:suspend"],
      says: "Its people can use it again. It is not started.",
      done: "No longer suspended",
      when: ({ state, suspended }) => suspended && state !== "deleting",
      call: (api, { id }) => api.staffServers.unsuspend({ server: id }),
    },
    {
      label: "Delete",
      needs: ["admin:servers:delete", "servers:delete"],
      tone: "danger",
      says: "It is stopped and deleted with all of its files. Nobody can bring it back.",
      done: "Being deleted",
      when: ({ state }) => state !== "deleting",
      call: (api, { id, name }) => api.staffServers.remove({ server: id, name }),
    },
    {
      label: "Forget",
      needs: ["admin:servers:delete", "servers:delete"],
      tone: "danger",
      says: "The panel forgets it without its node, which cannot be asked. Files that are still there stay there.",
      done: "Forgotten",
      when: ({ state }) => state === "deleting",
      call: (api, { id, name }) => api.staffServers.remove({ server: id, name, force: true }),
    },
  ];
  return all.filter(({ needs }) => needs.some((one) => may.includes(one)));
}
