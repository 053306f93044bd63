/** What a server used over a time, from what was taken down. */
import { eq } from "drizzle-orm";
import { logsDb } from "#db/logs/client.ts";
import { usedServers } from "#db/logs/schema.ts";
import { answers } from "#lib/nodes/health.ts";
import type { LoadedServer } from "../load.ts";
import type { RESOLUTIONS } from "./take.ts";

/** What is read, and how many seconds of it make one point. */
const RANGES = {
  "1h": { seconds: 3600, resolution: 60, step: 60 },
  "24h": { seconds: 86_400, resolution: 300, step: 300 },
  "7d": { seconds: 604_800, resolution: 3600, step: 3600 },
  "30d": { seconds: 2_592_000, resolution: 3600, step: 10_800 },
} as const satisfies Record<string, { seconds: number; resolution: (typeof RESOLUTIONS)[number]; step: number }>;

export type UseRange = keyof typeof RANGES;
export const useRanges = Object.keys(RANGES) as [UseRange, ...UseRange[]];

const KIB = 1024;

interface Sum {
  at: number;
  times: number;
  cpu: number;
  cpuMost: number;
  memory: number;
  memoryMost: number;
  disk: number;
  counted: number;
  received: number;
  sent: number;
}

/** Null where it did not run, or was not looked at. */
export function readUseOf({ server, node }: LoadedServer, range: UseRange, now = Date.now()) {
  const { seconds, resolution, step } = RANGES[range];
  const at = times(now, seconds, step);
  const number = numberOf(server.id);
  const rows = number === null ? [] : sums(number, resolution, step * 1000, times(now, seconds, resolution));
  const byTime = new Map(rows.map((row) => [row.at, row]));
  const line = (figure: (row: Sum) => number | null) =>
    at.map((time) => {
      const row = byTime.get(time);
      return row ? figure(row) : null;
    });
  const rate = (key: "received" | "sent") =>
    line((row) => (row.counted === 0 ? null : Math.round((row[key] * 1000) / row.counted)));
  return {
    range,
    step,
    at,
    cpu: line((row) => Math.round(row.cpu / row.times) / 10),
    cpuMost: line((row) => row.cpuMost / 10),
    memory: line((row) => Math.round(row.memory / row.times) * KIB),
    memoryMost: line((row) => row.memoryMost * KIB),
    disk: line((row) => row.disk * KIB),
    received: rate("received"),
    sent: rate("sent"),
    receivedBytes: rows.reduce((sum, { received }) => sum + received, 0),
    sentBytes: rows.reduce((sum, { sent }) => sum + sent, 0),
    node: { answers: answers(node, now), seenAt: node.seenAt },
  };
}

/** What it had on its disk when it last ran; null: that is not known. */
export function lastDisk(server: string, now = Date.now()): number | null {
  const number = numberOf(server);
  if (number === null) return null;
  const rows = sums(number, 3600, 3_600_000, times(now, RANGES["30d"].seconds, 3600));
  const last = rows.at(-1);
  return last ? last.disk * KIB : null;
}

const numberOf = (server: string): number | null =>
  logsDb().select({ id: usedServers.id }).from(usedServers).where(eq(usedServers.server, server)).get()?.id ?? null;

/** Where steps begin, up to the one that is under way. */
function times(now: number, seconds: number, step: number): number[] {
  const stepMs = step * 1000;
  const last = now - (now % stepMs);
  const points = Math.ceil(seconds / step);
  return Array.from({ length: points }, (_, place) => last - (points - 1 - place) * stepMs);
}

/** The key begins with the time, so that writing goes to one place: each time is looked up. */
function sums(server: number, resolution: number, stepMs: number, at: readonly number[]): Sum[] {
  return logsDb()
    .$client.prepare(
      `select at - at % ${stepMs} as at, sum(times) as times, sum(cpu) as cpu, max(cpu_most) as cpuMost, sum(memory) as memory,
         max(memory_most) as memoryMost, max(disk) as disk, sum(counted) as counted, sum(received) as received, sum(sent) as sent
       from server_use where resolution = ${resolution} and at in (select value from json_each(?)) and server = ?
       group by 1 order by 1`,
    )
    .all(JSON.stringify(at), server) as Sum[];
}
