/** Whether a rollout reaches anybody now. */
import { Badge } from "#components/ui/badge.tsx";

export const StateBadge = ({ running, enabled }: { running: boolean; enabled: boolean }) => (
  <Badge tone={running ? "ok" : "neutral"}>{running ? "Running" : enabled ? "Not now" : "Off"}</Badge>
);
