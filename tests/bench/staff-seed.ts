/**
 * A panel of a hosting company that has been there for years, written straight into its two databases: 1,000,000 accounts,
 * 100,000 organisations with a member each, 100,000 zones, 50,000 exports, deletions, feedbacks and mails each, and
 * 10,000,000 requests in the log.
 */
import path from "node:path";
import Database from "better-sqlite3";

export interface Size {
  users: number;
  organisations: number;
  zones: number;
  /** Exports, deletions, feedbacks and mails, of each. */
  posts: number;
  requests: number;
}

export const FULL: Size = {
  users: 1_000_000,
  organisations: 100_000,
  zones: 100_000,
  posts: 50_000,
  requests: 10_000_000,
};

/** The server has been started once on this directory, and is not running. */
export function seedStaff(dataDir: string, size: Size): void {
  const panel = opened(path.join(dataDir, "panel.db"));
  const logs = opened(path.join(dataDir, "logs.db"));
  try {
    people(panel, size);
    posts(panel, size);
    requests(logs, size.requests);
    for (const database of [panel, logs]) database.pragma("wal_checkpoint(truncate)");
  } finally {
    panel.close();
    logs.close();
  }
}

/** What would be lost with the machine does not matter here. */
function opened(file: string): Database.Database {
  const database = new Database(file);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = OFF");
  database.pragma("cache_size = -262144");
  return database;
}

const FIRST = [
  "Ada",
  "Grace",
  "Alan",
  "Linus",
  "Barbara",
  "Edsger",
  "Donald",
  "Margaret",
  "Katherine",
  "Dennis",
  "Ingrid",
];
const LAST = [
  "Lovelace",
  "Hopper",
  "Turing",
  "Johnson",
  "Liskov",
  "Dijkstra",
  "Knuth",
  "Hamilton",
  "Ritchie",
  "Solheim",
];

/** Triggers index row by row; here the same is written in one go for all, and then they are there again. */
function people(panel: Database.Database, { users, organisations, zones }: Size): void {
  const quiet = ["users_found", "organisations_found", "zones_found"];
  const triggers = panel
    .prepare(
      `select name, sql from sqlite_master where type = 'trigger' and name in (${quiet.map(() => "?").join(", ")})`,
    )
    .all(...quiet) as { name: string; sql: string }[];
  if (triggers.length !== quiet.length) throw new Error("The triggers that index names are called otherwise now.");
  panel.exec("begin immediate");
  for (const { name } of triggers) panel.exec(`drop trigger ${name}`);
  const pick = (list: readonly string[], by: number) =>
    `case (i * ${by}) % ${list.length} ${list.map((word, n) => `when ${n} then '${word}'`).join(" ")} end`;
  panel.exec(`
    create temp table made as with recursive n(i) as (select 1 union all select i + 1 from n where i < ${users})
      select i, ${pick(FIRST, 1)} as first, ${pick(LAST, 7)} as last from n;
    insert into users (id, name, email, email_verified_at, suspended_at, created_at, updated_at)
      select printf('01900000-%04x-7%03x-8000-%012x', i % 65536, i % 4096, i), first || ' ' || last,
        lower(first || '.' || last) || '.' || printf('%x', i * 2654435761 % 4294967296) || '@example' || (i % 97) || '.org',
        case when i * 48271 % 2147483647 % 50 then 1 end, case when i * 16807 % 2147483647 % 400 = 0 then 1 end, 1600000000000 + i * 60000, 0 from made;
    drop table made;
    insert into organisations (id, handle, name, created_at)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${organisations})
      select printf('01900001-%04x-7000-8000-%012x', i % 65536, i), 'org-' || printf('%x', i * 40503 % 1048576) || '-' || i,
        ${pick(LAST, 3)} || ' Works ' || i, 1600000000000 + i * 600000 from n;
    insert into organisation_members (organisation_id, user_id, role, created_at)
      select o.id, u.id, 'owner', 0 from organisations o
      join users u on u.rowid = o.rowid + 1 where o.handle like 'org-%';
    insert into zones (id, organisation_id, connection, name, origin, status, created_at)
      select printf('01900002-%04x-7000-8000-%012x', o.rowid % 65536, o.rowid), o.id, 'local',
        'site-' || o.rowid || '.' || lower(substr(o.name, 1, instr(o.name, ' ') - 1)) || '.example.', 'created', 'active', 0
      from organisations o where o.handle like 'org-%' limit ${zones};
  `);
  for (const [kind, table, text] of [
    ["account", "users", "t.email || char(10) || t.name"],
    ["organisation", "organisations", "t.handle || char(10) || t.name"],
    ["zone", "zones", "t.name"],
  ] as const)
    panel.exec(`
      insert or ignore into search_keys (kind, id) select '${kind}', id from ${table} order by rowid;
      insert into ${kind}_text (rowid, text) select k.n, ${text} from search_keys k join ${table} t on t.id = k.id
        where k.kind = '${kind}' and k.n > (select coalesce(max(rowid), 0) from ${kind}_text) order by k.n;
    `);
  for (const { sql } of triggers) panel.exec(sql);
  panel.exec("commit");
}

