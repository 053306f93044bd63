/** A process that dies in the middle of announcements, exports and deletions: the next one loses nothing, and does nothing twice. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { fromBuffer } from "yauzl";
import { runJobs } from "../support/jobs.ts";
import { killedAt } from "../support/killed.ts";
import { type MailSink, startMailSink } from "../support/mail-sink.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type Sql, sqlOf } from "../support/stage.ts";
import { unmasked } from "../support/unmasked.ts";

let panel: Panel;
let sink: MailSink;
let root: Person;
let sql: Sql;
let environment: Record<string, string>;
let sequence = 0;

beforeAll(async () => {
  sink = await startMailSink();
  environment = { ...sink.environment, NEXTAUTH_URL: "http://localhost:3000", ZONEGATE_TEST_HOOKS: "1" };
  panel = await startPanel(environment);
  root = unmasked(panel, await panel.person("Root", "root"));
  sql = await sqlOf();
});
beforeEach(async () => {
  await runJobs();
  sink.taken.length = 0;
});
afterAll(async () => {
  await panel?.close();
  await sink?.close();
});

const diesIn = (moment: string) => killedAt(moment, panel, environment, "due-jobs.ts");

/** The next start, once nobody can be running what the dead one had taken. */
async function nextStart(): Promise<void> {
  sql.run("update jobs set due_at = 0 where state = 'running'");
  await runJobs();
}

interface Opened {
  state: string;
  total: number;
  sent: number;
  unknown: number;
  failed: number;
  unsettled: { user: string; email: string; status: string }[];
}

test.each(["announcing", "announced"])(
  "an announcement, killed at %s: nobody gets it twice, and nobody is left out silently",
  async (moment) => {
    const readers = 60;
    const prefix = `reader${++sequence}`;
    sql.run(
      `insert into users (id, name, email, email_verified_at, created_at, updated_at)
     with recursive n (i) as (select 1 union all select i + 1 from n where i < ?)
     select ? || '-' || i, 'Reader', ? || '.' || i || '@example.org', 1, 1, 1 from n`,
      readers,
      prefix,
      prefix,
    );
    const names = Array.from({ length: readers }, (_, n) => `${prefix}.${n + 1}@example.org`);
    const given = {
      title: "News",
      body: "Read this.",
      audience: { kind: "accounts", names },
      banner: false,
      mail: true,
    };
    const { id } = (await root.call<{ id: string }>("POST", "/admin/announcements", given)).body;
    await root.call("POST", `/admin/announcements/${id}/send`);
    await diesIn(moment);
    const before = sink.taken.map(({ to }) => to);
    if (moment === "announced") expect(before.length).toBeGreaterThan(0);

    await nextStart();
    const opened = (await root.call<Opened>("GET", `/admin/announcements/${id}`)).body;
    const unknown = opened.unsettled.map(({ email }) => email);
    expect(opened).toMatchObject({ state: "sent", total: readers, failed: 0, unknown: unknown.length });
    expect(opened.sent + opened.unknown).toBe(readers);
    expect(opened.unsettled.every(({ status }) => status === "unknown")).toBe(true);
    // Few: those that were marked.
    expect(unknown.length).toBeGreaterThan(0);
    expect(unknown.length).toBeLessThanOrEqual(30);
    const got = sink.taken.map(({ to }) => to);
    expect(new Set(got).size).toBe(got.length);
    // Whoever is not known to have it is shown, also those who did get it.
    expect(new Set([...got, ...unknown])).toEqual(new Set(names));
    for (const to of before) expect(unknown).toContain(to);

    // Staff decide that they get it, with the Message-ID that they may know already.
    const users = opened.unsettled.map(({ user }) => user);
    expect((await root.call("POST", `/admin/announcements/${id}/retry`, { users })).body).toEqual({
      queued: users.length,
    });
    await runJobs();
    expect(new Set(sink.taken.map(({ to }) => to))).toEqual(new Set(names));
    expect(new Set(sink.taken.map(({ messageId }) => messageId)).size).toBe(readers);
  },
);

