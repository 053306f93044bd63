/** How servers are put into words. */
import { sizeOf } from "#components/staff/node-words.tsx";
import { Badge } from "#components/ui/badge.tsx";
import type { Outputs } from "#lib/api/outputs.ts";

type State = Outputs["servers"]["open"]["state"];

export const stateWords: Record<State, string> = {
  installing: "Installing",
  install_failed: "Not installed",
  interrupted: "Installation interrupted",
  ready: "Ready",
  restoring: "Restoring",
  transferring: "Moving",
  deleting: "Being deleted",
};

const tones: Record<Exclude<State, "ready">, "warn" | "bad" | "accent"> = {
  installing: "accent",
  install_failed: "bad",
  interrupted: "warn",
  restoring: "accent",
  transferring: "accent",
  deleting: "bad",
};

interface Standing {
  state: State;
  suspended: boolean;
}

/** What stands in its way: of a server that can be run it shows nothing. */
export function StateBadge({ state, suspended }: Standing) {
  if (state === "ready" && !suspended) return null;
  return (
    <span className="inline-flex flex-wrap gap-1.5">
      {state !== "ready" && <Badge tone={tones[state]}>{stateWords[state]}</Badge>}
      {suspended && <Badge tone="warn">Suspended</Badge>}
    </span>
  );
}

/** The same in a column of its own, which is never empty. */
export const StateCell = ({ state, suspended }: Standing) =>
  state === "ready" && !suspended ? (
    <span className="text-dim">{stateWords.ready}</span>
  ) : (
    <StateBadge state={state} suspended={suspended} />
  );

/** MiB; 0 is without a limit. */
export const limitOf = (mib: number): string => (mib === 0 ? "No limit" : sizeOf(mib));
/** Per cent of one core; 0 is without a limit. */
export const cpuOf = (percent: number): string =>
  percent === 0 ? "No limit" : percent % 100 === 0 ? counted(percent / 100, "core") : `${percent} % of one core`;

export function roomOf(limits: { backups: number; databases: number; allocations: number }): string {
  const { backups, databases, allocations } = limits;
  const words = [counted(backups, "backup"), counted(databases, "database"), counted(allocations, "port")].join(", ");
  return words[0]?.toUpperCase() + words.slice(1);
}

const counted = (count: number, noun: string): string =>
  `${count === 0 ? "no" : count.toLocaleString("en-GB")} ${noun}${count === 1 ? "" : "s"}`;

export const addressOf = (address: { host: string; port: number } | null): string =>
  address === null
    ? "No address"
    : `${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`;
