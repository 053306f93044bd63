/** One announcement to 100,000 accounts, by mail and banner. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type MailSink, startMailSink } from "../support/mail-sink.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type Sql, sqlOf } from "../support/stage.ts";

const ACCOUNTS = 100_000;
const OUT = 1_000;
let panel: Panel;
let sink: MailSink;
let root: Person;
let sql: Sql;

beforeAll(async () => {
  sink = await startMailSink();
  panel = await startPanel({ ...sink.environment, LOG_LEVEL: "silent" });
  root = await panel.person("Root", "root");
  sql = await sqlOf();
  sql.run(
    `insert into users (id, name, email, email_verified_at, created_at, updated_at)
     with recursive n (i) as (select 1 union all select i + 1 from n where i < ?)
     select printf('0190%08x-0000-7000-8000-000000000000', i), 'Reader ' || i, 'reader.' || i || '@example.org', 1, 1, 1 from n`,
    ACCOUNTS,
  );
  sql.run(
    "insert into announcement_optouts (user_id, at) select id, 1 from users where name like 'Reader %' order by id limit ?",
    OUT,
  );
});
afterAll(async () => {
  await panel.close();
  await sink.close();
});

test("reaches each that wants it once, and keeps nobody waiting meanwhile", async () => {
  const given = { title: "News", body: "**Read** this.", audience: { kind: "everyone" }, banner: true, mail: true };
  const { id } = (await root.call<{ id: string }>("POST", "/admin/announcements", given)).body;
  await root.call("POST", `/admin/announcements/${id}/send`);
  const lag = monitorEventLoopDelay({ resolution: 5 });
  lag.enable();
  const began = performance.now();
  await runJobs();
  const seconds = (performance.now() - began) / 1000;
  lag.disable();
  console.log(
    `${ACCOUNTS} accounts in ${seconds.toFixed(0)} s; event loop p50 ${(lag.percentile(50) / 1e6).toFixed(0)} ms, p99 ${(lag.percentile(99) / 1e6).toFixed(0)} ms, most ${(lag.max / 1e6).toFixed(0)} ms`,
  );
  const row = sql.get("select state, total, sent, failed, unknown, skipped from announcements where id = ?", id);
  // The root too.
  const all = ACCOUNTS + 1;
  expect(row).toEqual({ state: "sent", total: all, sent: all - OUT, failed: 0, unknown: 0, skipped: OUT });
  expect(sink.taken).toHaveLength(all - OUT);
  expect(new Set(sink.taken.map(({ to }) => to)).size).toBe(all - OUT);
  expect(new Set(sink.taken.map(({ messageId }) => messageId)).size).toBe(all - OUT);
  expect(sink.taken.every(({ messageId }) => messageId.startsWith(`<${id}.`))).toBe(true);
});
