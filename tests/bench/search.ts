/** `search`: a million records in ten thousand zones, searched by one who sees all and by one who sees a few, beside a scan. */
import type Database from "better-sqlite3";
import { type Person, startPanel } from "../support/panel.ts";
import { median, percentile, type Row, row } from "./figures.ts";
import { fillMirror, xorshift } from "./seed.ts";

const BENCH = "search";
const ZONES = 10_000;
const EACH = 100;
const FEW = 12;
const TERMS = 40;
const SCANS = 3;
const GOAL = "p95 ≤ 30 ms";

export async function search(): Promise<Row[]> {
  const panel = await startPanel({ LOG_LEVEL: "silent" });
  try {
    const { db } = await import("#db/client.ts");
    const database = db().$client;
    const everything = await panel.person("Sees all", "root");
    const few = await panel.person("Sees few");
    await everything.call("POST", "/organisations", { name: "Large", handle: "large" });
    await few.call("POST", "/organisations", { name: "Small", handle: "small" });
    const rows = seed(database);
    const terms = termsOf(database);
    for (const [kind, list] of Object.entries(terms)) {
      const scan = list.slice(0, SCANS).map((term) => scanned(database, term));
      for (const [who, person] of [
        ["who sees all", everything],
        [`who sees ${FEW} zones`, few],
      ] as const)
        rows.push(...(await measured(kind, who, list, person, median(scan))));
    }
    return rows;
  } finally {
    await panel.close();
  }
}

function seed(database: Database.Database): Row[] {
  const began = performance.now();
  const organisation = (handle: string) =>
    database.prepare("select id from organisations where handle = ?").pluck().get(handle) as string;
  const [large, small] = [organisation("large"), organisation("small")];
  const zones = Array.from({ length: ZONES }, (_, index) => ({
    id: `zone-${index}`,
    name: `customer-${index}.example.`,
  }));
  const insert = database.prepare(
    "insert into zones (id, organisation_id, connection, name, external_id, origin, status, created_at) values (?, ?, 'local', ?, ?, 'created', 'active', 0)",
  );
  // Nothing has to survive a power cut here.
  database.pragma("synchronous = off");
  database.transaction(() => {
    for (const [index, { id, name }] of zones.entries())
      insert.run(id, index % Math.floor(ZONES / FEW) === 7 ? small : large, name, id);
  })();
  fillMirror(database, zones, EACH);
  database.pragma("wal_checkpoint(truncate)");
  const seconds = (performance.now() - began) / 1000;
  const sizes = database
    .prepare("select sum(pgsize) filter (where name like 'rrset_text%') as found, sum(pgsize) as whole from dbstat")
    .get() as { found: number; whole: number };
  const records = database.prepare("select count(*) from rrset_rows").pluck().get() as number;
  console.error(`  ${records} records in ${ZONES} zones, made in ${seconds.toFixed(0)} s`);
  return [
    row(BENCH, `${records} records written, with counts and index`, (seconds * 1e6) / records, "µs/record"),
    row(BENCH, "index on disk", sizes.found / 1e6, "MB", { beside: sizes.whole / 1e6, against: "MB, all of it" }),
  ];
}

/** Terms of three characters and more: found a few times, in much of everything, and nowhere. */
function termsOf(database: Database.Database): Record<"rare" | "common" | "absent", string[]> {
  const random = xorshift(7);
  const some = database.prepare("select name, records from rrset_rows where type = ? limit 1 offset ?");
  const rare = Array.from({ length: TERMS }, (_, index) => {
    const kind = index % 2 === 0 ? "TXT" : "CNAME";
    const { name, records } = some.get(kind, random(90_000)) as { name: string; records: string };
    return kind === "TXT" ? records.slice(-30, -18) : name.slice(0, -1);
  });
  const common = [
    "mail",
    "www",
    "shop",
    "203.0.1",
    "host-",
    "site-ver",
    "2001:db8",
    "mx1.mail.example",
    "cache-",
    "customer",
  ];
  const pairs = [
    "mail-shop",
    "wwwmail",
    "host-mx1",
    "203.0.9.",
    "verify-mail",
    "customer-mail",
    "edge.cache-",
    "mx9.mail",
    "docs.docs.",
    "api-cdn",
  ];
  const absent = Array.from({ length: TERMS }, (_, index) =>
    index % 2 === 0 ? (pairs[(index / 2) % pairs.length] ?? "") : `q${random(1e9).toString(36)}z`,
  );
  return { rare, common: Array.from({ length: TERMS }, (_, index) => common[index % common.length] ?? ""), absent };
}

async function measured(kind: string, who: string, terms: string[], person: Person, scan: number): Promise<Row[]> {
  const times: number[] = [];
  let found = 0;
  for (const term of [...terms.slice(0, 5), ...terms]) {
    const began = performance.now();
    const answer = await person.call<{ items: object[] }>("GET", `/dns/search?q=${encodeURIComponent(term)}`);
    times.push(performance.now() - began);
    if (answer.status !== 200) throw new Error(`${term} was answered ${answer.status}.`);
    found += answer.body.items.length;
  }
  const after = times.slice(5);
  const compared = { beside: scan, against: "ms, LIKE over all", goal: GOAL };
  return [
    row(BENCH, `${kind} terms, ${who}, p50`, median(after), "ms", compared),
    row(BENCH, `${kind} terms, ${who}, p95`, percentile(after, 0.95), "ms", compared),
    row(BENCH, `${kind} terms, ${who}, found`, found / times.length, "a search"),
  ];
}

/** The same question without an index, and without asking who may see the answer. */
function scanned(database: Database.Database, term: string): number {
  const began = performance.now();
  const like = `%${term}%`;
  database.prepare("select id from rrset_rows where name like ? or records like ? limit 50").all(like, like);
  return performance.now() - began;
}
