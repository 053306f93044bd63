import { Worker } from "node:worker_threads";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { startBehindFaults } from "../support/behind-faults.ts";
import { runJobs } from "../support/jobs.ts";

const { panel, powerdns, proxy, owner, sql, zones, rested, settleAll, close } = await startBehindFaults();
let sequence = 0;

beforeAll(async () => {
  // Calls that are held are not given up meanwhile.
  const { connectionById } = await import("#lib/dns/connections.ts");
  const { powerDns } = await import("#lib/dns/providers/powerdns.ts");
  const connection = connectionById("powerdns");
  if (connection) connection.provider = powerDns({ url: proxy.url, apiKey: powerdns.apiKey, timeoutMs: 60_000 });
});
afterEach(() => {
  vi.useRealTimers();
  rested();
});
afterAll(close);

interface Answer {
  change: string;
  state: string;
  code: string;
  plan: unknown[];
}
interface Made {
  id: string;
  status: string;
  statusMessage: string;
  code: string;
  firstRecords: { state: string; message: string } | null;
}

async function zone() {
  const name = `in-time${++sequence}.example`;
  const path = `${zones}/${name}`;
  expect((await owner.call("POST", zones, { name })).status).toBe(201);
  return {
    name,
    path,
    history: async () =>
      (await owner.call<{ items: { id: string; state: string }[] }>("GET", `${path}/changes`)).body.items,
    truth: (label: string) => powerdns.query(`${label}.${name}`, "A"),
  };
}

/** What is asked while PowerDNS holds these requests, once twenty seconds have gone by. */
async function askedWhileHeld<A = Answer>(
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE",
  ask: () => Promise<{ status: number; body: A }>,
  { skip = 0, meanwhile }: { skip?: number; meanwhile?: () => Promise<unknown> } = {},
) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  proxy.fail("hold", { method, skip });
  const answer = ask();
  await expect.poll(proxy.caught, { timeout: 10_000 }).toBeGreaterThan(0);
  await meanwhile?.();
  await vi.advanceTimersByTimeAsync(19_000);
  expect(await Promise.race([answer.then(() => "answered"), Promise.resolve("waiting")])).toBe("waiting");
  await vi.advanceTimersByTimeAsync(1000);
  const answered = await answer;
  vi.useRealTimers();
  return answered;
}

test("a change that takes longer than twenty seconds is answered with its id, and done", async () => {
  const at = await zone();
  const record = { name: "slow", type: "A", ttl: 60, content: "192.0.2.9" };
  const { status, body } = await askedWhileHeld("PATCH", () => owner.call("POST", `${at.path}/records`, record));
  expect({ status, state: body.state }).toEqual({ status: 202, state: "pending" });
  expect((await at.history())[0]).toMatchObject({ id: body.change, state: "pending" });
  proxy.fail(null);
  await expect
    .poll(async () => (await at.history())[0], { timeout: 20_000 })
    .toMatchObject({ id: body.change, state: "applied" });
  expect(await at.truth("slow")).toEqual(["192.0.2.9"]);
});

test("so is one that is taken back, with what else is said of it", async () => {
  const at = await zone();
  const record = { name: "once", type: "A", ttl: 60, content: "192.0.2.9" };
  const added = await owner.call<Answer>("POST", `${at.path}/records`, record);
  const path = `${at.path}/changes/${added.body.change}/revert`;
  const { status, body } = await askedWhileHeld("PATCH", () => owner.call<Answer>("POST", path, {}));
  expect({ status, state: body.state, steps: body.plan.length }).toEqual({ status: 202, state: "pending", steps: 1 });
  proxy.fail(null);
  await expect.poll(() => at.truth("once"), { timeout: 20_000 }).toEqual([]);
});

