/** Takes back a change that was just applied, and says what came of it. */
import { toast } from "#components/ui/toast.tsx";
import type { ZoneView } from "./zone-view.ts";

export async function undoApplied(zone: ZoneView, change: string, refresh: () => void): Promise<void> {
  const { api, failureOf } = await import("#lib/api/client.ts");
  try {
    const result = await api.dns.revert({ organisation: zone.organisation, zone: zone.zone, change });
    if (result.dryRun) return;
    if (result.state === "applied") toast("It is as it was before.", { tone: "ok" });
    else toast(result.message || "It is being undone: the history says what came of it.", { tone: "warn" });
    refresh();
  } catch (error) {
    toast(`It was not undone: ${failureOf(error).message}`, { tone: "bad" });
  }
}