test("an export, killed while its archive is made: it is made whole, once, and nothing of the first is left", async () => {
  const person = await panel.person(`Exporting ${++sequence}`);
  const { id } = (await person.call<{ id: string }>("POST", "/account/exports")).body;
  await diesIn("exporting");
  const folder = path.join(panel.dataDir, "exports");
  expect(readdirSync(folder)).toEqual([`${id}.zip.partial`]);
  expect(existsSync(path.join(folder, `${id}.zip`))).toBe(false);

  await nextStart();
  expect(sql.all("select state, progress from export_jobs where user_id = ?", person.id)).toEqual([
    { state: "ready", progress: 1000 },
  ]);
  expect(readdirSync(folder)).toEqual([`${id}.zip`]);
  const { handleApi } = await import("#lib/api/http.ts");
  const file = await handleApi(
    new Request(`http://localhost:3000/api/account/exports/${id}/file`, { headers: { cookie: person.cookie } }),
  );
  expect(file.status).toBe(200);
  expect(await entriesOf(Buffer.from(await file.arrayBuffer()))).toContain("json/account.json");
  expect(sink.taken.filter(({ to }) => to === person.email)).toHaveLength(1);
});

test("a deletion, killed between its zones and the account: it is finished, each of them once", async () => {
  const [person, member] = [await panel.person(`Leaving ${++sequence}`), await panel.person(`Staying ${sequence}`)];
  const handle = `leaving-${sequence}`;
  const zone = `leaving${sequence}.example`;
  await person.call("POST", "/organisations", { name: "Leaving", handle });
  await root.call("POST", `/organisations/${handle}/members`, { email: member.email, role: "member" });
  expect(
    (await root.call("POST", `/organisations/${handle}/dns/zones`, { name: zone, connection: "local" })).status,
  ).toBe(201);
  const organisation = sql.get<{ id: string }>("select id from organisations where handle = ?", handle)?.id;
  const choices = [{ organisation, handOverTo: null }];
  expect((await person.call("DELETE", "/account", { email: person.email, choices })).status).toBe(200);
  const deletion = sql.get<{ id: string }>("select id from deletions where user_id = ?", person.id)?.id;
  await runJobs();
  sink.taken.length = 0;
  expect((await root.call("POST", `/admin/deletions/${deletion}/expedite`)).status).toBe(200);
  await diesIn("erasing");
  expect(sql.all("select 1 from users where id = ?", person.id)).toHaveLength(1);
  expect(sql.all("select name from zones where name = ?", `${zone}.`)).toEqual([]);

  await nextStart();
  expect(sql.all("select 1 from users where id = ?", person.id)).toEqual([]);
  // Its zone can still be brought back, and so its organisation waits for that.
  expect(sql.all("select user_id, state from deletions where id = ?", deletion)).toEqual([
    { user_id: null, state: "closing" },
  ]);
  expect(sql.all("select 1 from deleted_zones where name = ?", `${zone}.`)).toHaveLength(1);
  const noted =
    "select 1 from audit_log where action = 'accounts.delete' and target_type = 'account' and target_id = ?";
  expect(sql.all(noted, person.id)).toHaveLength(1);
  await runJobs();
  expect(sql.all("select 1 from deleted_zones where name = ?", `${zone}.`)).toHaveLength(1);
  expect(sink.taken.filter(({ to }) => to === person.email)).toEqual([]);
});

const entriesOf = (octets: Buffer): Promise<string[]> =>
  new Promise((resolve, reject) =>
    fromBuffer(octets, { lazyEntries: false }, (error, zip) => {
      if (error) return reject(error);
      const names: string[] = [];
      zip.on("entry", ({ fileName }) => names.push(fileName));
      zip.on("error", reject);
      zip.on("end", () => resolve(names));
    }),
  );
