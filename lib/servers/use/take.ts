/**
 * What a node says of its servers, taken down: in a thread of its own, because the answer is long, and is not to be trusted.
 * It carries each server's whole configuration, secrets included; of that the id alone is looked at.
 */
import Database from "better-sqlite3";
import * as z from "zod";
import { jsonWithin } from "../../wings/bounded-json.ts";

interface Said {
  /** `data/logs.db`. */
  file: string;
  node: string;
  /** Milliseconds. */
  at: number;
}

/** What the thread is asked. */
export interface Answered extends Said {
  /** `data/panel.db`. */
  panel: string;
  bytes: ArrayBuffer;
}

interface Heard extends Said {
  bytes: Uint8Array;
  servers: Known;
}

/** A node's servers: what it knows them by, and their ids. It can speak of no other. */
type Known = readonly (readonly [uuid: string, id: string])[];

/** Seconds that a row is about. */
export const RESOLUTIONS = [60, 300, 3600] as const;
/** Rows that are written in one go: the log waits meanwhile. */
const AT_ONCE = 2000;
/** What a daemon says of a server has some hundred values. What has very many more is not read at all. */
const VALUES_EACH = 3000;
const MOST_VALUES = 1_000_000;
/** Counters are compared over so long at most. */
const FORGOTTEN_MS = 300_000;

/** Nothing that a machine could say is above these. */
const tenths = z.number().nonnegative().max(100_000);
const octets = z
  .number()
  .nonnegative()
  .max(2 ** 50);
const Told = z.object({
  state: z.enum(["starting", "running", "stopping"]),
  utilization: z.object({
    memory_bytes: octets,
    cpu_absolute: tenths,
    disk_bytes: octets.catch(0),
    network: z.object({ rx_bytes: octets, tx_bytes: octets }).optional().catch(undefined),
  }),
  configuration: z.object({ uuid: z.string() }),
});

interface Counters {
  at: number;
  received: number;
  sent: number;
}

/** Those of the last time, of each node's servers. */
const before = new Map<string, Map<string, Counters>>();

let reader: { file: string; knownTo: (node: string) => Known; close: () => void } | null = null;
let writer: { file: string; write: (at: number, rows: readonly Row[]) => void; close: () => void } | null = null;

interface Row {
  server: string;
  cpu: number;
  memory: number;
  disk: number;
  counted: number;
  received: number;
  sent: number;
}

/** As `take` says. */
export function taken({ panel, bytes, ...said }: Answered): number | null {
  if (reader?.file !== panel) {
    reader?.close();
    reader = { file: panel, ...readerOf(panel) };
  }
  return take({ ...said, bytes: new Uint8Array(bytes), servers: reader.knownTo(said.node) });
}

/** How many servers ran; null: the answer is no such list. */
export function take({ file, node, at, bytes, servers }: Heard): number | null {
  const list = jsonWithin(bytes, Math.min(MOST_VALUES, (servers.length + 4) * VALUES_EACH));
  if (!Array.isArray(list)) return null;
  const ids = new Map(servers);
  const last = before.get(node);
  const counters = new Map<string, Counters>();
  const rows: Row[] = [];
  for (const one of list) {
    const { success, data } = Told.safeParse(one);
    const uuid = success ? data.configuration.uuid : "";
    const server = ids.get(uuid);
    // Said twice it counts once.
    if (!success || server === undefined || counters.has(uuid)) continue;
    const { network, ...use } = data.utilization;
    const now = { at, received: network?.rx_bytes ?? 0, sent: network?.tx_bytes ?? 0 };
    counters.set(uuid, now);
    rows.push({
      server,
      cpu: Math.round(use.cpu_absolute * 10),
      memory: Math.round(use.memory_bytes / 1024),
      disk: Math.round(use.disk_bytes / 1024),
      ...since(last?.get(uuid), now),
    });
  }
  before.set(node, counters);
  for (const [known, its] of before) if (isOld(its, at)) before.delete(known);
  if (writer?.file !== file) {
    writer?.close();
    writer = { file, ...writerOf(file) };
  }
  writer.write(at, rows);
  return rows.length;
}

/** Counters begin anew with each start of a server: then what they say is since that. */
function since(last: Counters | undefined, now: Counters): Pick<Row, "counted" | "received" | "sent"> {
  const counted = last ? now.at - last.at : 0;
  if (!last || counted <= 0 || counted > FORGOTTEN_MS) return { counted: 0, received: 0, sent: 0 };
  const anew = now.received < last.received || now.sent < last.sent;
  return {
    counted,
    received: anew ? now.received : now.received - last.received,
    sent: anew ? now.sent : now.sent - last.sent,
  };
}

function isOld(counters: ReadonlyMap<string, Counters>, now: number): boolean {
  const [first] = counters.values();
  return first === undefined || now - first.at > FORGOTTEN_MS;
}

function readerOf(file: string) {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  const known = database.prepare("select uuid, id from servers where node_id = ? and state <> 'deleting'").raw();
  return { knownTo: (node: string) => known.all(node) as [string, string][], close: () => database.close() };
}

function writerOf(file: string) {
  const database = new Database(file, { fileMustExist: true });
  database.pragma("synchronous = NORMAL");
  database.pragma("busy_timeout = 5000");
  const numbers = new Map<string, number>();
  const known = database.prepare("select id from used_servers where server = ?").pluck();
  const makeKnown = database.prepare("insert into used_servers (server) values (?)");
  const add = database.prepare(
    `insert into server_use (resolution, at, server, times, cpu, cpu_most, memory, memory_most, disk, counted, received, sent)
     values (@resolution, @at, @number, 1, @cpu, @cpu, @memory, @memory, @disk, @counted, @received, @sent)
     on conflict (resolution, at, server) do update set times = times + 1, cpu = cpu + @cpu, cpu_most = max(cpu_most, @cpu),
       memory = memory + @memory, memory_most = max(memory_most, @memory), disk = max(disk, @disk),
       counted = counted + @counted, received = received + @received, sent = sent + @sent`,
  );

  function numberOf(server: string): number {
    const there = numbers.get(server) ?? (known.get(server) as number | undefined);
    const number = there ?? Number(makeKnown.run(server).lastInsertRowid);
    numbers.set(server, number);
    return number;
  }

  const writeSome = database.transaction((at: number, rows: readonly Row[]) => {
    for (const { server, ...row } of rows) {
      const number = numberOf(server);
      for (const resolution of RESOLUTIONS)
        add.run({ ...row, number, resolution, at: at - (at % (resolution * 1000)) });
    }
  });

  return {
    write: (at: number, rows: readonly Row[]) => {
      for (let from = 0; from < rows.length; from += AT_ONCE) writeSome.immediate(at, rows.slice(from, from + AT_ONCE));
    },
    close: () => database.close(),
  };
}
