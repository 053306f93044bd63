/** Zones full of records, written straight into a panel's database: what a bench searches is there in a minute. */
import type Database from "better-sqlite3";

const AT_ONCE = 20_000;

/**
 * Fills zones of the panel's own, given in the order in which they were made, with so many more RRsets each, of kinds as
 * they are found in the field. The search's index is told of them as it is of a large import.
 */
export function fillMirror(
  database: Database.Database,
  zones: readonly { id: string; name: string }[],
  each: number,
): void {
  const insert = database.prepare(
    "insert into rrset_rows (generation, sort_key, type, name, ttl, records, record_count) values ((select generation from zones where id = ?), ?, ?, ?, 300, ?, 1)",
  );
  const index = database.prepare(
    "insert into rrset_text (rowid, text) select place, text from rrset_lines where id > ? order by id",
  );
  const trigger = database.prepare("select sql from sqlite_master where name = 'rrset_rows_found'").pluck().get();
  database.exec("drop trigger rrset_rows_found");
  let indexed = (database.prepare("select max(id) from rrset_rows").pluck().get() as number | null) ?? 0;
  const commit = () => {
    index.run(indexed);
    indexed = database.prepare("select max(id) from rrset_rows").pluck().get() as number;
    database.exec("commit");
  };
  const random = xorshift(20_261_121);
  let [written, open] = [0, false];
  for (const { id, name: apex } of zones) {
    for (let index = 0; index < each; index++) {
      if (!open) database.exec("begin immediate");
      open = true;
      const { label, type, content } = record(index, apex, random);
      const name = `${label}.${apex}`;
      const key = label.split(".").toReversed().join("\u0001");
      insert.run(id, key, type, name, JSON.stringify([{ id: `${index}`.padStart(22, "r"), content }]));
      written += 1;
      if (written % AT_ONCE > 0) continue;
      commit();
      open = false;
    }
  }
  if (open) commit();
  database.exec(trigger as string);
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