test("so is a large one, which is done in a thread", async () => {
  const at = await zone();
  const text = Array.from({ length: 1500 }, (_, n) => `name-number-${n} 60 IN A 192.0.2.${n % 250}`).join("\n");
  const file = { text, mode: "merge" };
  const { status, body } = await askedWhileHeld("PATCH", () => owner.call<Answer>("POST", `${at.path}/import`, file));
  expect({ status, state: body.state, steps: body.plan.length }).toEqual({ status: 202, state: "pending", steps: 200 });
  proxy.fail(null);
  await expect
    .poll(async () => (await at.history())[0], { timeout: 20_000 })
    .toMatchObject({ id: body.change, state: "applied" });
  expect(await at.truth("name-number-1499")).toEqual(["192.0.2.249"]);
});

test("what became of a large one is read in the thread, too, and not before what was given up there can no longer land", async () => {
  const at = await zone();
  const text = Array.from({ length: 1500 }, (_, n) => `name-number-${n} 60 IN A 192.0.2.${n % 250}`).join("\n");
  proxy.requests.length = 0;
  proxy.fail("hold", { method: "PATCH" });
  const answer = owner.call<Answer>("POST", `${at.path}/import`, { text, mode: "merge" });
  const sent = () => proxy.requests.some(({ method }) => method === "PATCH");
  await expect.poll(sent, { timeout: 10_000 }).toBe(true);
  // As a change of many requests would have been.
  sql.run("update zone_changes set sent_at = sent_at - 60000 where state = 'pending'");
  proxy.fail("drop-before");
  expect(await answer).toMatchObject({ status: 202, body: { state: "unknown" } });
  proxy.fail(null);
  for (let pass = 0; pass < 3; pass++) await settleAll();
  expect((await at.history())[0]).toMatchObject({ state: "unknown" });
  sql.run("update zone_changes set sent_at = sent_at - 60000 where state = 'unknown'");
  const asked = vi.spyOn(Worker.prototype, "postMessage");
  for (let pass = 0; pass < 2; pass++) await settleAll();
  const tasks = asked.mock.calls.flatMap(([message]) => (message as { task?: string }).task ?? []);
  asked.mockRestore();
  expect(tasks).toEqual(["settle", "settle"]);
  expect((await at.history())[0]).toMatchObject({ state: "applied" });
  expect(await at.truth("name-number-1499")).toEqual(["192.0.2.249"]);
});

test("one that could not begin within twenty seconds is not done later either", async () => {
  const at = await zone();
  const record = { name: "never", type: "A", ttl: 60, content: "192.0.2.9" };
  const entries = (await at.history()).length;
  const { status, body } = await askedWhileHeld("GET", () => owner.call("POST", `${at.path}/records`, record));
  expect({ status, code: body.code }).toEqual({ status: 504, code: "provider_timeout" });
  proxy.fail(null);
  // What waited in line for it comes after it.
  const next = await owner.call("POST", `${at.path}/records`, { ...record, name: "next" });
  expect(next.status).toBe(201);
  expect(await at.truth("never")).toEqual([]);
  expect(await at.history()).toHaveLength(entries + 1);
});

test("a deletion and a switch of DNSSEC that take longer than twenty seconds go on, too", async () => {
  const at = await zone();
  const signing = await askedWhileHeld("PUT", () => owner.call("POST", `${at.path}/dnssec`, {}));
  expect({ status: signing.status, state: signing.body.state }).toEqual({ status: 202, state: "pending" });
  proxy.fail(null);
  // This PowerDNS has none, and what it says is found in the history.
  await expect
    .poll(async () => (await at.history())[0], { timeout: 20_000 })
    .toMatchObject({ id: signing.body.change, state: "refused" });
  const gone = await askedWhileHeld("DELETE", () => owner.call("DELETE", at.path, { name: at.name }));
  expect({ status: gone.status, state: gone.body.state }).toEqual({ status: 202, state: "pending" });
  proxy.fail(null);
  await expect.poll(async () => (await owner.call("GET", at.path)).status, { timeout: 20_000 }).toBe(404);
});

