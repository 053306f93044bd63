/** `import`: a file of 100,000 records into a zone of the panel's own, what that takes of memory, and what others notice of it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Client, type PanelServer, startServer } from "../support/server.ts";
import { administrator } from "./bench-zone.ts";
import { percentile, type Row, row } from "./figures.ts";
import { residentMemory } from "./process.ts";

const BENCH = "import";
const RECORDS = 100_000;
const ZONES = "/organisations/bench/dns/zones";

export async function importing(): Promise<Row[]> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "zonegate-import-"));
  const server = await startServer({ dataDir });
  try {
    const client = await administrator(server);
    await server.command(["settings", "limits.records_per_zone", "500000"]);
    await client.call("POST", ZONES, { name: "large.example", connection: "local" });
    await client.call("POST", ZONES, { name: "other.example", connection: "local" });
    const quiet = await watched(server, client, () => new Promise((resolve) => setTimeout(resolve, 5000)));
    const busy = await watched(server, client, () => importFile(server, client, "large.example", fileOf(RECORDS)));
    const { total } = await client.call<{ total: number }>("GET", `${ZONES}/large.example/records?type=A`);
    if (total < 10_000) throw new Error(`Only ${total} records were imported.`);
    const against = "without an import";
    return [
      row(BENCH, `${RECORDS} records imported`, busy.took / 1000, "s", { goal: "< 10 s" }),
      row(BENCH, "most memory meanwhile", busy.memory, "MB", { beside: quiet.memory, against, goal: "< 500 MB" }),
      row(BENCH, "a page of records meanwhile, p99", percentile(busy.reads, 0.99), "ms", {
        beside: percentile(quiet.reads, 0.99),
        against,
        goal: "< 100 ms",
      }),
      row(BENCH, "a change meanwhile, p99", percentile(busy.writes, 0.99), "ms", {
        beside: percentile(quiet.writes, 0.99),
        against,
        goal: "< 100 ms",
      }),
    ];
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** One record a line, of five kinds. */
export const fileOf = (records: number): string =>
  Array.from({ length: records }, (_, index) => {
    const host = String(index).padStart(6, "0");
    const kinds = [
      `host-${host} 300 IN A 192.0.2.${index % 250}`,
      `host-${host} 300 IN AAAA 2001:db8::${(index >> 16).toString(16)}:${((index & 0xffff) + 1).toString(16).slice(-4)}`,
      `www-${host} 300 IN CNAME host-000000`,
      `mail-${host} 300 IN MX 10 host-000000`,
      `_verify-${host} 300 IN TXT "site-verification=${index.toString(36).padStart(40, "a")}"`,
    ];
    return `${kinds[index % kinds.length]}\n`;
  }).join("");

/** Sends the file and waits until it is in. */
export async function importFile(server: PanelServer, client: Client, zone: string, text: string): Promise<void> {
  const answer = await fetch(`${server.origin}/api${ZONES}/${zone}/import?mode=merge`, {
    method: "POST",
    headers: { origin: server.origin, cookie: client.cookie, "content-type": "text/dns" },
    body: text,
  });
  const body = (await answer.json()) as { import?: { id: string } };
  if (!answer.ok) throw new Error(`The import was answered ${answer.status} ${JSON.stringify(body).slice(0, 2000)}`);
  while (body.import) {
    const at = `${ZONES}/${zone}/imports/${body.import.id}`;
    const { state, message } = await client.call<{ state: string; message: string }>("GET", at);
    if (state === "done") return;
    if (state === "failed") throw new Error(`The import failed: ${message}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** How long some work takes, with the most memory that there is meanwhile and how long others wait for their answers. */
async function watched(server: PanelServer, client: Client, work: () => Promise<void>) {
  const [reads, writes]: [number[], number[]] = [[], []];
  let memory = 0;
  let over = false;
  const timer = setInterval(() => {
    memory = Math.max(memory, residentMemory(server.pid) ?? 0);
  }, 20);
  const timed = async (into: number[], call: () => Promise<unknown>) => {
    const began = performance.now();
    await call();
    into.push(performance.now() - began);
  };
  const others = (async () => {
    for (let index = 0; !over; index++) {
      await timed(reads, () => client.call("GET", `${ZONES}/other.example/records`));
      const content = `192.0.2.${index % 250}`;
      const rrsets = [{ name: "busy", type: "A", ttl: 60, records: [{ content }] }];
      await timed(writes, () => client.call("POST", `${ZONES}/other.example/changes`, { rrsets }));
    }
  })();
  const began = performance.now();
  await work();
  const took = performance.now() - began;
  over = true;
  await others;
  clearInterval(timer);
  return { took, memory, reads, writes };
}
