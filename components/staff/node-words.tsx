/** How nodes are put into words. */
import { Badge } from "#components/ui/badge.tsx";
import type { TabData } from "./tab-props.ts";

type Row = TabData<"nodes">["items"][number];

export const classificationWords: Record<Row["classification"], string> = {
  free: "Free",
  paid: "Paid",
  free_and_paid: "Free and paid",
  enterprise: "Enterprise",
};

export function HealthBadge({
  health,
  unheardSince,
  maintenance,
}: Pick<Row, "health" | "unheardSince" | "maintenance">) {
  return (
    <span className="inline-flex flex-wrap gap-1.5">
      {health === "healthy" && <Badge tone="ok">Healthy</Badge>}
      {health === "unhealthy" && <Badge tone="bad">Unhealthy</Badge>}
      {unheardSince !== null && <Badge tone="bad">Cannot call the panel</Badge>}
      {health === "waiting" && <Badge>Not seen yet</Badge>}
      {maintenance && <Badge tone="warn">Maintenance</Badge>}
    </span>
  );
}

/** MiB as people say it. */
export function sizeOf(mib: number): string {
  const [value, unit] = mib >= 1_048_576 ? [mib / 1_048_576, "TiB"] : mib >= 1024 ? [mib / 1024, "GiB"] : [mib, "MiB"];
  return `${value.toLocaleString("en-GB", { maximumFractionDigits: 1 })} ${unit}`;
}
