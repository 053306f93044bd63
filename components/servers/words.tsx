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

const tones: Record<State, "ok" | "warn" | "bad" | "accent"> = {
  installing: "accent",
  install_failed: "bad",
  interrupted: "warn",
  ready: "ok",
  restoring: "accent",
  transferring: "accent",
  deleting: "bad",
};

export function StateBadge({ state, suspended }: { state: State; suspended: boolean }) {
  return (
    <span className="inline-flex flex-wrap gap-1.5">
      <Badge tone={tones[state]}>{stateWords[state]}</Badge>
      {suspended && <Badge tone="warn">Suspended</Badge>}
    </span>
  );
}

/** MiB; 0 is without a limit. */
export const limitOf = (mib: number): string => (mib === 0 ? "No limit" : sizeOf(mib));
export const cpuOf = (percent: number): string => (percent === 0 ? "No limit" : `${percent} %`);

export const roomOf = (limits: { backups: number; databases: number; allocations: number }): string =>
  [counted(limits.backups, "backup"), counted(limits.databases, "database"), counted(limits.allocations, "port")].join(
    ", ",
  );

const counted = (count: number, noun: string): string =>
  `${count.toLocaleString("en-GB")} ${noun}${count === 1 ? "" : "s"}`;

export const addressOf = (address: { host: string; port: number } | null): string =>
  address === null
    ? "No address"
    : `${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`;
