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
import { formatBytes } from "./bytes.ts";
import { limitOf } from "./words.tsx";

type Stats = Outputs["servers"]["stats"];

const EVERY_MS = 5000;
const SOON_MS = 700;

export interface LiveStateProps {
  server: string;
  name: string;
  /** What the person may. */
  stats: boolean;
  power: boolean;
  limits: Limits;
}

/** MiB, and per cent of one core; 0: no limit. */
export interface Limits {
  memory: number;
  disk: number;
  cpu: number;
}

export function LiveState({ server, name, stats: reads, power, limits }: LiveStateProps) {
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
      actions={
        power && <Power server={server} name={name} state={stats?.state ?? null} onDone={() => setRound(round + 1)} />
      }
    >
      <div className="flex flex-col gap-3">
        {problem !== null && <Banner tone="warn">{problem}</Banner>}
        {!reads && <p className="text-dim">What it uses is shown to those who may see that.</p>}
        {reads && stats === null && problem === null && <p className="text-dim">Asking its node…</p>}
        {stats !== null && <Facts items={factsOf(stats, limits)} />}
      </div>
    </Panel>
  );
}

export const powerWords: Record<Stats["state"], { label: string; tone: "ok" | "warn" | "neutral" }> = {
  running: { label: "Running", tone: "ok" },
  starting: { label: "Starting", tone: "warn" },
  stopping: { label: "Stopping", tone: "warn" },
  offline: { label: "Offline", tone: "neutral" },
};

function factsOf(stats: Stats, limits: Limits) {
  const { label, tone } = powerWords[stats.state];
  return [{ label: "State", value: <Badge tone={tone}>{label}</Badge> }, ...figureFacts(stats, limits)];
}

type Figures = Omit<Stats, "suspended" | "memoryLimitBytes">;

export function figureFacts(stats: Figures, { memory, disk, cpu }: Limits) {
  const used = `${stats.cpu.toLocaleString("en-GB", { maximumFractionDigits: 1 })} % of one core`;
  return [
    { label: "Processors", value: cpu === 0 ? used : `${used}, at most ${cpu} %` },
    { label: "Memory", value: ofLimit(stats.memoryBytes, memory) },
    { label: "Disk", value: ofLimit(stats.diskBytes, disk) },
    { label: "Network", value: `${formatBytes(stats.receivedBytes)} in, ${formatBytes(stats.sentBytes)} out` },
    ...(stats.state === "running" ? [{ label: "Up for", value: durationOf(stats.uptimeMs) }] : []),
  ];
}

/** `bytes`: null is not known. `limit`: MiB; 0 is none. */
function ofLimit(bytes: number | null, limit: number): string {
  if (bytes === null) return limit === 0 ? "Not known" : `Not known, at most ${limitOf(limit)}`;
  return limit === 0 ? `${formatBytes(bytes)}, without a limit` : `${formatBytes(bytes)} of ${limitOf(limit)}`;
}

function durationOf(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes === 0) return "Less than a minute";
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  return days > 0 ? `${days} d ${hours} h` : hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

interface PowerProps {
  server: string;
  name: string;
  /** Null: not known. */
  state: Stats["state"] | null;
  onDone: () => void;
}

const said = { start: "Starting", restart: "Restarting", stop: "Stopping", kill: "Killed" } as const;

export function Power({ server, name, state, onDone }: PowerProps) {
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
        title={`Kill ${name}?`}
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
