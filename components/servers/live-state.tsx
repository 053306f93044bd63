/** What a server does and uses, asked again while the page is looked at, and the buttons that start and stop it. */
"use client";
import { useEffect, useState } from "react";
import { attempt, Refusal } from "#components/ui/attempt.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { limitOf } from "./words.tsx";

type Stats = Outputs["servers"]["stats"];

const EVERY_MS = 5000;
const SOON_MS = 700;

export interface LiveStateProps {
  server: string;
  /** What the person may. */
  stats: boolean;
  power: boolean;
  /** MiB; 0: no limit. */
  memory: number;
  disk: number;
}

export function LiveState({ server, stats: reads, power, memory, disk }: LiveStateProps) {
  const [stats, setStats] = useState<Stats | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (!reads) return;
    let current = true;
    const ask = async () => {
      if (document.hidden) return;
      try {
        const now = await attempt((api) => api.servers.stats({ server }));
        if (current) [setStats(now), setProblem(null)];
      } catch (error) {
        if (current) setProblem(error instanceof Refusal ? error.failure.message : "The panel cannot be reached.");
      }
    };
    const first = setTimeout(ask, round === 0 ? 0 : SOON_MS);
    const timer = setInterval(ask, EVERY_MS);
    return () => {
      current = false;
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [server, reads, round]);

  return (
    <Panel
      title="Now"
      actions={power && <Power server={server} state={stats?.state ?? null} onDone={() => setRound(round + 1)} />}
    >
      {problem !== null && (
        <Banner tone="warn" className="mb-3">
          {problem}
        </Banner>
      )}
      {!reads && <p className="text-dim">What it uses is shown to those who may see that.</p>}
      {reads && stats === null && problem === null && <p className="text-dim">Asking its node…</p>}
      {stats !== null && <Facts items={factsOf(stats, memory, disk)} />}
    </Panel>
  );
}

export const powerWords: Record<Stats["state"], { label: string; tone: "ok" | "warn" | "neutral" }> = {
  running: { label: "Running", tone: "ok" },
  starting: { label: "Starting", tone: "warn" },
  stopping: { label: "Stopping", tone: "warn" },
  offline: { label: "Offline", tone: "neutral" },
};

function factsOf(stats: Stats, memory: number, disk: number) {
  const { label, tone } = powerWords[stats.state];
  return [{ label: "State", value: <Badge tone={tone}>{label}</Badge> }, ...figureFacts(stats, memory, disk)];
}

type Figures = Omit<Stats, "suspended" | "memoryLimitBytes">;

export function figureFacts(stats: Figures, memory: number, disk: number) {
  return [
    { label: "Processors", value: `${stats.cpu.toLocaleString("en-GB", { maximumFractionDigits: 1 })} %` },
    { label: "Memory", value: `${mebibytes(stats.memoryBytes)} of ${limitOf(memory)}` },
    {
      label: "Disk",
      value: `${stats.diskBytes === null ? "Not known," : mebibytes(stats.diskBytes)} of ${limitOf(disk)}`,
    },
    { label: "Network", value: `${mebibytes(stats.receivedBytes)} in, ${mebibytes(stats.sentBytes)} out` },
    ...(stats.state === "running" ? [{ label: "Up for", value: durationOf(stats.uptimeMs) }] : []),
  ];
}

const mebibytes = (bytes: number): string =>
  bytes >= 1024 ** 3
    ? `${(bytes / 1024 ** 3).toLocaleString("en-GB", { maximumFractionDigits: 1 })} GiB`
    : `${Math.round(bytes / 1024 ** 2).toLocaleString("en-GB")} MiB`;

function durationOf(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  return days > 0 ? `${days} d ${hours} h` : hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

interface PowerProps {
  server: string;
  /** Null: not known. */
  state: Stats["state"] | null;
  onDone: () => void;
}

const said = { start: "Starting", restart: "Restarting", stop: "Stopping", kill: "Killed" } as const;

export function Power({ server, state, onDone }: PowerProps) {
  const { pending, failure, run } = useAction();
  const send = async (action: "start" | "restart" | "stop") => {
    const outcome = await run((api) => api.servers.power({ server, action }));
    if (!outcome?.ok) return;
    toast(said[action]);
    onDone();
  };
  const on = state !== null && state !== "offline";
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      {failure && <FailureBanner failure={failure} />}
      <Button variant="primary" disabled={pending || on} onClick={() => send("start")}>
        Start
      </Button>
      <Button disabled={pending || state === "offline"} onClick={() => send("restart")}>
        Restart
      </Button>
      <Button disabled={pending || state === "offline"} onClick={() => send("stop")}>
        Stop
      </Button>
      <ConfirmButton
        label="Kill"
        button={{ variant: "danger" }}
        title="Kill it?"
        confirm="Kill"
        call={(api) => api.servers.power({ server, action: "kill" })}
        onDone={() => {
          toast(said.kill);
          onDone();
        }}
      >
        It is ended at once. What it has not saved is lost.
      </ConfirmButton>
    </div>
  );
}
