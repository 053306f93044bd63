/** How schedules and what comes of them are said. */
import type { Tone } from "#components/ui/badge.tsx";
import type { Outputs } from "#lib/api/outputs.ts";

export type Schedule = Outputs["servers"]["schedules"]["list"]["items"][number];
export type Run = Outputs["servers"]["schedules"]["runs"]["items"][number];
type Step = Pick<Schedule["steps"][number], "kind" | "payload">;

export const runWords: Readonly<Record<Run["state"], { tone: Tone; word: string }>> = {
  running: { tone: "accent", word: "Under way" },
  done: { tone: "ok", word: "Done" },
  failed: { tone: "bad", word: "Failed" },
  skipped: { tone: "warn", word: "Skipped" },
};

export const outcomeWords: Readonly<Record<Run["outcomes"][number]["state"], { tone: Tone; word: string }>> = {
  done: { tone: "ok", word: "Done" },
  failed: { tone: "bad", word: "Failed" },
  skipped: { tone: "warn", word: "Skipped" },
  unknown: { tone: "warn", word: "Not known" },
};

export const powerWords: Readonly<Record<string, string>> = {
  start: "Start the server",
  stop: "Stop the server",
  restart: "Restart the server",
  kill: "Kill the server",
};

export const kindWords = { power: "Start or stop", command: "Send a command", backup: "Make a backup" } as const;

export const stepInWords = ({ kind, payload }: Step): string =>
  kind === "power" ? (powerWords[payload] ?? payload) : kind === "command" ? payload : "Make a backup";