const setUp = { status: 202, body: { status: "pending", statusMessage: "Being set up." } };
const stateOf = async (path: string) => {
  const { status, body } = await owner.call<Made>("GET", path);
  return { status, state: body.status };
};
const comesAbout = (path: string) =>
  expect.poll(() => stateOf(path), { timeout: 20_000 }).toEqual({ status: 200, state: "active" });

test("a zone that takes longer than twenty seconds to make is answered as it stands, and gets its first records later", async () => {
  const template = await owner.call<{ id: string }>("POST", "/organisations/acme/dns/templates", {
    name: "First",
    records: "www 300 IN A 192.0.2.77",
  });
  expect(template.status).toBe(201);
  const path = `${zones}/slowly.example`;
  const wish = { name: "slowly.example", template: template.body.id };
  const made = await askedWhileHeld("POST", () => owner.call<Made>("POST", zones, wish));
  expect(made).toMatchObject({ ...setUp, body: { firstRecords: { state: "waiting" } } });
  expect(await stateOf(path)).toEqual({ status: 200, state: "pending" });
  expect((await owner.call<{ readOnly: string }>("GET", path)).body.readOnly).toMatch(/not there yet/);
  proxy.fail(null);
  await comesAbout(path);
  await runJobs();
  expect(await powerdns.query("www.slowly.example", "A")).toEqual(["192.0.2.77"]);
});

test("so is one whose first records are what takes long", async () => {
  const wish = { name: "later.example", clone: "slowly.example" };
  const made = await askedWhileHeld("PATCH", () => owner.call<Made>("POST", zones, wish));
  expect(made).toMatchObject({ status: 202, body: { status: "active", firstRecords: { state: "waiting" } } });
  proxy.fail(null);
  await expect.poll(() => powerdns.query("www.later.example", "A"), { timeout: 20_000 }).toEqual(["192.0.2.77"]);
});

test("where the provider is away just then, they are still to come; and where it stays away, the zone and a mail say so", async () => {
  const content = "www 300 IN A 192.0.2.79";
  const input = { name: "Away", records: content };
  const { id } = (await owner.call<{ id: string }>("POST", "/organisations/acme/dns/templates", input)).body;
  const due = (more = "") =>
    sql.run(`update jobs set due_at = 0 ${more} where kind = 'dns.first' and state = 'queued'`);
  const made = async (name: string) => {
    proxy.fail("500-before", { method: "GET", skip: 2 });
    const answer = await owner.call<Made>("POST", zones, { name, template: id });
    const firstRecords = { state: "waiting", message: expect.stringMatching(/^Its first records are still to come: /) };
    expect(answer).toMatchObject({
      status: 201,
      body: { statusMessage: "Its first records are still to come.", firstRecords },
    });
    due();
    await runJobs();
    return `${zones}/${name}`;
  };
  const away = await made("away.example");
  proxy.fail(null);
  due();
  await runJobs();
  expect(await powerdns.query("www.away.example", "A")).toEqual(["192.0.2.79"]);
  expect((await owner.call<Made>("GET", away)).body.statusMessage).toBe("");

  const gone = await made("stays-away.example");
  due(", attempts = 9");
  await runJobs();
  proxy.fail(null);
  const message = expect.stringMatching(/^The zone was made without its first records: .* A template can be applied/);
  expect((await owner.call<Made>("GET", gone)).body.statusMessage).toEqual(message);
  expect((await owner.call<{ items: object[] }>("GET", `${gone}/changes`)).body.items[0]).toMatchObject({
    state: "not_applied",
    message,
  });
  expect(sql.all("select 1 from mails where subject = 'stays-away.example is without its first records'")).toHaveLength(
    1,
  );
});

