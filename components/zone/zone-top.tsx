/** The zone's name, state and facts. Once it is on the screen it asks whether the provider has moved on. */
"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Ladder } from "#components/ui/ladder.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { exactTime, Time } from "#components/ui/time.tsx";
import type { ZoneLevel } from "#lib/access/zone-level.ts";
import { stepsOfLevel } from "./zone-view.ts";

export interface ZoneTopProps {
  organisation: string;
  zone: string;
  facts: {
    displayName: string;
    connectionLabel: string;
    kind: string;
    status: "active" | "pending" | "error";
    statusMessage: string;
    serial: number | null;
    recordCount: number;
    level: ZoneLevel;
    narrowed: boolean;
  };
  refreshedAt: number;
  now: number;
}

const states = { active: ["Active", "ok"], pending: ["Pending", "warn"], error: ["Error", "bad"] } as const;
const TICK_MS = 15_000;

export function ZoneTop({ organisation, zone, facts, refreshedAt, now }: ZoneTopProps) {
  const local = facts.kind === "local";
  const { checkedAt, problem } = useRefresh(organisation, zone, local);
  const clock = useClock(now);
  const at = Math.max(refreshedAt, checkedAt ?? 0);
  const [word, tone] = states[facts.status];
  const records = facts.recordCount === 1 ? "1 record" : `${facts.recordCount.toLocaleString("en-GB")} records`;
  return (
    <>
      <PageHeader
        title={facts.displayName}
        mono
        badge={<Badge tone={tone}>{word}</Badge>}
        meta={[
          facts.displayName !== zone && <span className="font-mono">{zone}</span>,
          facts.connectionLabel,
          facts.serial !== null && `Serial ${facts.serial}`,
          records,
          <Ladder
            key="level"
            value={stepsOfLevel(facts.level)}
            label={`Your level: ${facts.level}${facts.narrowed ? ", in places" : ""}`}
          />,
          !local && at > 0 && (
            <>
              Checked <Time at={at} now={Math.max(clock, at)} />
            </>
          ),
        ].filter(Boolean)}
      />
      {facts.statusMessage !== "" && (
        <Banner tone={facts.status === "error" ? "bad" : facts.status === "pending" ? "warn" : "info"} className="mb-3">
          {facts.statusMessage}
        </Banner>
      )}
      {problem !== null && (
        <Banner tone="warn" live className="mb-3">
          {problem.replace(/\.$/, "")}: showing records as of {exactTime(refreshedAt)}.
        </Banner>
      )}
    </>
  );
}

/** Asks once after the first paint, and when somebody comes back to the page. */
function useRefresh(organisation: string, zone: string, local: boolean) {
  const router = useRouter();
  const [state, setState] = useState<{ checkedAt: number | null; problem: string | null }>({
    checkedAt: null,
    problem: null,
  });
  const busy = useRef(false);

  useEffect(() => {
    if (local) return;
    const ask = async () => {
      if (busy.current || document.visibilityState === "hidden") return;
      busy.current = true;
      try {
        const { api } = await import("#lib/api/client.ts");
        const { moved, refreshedAt, problem } = await api.dns.refresh({ organisation, zone });
        setState({ checkedAt: problem === null ? refreshedAt : null, problem });
        if (moved) router.refresh();
      } catch {
        // The records are those that the page came with; its next action says what is wrong.
      } finally {
        busy.current = false;
      }
    };
    const first = setTimeout(ask, 0);
    document.addEventListener("visibilitychange", ask);
    return () => {
      clearTimeout(first);
      document.removeEventListener("visibilitychange", ask);
    };
  }, [organisation, zone, local, router]);
  return state;
}

/** The server's time at first, so that both sides render the same text. */
function useClock(start: number): number {
  const [clock, setClock] = useState(start);
  useEffect(() => {
    const timer = setInterval(() => setClock(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return Math.max(clock, start);
}
