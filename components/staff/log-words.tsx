/** How a row of the logs is told of. */
import { Badge } from "#components/ui/badge.tsx";

export const took = (ms: number | null): string =>
  ms === null ? "" : ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${ms >= 10 ? Math.round(ms) : ms.toFixed(1)} ms`;

export function Outcome({ outcome, code }: { outcome: string | null; code: string | null }) {
  const bad = outcome === "refused" || Number(outcome) >= 500;
  const tone = bad ? "bad" : Number(outcome) >= 400 ? "warn" : "neutral";
  return (
    <>
      <Badge tone={tone}>{outcome}</Badge>
      {code && <span className="ms-1.5 text-dim">{code}</span>}
    </>
  );
}