test("what it was to begin with can be gone by then, and that is said of the zone", async () => {
  const templates = "/organisations/acme/dns/templates";
  const { id } = (await owner.call<{ id: string }>("POST", templates, { name: "Gone", records: "www A 192.0.2.78" }))
    .body;
  const wish = { name: "without.example", template: id };
  const drop = () => owner.call("DELETE", `${templates}/${id}`);
  const made = await askedWhileHeld("POST", () => owner.call<Made>("POST", zones, wish), { meanwhile: drop });
  expect(made).toMatchObject({ ...setUp, body: { firstRecords: { state: "waiting" } } });
  proxy.fail(null);
  await comesAbout(`${zones}/without.example`);
  await runJobs();
  const { statusMessage } = (await owner.call<Made>("GET", `${zones}/without.example`)).body;
  expect(statusMessage).toMatch(/^The zone was made without its first records/);
});

test("one that is linked, and one that is brought back, go on, too", async () => {
  const linked = await zone();
  const { body } = await owner.call<Made>("GET", linked.path);
  sql.run("update zones set origin = 'linked' where id = ?", body.id);
  expect((await owner.call("DELETE", linked.path, { name: linked.name, at: "panel" })).status).toBe(200);
  const root = await panel.person("Root", "root");
  // What is asked before its row stands goes through.
  const link = { name: linked.name, link: true };
  expect(await askedWhileHeld("GET", () => root.call<Made>("POST", zones, link), { skip: 1 })).toMatchObject(setUp);
  proxy.fail(null);
  await comesAbout(linked.path);

  const gone = await zone();
  const { id } = (await owner.call<Made>("GET", gone.path)).body;
  expect((await owner.call("DELETE", gone.path, { name: gone.name })).status).toBe(200);
  const back = `/organisations/acme/dns/deleted-zones/${id}/restore`;
  const brought = await askedWhileHeld("POST", () => owner.call<Made>("POST", back, {}));
  expect(brought).toMatchObject({ status: 202, body: { status: "pending", statusMessage: "Being brought back." } });
  proxy.fail(null);
  await comesAbout(gone.path);
});

test("one that staff approve goes on, too", async () => {
  const { setSetting } = await import("#lib/settings/settings.ts");
  setSetting("zone_claims", "proof");
  const wish = { name: "asked.example", template: "" };
  const { id } = (await owner.call<Made>("POST", zones, wish)).body;
  setSetting("zone_claims", "trusted");
  const root = await panel.person("Staff", "root");
  const approved = await askedWhileHeld("POST", () => root.call<Answer>("POST", `/dns/claims/${id}/approve`, {}));
  expect(approved).toMatchObject({ status: 202, body: { approved: "asked.example." } });
  proxy.fail(null);
  await comesAbout(`${zones}/asked.example`);
});

test("a zone that could not begin within twenty seconds is not made later either", async () => {
  const made = await askedWhileHeld("GET", () => owner.call<Made>("POST", zones, { name: "not-begun.example" }));
  expect(made).toMatchObject({ status: 504, body: { code: "provider_timeout" } });
  proxy.fail(null);
  expect((await owner.call("POST", zones, { name: "begun.example" })).status).toBe(201);
  expect((await owner.call("GET", `${zones}/not-begun.example`)).status).toBe(404);
});

