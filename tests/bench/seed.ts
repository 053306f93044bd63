/** Zones full of records, written straight into a panel's database: what a bench searches is there in a minute. */
import type Database from "better-sqlite3";

const AT_ONCE = 20_000;

/**
 * Fills zones of the panel's own, given in the order in which they were made, with so many more RRsets each, of kinds as
 * they are found in the field. Their rows are numbered and indexed as those of a large import are.
 */
export function fillMirror(
  database: Database.Database,
  zones: readonly { id: string; name: string }[],
  each: number,
): void {
  const columns = "sort_key, type, name, ttl, records, record_count";
  const insert = database.prepare(
    `insert into rrset_rows (generation, ${columns}) values (?, :sort_key, :type, :name, :ttl, :records, :record_count)`,
  );
  const index = database.prepare(
    "insert into rrset_text (rowid, text) select place, text from rrset_lines where id > ? order by id",
  );
  const ids = database.prepare(
    "insert or ignore into record_ids (generation, id, row_id) select r.generation, value ->> 'id', r.id from rrset_rows r, json_each(r.records) where r.id > ? order by 1, 2",
  );
  const triggers = ["rrset_rows_found", "rrset_rows_late"].map((name) => ({
    name,
    text: database.prepare("select sql from sqlite_master where name = ?").pluck().get(name) as string,
  }));
  for (const { name } of triggers) database.exec(`drop trigger ${name}`);
  const newest = () => (database.prepare("select max(id) from rrset_rows").pluck().get() as number | null) ?? 0;
  let indexed = newest();
  const commit = () => {
    index.run(indexed);
    ids.run(indexed);
    indexed = newest();
    database.exec("commit");
  };
  const random = xorshift(20_261_121);
  let [written, open] = [0, false];
  for (const { id, name: apex } of zones) {
    const generation = database.prepare("select generation from zones where id = ?").pluck().get(id);
    if (!open) database.exec("begin immediate");
    open = true;
    const there = database
      .prepare(`select ${columns} from rrset_rows where generation = ?`)
      .all(generation) as SeedRow[];
    database.prepare("delete from rrset_rows where generation = ?").run(generation);
    const rows = [...there, ...Array.from({ length: each }, (_, place) => rowOf(place, apex, random))];
    for (const row of rows.sort((a, b) =>
      a.sort_key < b.sort_key || (a.sort_key === b.sort_key && a.type < b.type) ? -1 : 1,
    )) {
      if (!open) database.exec("begin immediate");
      open = true;
      insert.run(generation, row);
      written += 1;
      if (written % AT_ONCE > 0) continue;
      commit();
      open = false;
    }
    database.prepare("update generations set ordered_to = ?, late = 0 where id = ?").run(newest(), generation);
  }
  if (open) commit();
  for (const { text } of triggers) database.exec(text);
}

interface SeedRow {
  sort_key: string;
  type: string;
  name: string;
  ttl: number;
  records: string;
  record_count: number;
}

function rowOf(place: number, apex: string, random: (below: number) => number): SeedRow {
  const { label, type, content } = record(place, apex, random);
  return {
    sort_key: label.split(".").toReversed().join("\u0001"),
    type,
    name: `${label}.${apex}`,
    ttl: 300,
    records: JSON.stringify([{ id: `${place}`.padStart(22, "r"), content }]),
    record_count: 1,
  };
}

const words = [
  "mail",
  "www",
  "shop",
  "api",
  "cdn",
  "status",
  "intern",
  "vpn",
  "git",
  "docs",
  "blog",
  "cloud",
  "edge",
  "db",
  "cache",
  "auth",
];

/** Names are of all lengths, values mostly of a kind: as in zones of people who host for others. */
function record(index: number, apex: string, random: (below: number) => number) {
  const word = words[random(words.length)];
  const kind = random(10);
  if (kind < 5) return { label: `${word}-${index}`, type: "A", content: `203.0.${random(4)}.${random(250)}` };
  if (kind < 7) return { label: `${word}${index}`, type: "CNAME", content: `host-${random(1000)}.${apex}` };
  if (kind < 8) {
    const token = [0, 0, 0].map(() => random(2 ** 30).toString(36)).join("");
    return { label: `_verify-${index}`, type: "TXT", content: `"site-verification=${token}"` };
  }
  if (kind < 9) return { label: `${index}.${word}`, type: "MX", content: `10 mx${random(4)}.mail.example.` };
  return { label: `v6-${index}`, type: "AAAA", content: `2001:db8::${random(65_535).toString(16)}` };
}

/** The same numbers every time. */
export function xorshift(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