/** Of every few accounts one; their text is indexed by the triggers themselves. */
function posts(panel: Database.Database, { users, posts: count }: Size): void {
  panel.exec(`
    begin immediate;
    create temp table some as select row_number() over (order by rowid) as i, id, email from users where rowid % ${Math.floor(users / count)} = rowid / 97 % ${Math.floor(users / count)} limit ${count};
    insert into export_jobs (id, user_id, asked_by, state, progress, size, created_at, finished_at)
      select 'e' || i, id, id, case when i % 500 = 0 then 'failed' else 'expired' end, 1000, i * 7919 % 1000000, 1600000000000 + i * 60000, 1 from some;
    insert into deletions (id, user_id, asked_by, choices, state, created_at, chosen_at, due_at)
      select 'd' || i, id, 'self', '[]', case when i % 100 = 0 then 'waiting' else 'cancelled' end, 1600000000000 + i * 60000, 0, 9000000000000 + i from some;
    insert into feedback (id, user_id, release, rating, message, status, created_at, updated_at)
      select 'f' || i, id, '1.' || (i % 7), 1 + i % 5, case when i % 3 = 0 then 'The table of records could be faster, says ' || i else '' end,
        case when i % 200 = 0 then 'planned' else 'seen' end, 1600000000000 + i * 60000, 0 from some;
    insert into mails (id, template, user_id, recipient, subject, text, status, message_id, created_at, due_at, sent_at)
      select 'm' || i, 'reset', id, email, case i % 3 when 0 then 'Set a new password' else 'Your address' end, 'Hello', case when i % 300 = 0 then 'failed' else 'sent' end,
        '<m' || i || '>', 1600000000000 + i * 60000, 0, 1 from some;
    drop table some;
    commit;
  `);
}

const ROUTES = 40;
const PER_MS = 2048;

/** A request every ten milliseconds until now; its indexes are made when the rows are there. */
function requests(logs: Database.Database, count: number): void {
  const indexes = logs
    .prepare("select name, sql from sqlite_master where type = 'index' and tbl_name = 'requests' and sql is not null")
    .all() as { name: string; sql: string }[];
  logs.exec("begin immediate");
  for (const { name } of indexes) logs.exec(`drop index ${name}`);
  const route = logs.prepare("insert or ignore into routes (method, template, action) values ('GET', ?, ?)");
  for (let n = 0; n < ROUTES; n++) route.run(`/bench/${n}/{id}`, `bench.action${n}`);
  const first = (logs.prepare("select min(id) from routes where action like 'bench.%'").pluck().get() as number) ?? 1;
  logs.exec(`
    insert into requests (id, request_id, route, status, micros, actor_type, actor, address, code)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
      select (${Date.now()} - (${count} - i) * 10) * ${PER_MS}, randomblob(16), ${first} + i % ${ROUTES},
        case when i % 1000 = 0 then 500 when i % 50 = 0 then 404 else 200 end, (i * 7919) % 60000 + case when i % 5000 = 0 then 900000 else 0 end,
        i % 3, null, '203.0.' || (i % 256) || '.' || (i / 256 % 256), null from n;
  `);
  for (const { sql } of indexes) logs.exec(sql);
  logs.exec("commit");
}