test("a zone whose making fails after it was answered is not there", async () => {
  const name = "refused.example";
  const made = await askedWhileHeld("POST", () => owner.call<Made>("POST", zones, { name }));
  expect(made).toMatchObject(setUp);
  const there = await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones`, {
    method: "POST",
    headers: { "X-API-Key": powerdns.apiKey },
    body: JSON.stringify({ name: `${name}.`, kind: "Native", nameservers: [] }),
  });
  expect(there.status).toBe(201);
  proxy.fail(null);
  await expect.poll(async () => (await owner.call("GET", `${zones}/${name}`)).status, { timeout: 20_000 }).toBe(404);
});

test("the large work of an organisation whose provider does not answer keeps nobody else's waiting", async () => {
  const at = await zone();
  const other = await panel.person("Other");
  expect((await other.call("POST", "/organisations", { name: "Aside", handle: "aside" })).status).toBe(201);
  const aside = "/organisations/aside/dns/zones";
  expect((await other.call("POST", aside, { name: "aside.example", connection: "local" })).status).toBe(201);
  // As large as they are said to be, they are nothing for the thread of requests.
  sql.run("update zones set record_count = 5000 where name in (?, ?)", `${at.name}.`, "aside.example.");
  const set = (name: string, type: string, content: string) => ({ name, type, ttl: 60, records: [{ content }] });
  const rrsets = Array.from({ length: 25 }, (_, n) => set(`n${n}`, "A", "192.0.2.1"));
  proxy.requests.length = 0;
  proxy.fail("hold", { method: "GET" });
  const asked = Array.from({ length: 36 }, () =>
    owner.call<Answer>("POST", `${at.path}/changes`, { rrsets, dryRun: true }),
  );
  expect(await Promise.race(asked)).toMatchObject({ status: 429, body: { code: "rate_limited" } });
  const theirs = { rrsets: [set("below", "NS", "ns.elsewhere.example.")], dryRun: true };
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => other.call("POST", `${aside}/aside.example/changes`, theirs)),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  proxy.fail(null);
  const statuses = (await Promise.all(asked)).map(({ status }) => status).toSorted();
  expect(statuses).toEqual([...Array.from({ length: 16 }, () => 200), ...Array.from({ length: 20 }, () => 429)]);
});

const ways = [
  {
    way: "is suspended",
    out: "update users set suspended_at = 1 where id = ?",
    back: "update users set suspended_at = null where id = ?",
  },
  {
    way: "signs out",
    out: "update sessions set id = 'over' || id where user_id = ?",
    back: "update sessions set id = substr(id, 5) where user_id = ?",
  },
];
test.each(ways)(
  "who $way while waiting in line changes, deletes, hands over, signs and brings back nothing",
  async ({ way, out, back }) => {
    const { withZoneLock } = await import("#lib/dns/zone-lock.ts");
    const at = await zone();
    const gone = await zone();
    const id = (path: string) => owner.call<{ id: string }>("GET", path).then(({ body }) => body.id);
    const ids = [await id(at.path), await id(gone.path)];
    const handle = `other-${way.replaceAll(" ", "-")}`;
    expect((await owner.call("POST", "/organisations", { name: "Other", handle })).status).toBe(201);
    expect((await owner.call("DELETE", gone.path, { name: gone.name })).status).toBe(200);
    const text = Array.from({ length: 1500 }, (_, n) => `name-number-${n} 60 IN A 192.0.2.${n % 250}`).join("\n");
    const asks = [
      () => owner.call("POST", `${at.path}/records`, { name: "late", type: "A", ttl: 60, content: "192.0.2.9" }),
      () => owner.call("POST", `${at.path}/import`, { text, mode: "merge" }),
      () => owner.call("DELETE", at.path, { name: at.name }),
      () => owner.call("POST", `${at.path}/transfer`, { to: handle }),
      () => owner.call("POST", `${at.path}/dnssec`, {}),
      () => owner.call("POST", `/organisations/acme/dns/deleted-zones/${ids[1]}/restore`, {}),
    ];
    for (const [place, ask] of asks.entries()) {
      const turn = Promise.withResolvers<void>();
      const line = withZoneLock(ids[place === asks.length - 1 ? 1 : 0] as string, () => turn.promise);
      const answer = ask();
      // It has passed its guard once the one behind it has.
      expect((await owner.call("GET", zones)).status).toBe(200);
      sql.run(out, owner.id);
      turn.resolve();
      await line;
      expect(await answer, String(place)).toMatchObject({ status: 403, body: { code: "forbidden" } });
      sql.run(back, owner.id);
    }
    expect((await owner.call("GET", at.path)).status).toBe(200);
    expect((await owner.call("GET", gone.path)).status).toBe(404);
    expect(await at.truth("late")).toEqual([]);
  },
);
