/** What servers of the demo panel used over the last month, as its samples would have told. */
import path from "node:path";
import Database from "better-sqlite3";
import { RESOLUTIONS } from "#lib/servers/use/take.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MIB = 1024;

/** How far back each is kept. */
const KEPT: Record<(typeof RESOLUTIONS)[number], number> = { 60: 2 * HOUR, 300: 48 * HOUR, 3600: 30 * 24 * HOUR };

export interface Used {
  /** The server's id. */
  server: string;
  /** Milliseconds: it has run for so long. */
  since: number;
}

export function fillUse(dataDir: string, all: readonly Used[], now = Date.now()): void {
  const logs = new Database(path.join(dataDir, "logs.db"));
  logs.pragma("busy_timeout = 10000");
  try {
    const known = logs.prepare("insert or ignore into used_servers (server) values (?)");
    const number = logs.prepare("select id from used_servers where server = ?").pluck();
    const add = logs.prepare(
      `insert or ignore into server_use
         (resolution, at, server, times, cpu, cpu_most, memory, memory_most, disk, counted, received, sent)
       values (@resolution, @at, @server, @times, @cpu, @cpuMost, @memory, @memoryMost, @disk, @counted, @received, @sent)`,
    );
    logs.transaction(() => {
      for (const { server, since } of all) {
        known.run(server);
        const id = number.get(server);
        for (const resolution of RESOLUTIONS) {
          const step = resolution * 1000;
          const first = now - Math.min(KEPT[resolution], since);
          for (let at = first - (first % step); at <= now; at += step)
            if (ran(at, resolution, now)) add.run({ ...figuresAt(at, resolution, now), resolution, at, server: id });
        }
      }
    })();
  } finally {
    logs.close();
  }
}

/** It was off for half a day some time ago, and for some minutes just now, of which an hour says nothing. */
function ran(at: number, resolution: number, now: number): boolean {
  const ago = now - at;
  const paused = resolution < 3600 && ago > 22 * MINUTE && ago < 27 * MINUTE;
  return !(ago > 200 * HOUR && ago < 212 * HOUR) && !paused;
}

/** More in the evening than at night, and never the same twice. */
function figuresAt(at: number, resolution: number, now: number) {
  const hour = (at / HOUR) % 24;
  const busy = 0.25 + 0.6 * Math.max(0, Math.sin(((hour - 8) / 24) * 2 * Math.PI));
  const jitter = (n: number) => (Math.sin(at / 47_000 + n) + Math.sin(at / 13_000 + 2 * n)) / 2;
  const times = resolution / 60;
  const cpu = Math.round(10 * (30 + 110 * busy + 12 * jitter(1)));
  const memory = Math.round(MIB * (2300 + 3600 * busy + 150 * jitter(2)));
  const disk = Math.round(MIB * (6400 - 40 * ((now - at) / (24 * HOUR))));
  const perSecond = 24_000 + 90_000 * busy;
  return {
    times,
    cpu: cpu * times,
    cpuMost: Math.round(cpu * 1.25),
    memory: memory * times,
    memoryMost: memory + 180 * MIB,
    disk,
    counted: resolution * 1000,
    received: Math.round(perSecond * resolution * (1 + 0.2 * jitter(3))),
    sent: Math.round(perSecond * resolution * (4 + jitter(4))),
  };
}
