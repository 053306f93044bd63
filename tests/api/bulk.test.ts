/** Changing records in many zones: the dry run, the job, who may, what moved, and taking it back. */
import { Worker } from "node:worker_threads";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";

interface ZonePlan {
  zone: { id: string; name: string };
  state: string;
  digest: string;
  plan: { kind: string; name: string; type: string; after: { ttl: number; records: { content: string }[] } | null }[];
  steps: number;
  records: { created: number; updated: number; deleted: number };
  brake: { braked: boolean };
  reasons: string[];
  left: number;
}
interface Bulk {
  id: string;
  state: string;
  total: number;
  done: number;
  hidden: number;
  zones: {
    zone: { name: string };
    state: string;
    message: string;
    change: string | null;
    records: object;
    undo: { state: string; message: string } | null;
  }[];
}

let panel: Panel;
let clara: Person;
let member: Person;
let sql: (text: string, ...values: unknown[]) => unknown[];
let round = 0;
const names = () => ["one", "two", "three"].map((name) => `${name}-${round}.example`);
const at = (name: string) => `/organisations/north/dns/zones/${name}`;

const set = (name: string, type: string, ...contents: string[]) => ({
  name,
  type,
  ttl: 3600,
  records: contents.map((content) => ({ content })),
});

beforeAll(async () => {
  panel = await startPanel({ LOG_LEVEL: "silent" });
  const { setSetting } = await import("#lib/settings/settings.ts");
  setSetting("zone_claims", "trusted");
  setSetting("limits.zones_per_organisation", 1000);
  const { db } = await import("#db/client.ts");
  sql = (text, ...values) => {
    const statement = db().$client.prepare(text);
    return statement.reader ? statement.all(...values) : [statement.run(...values)];
  };
  clara = await panel.person("Clara");
  member = await panel.person("Member");
  const root = await panel.person("Root", "root");
  await clara.call("POST", "/organisations", { name: "North", handle: "north" });
  const added = await root.call("POST", "/organisations/north/members", { email: member.email, role: "member" });
  expect(added.status).toBe(201);
});
afterAll(() => panel.close());

beforeEach(async () => {
  round += 1;
  sql("update settings set value = '1000' where key = 'limits.zones_per_organisation'");
  for (const name of names()) {
    const made = await clara.call("POST", "/organisations/north/dns/zones", { name, connection: "local" });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    await change(name, {
      rrsets: [
        set("www", "A", "192.0.2.10", "192.0.2.11"),
        set("mail", "A", "192.0.2.1"),
        set("@", "MX", `10 mail.${name}.`, "20 mx.old-host.example."),
        set("@", "TXT", '"v=spf1 include:old-host.example -all"'),
      ],
    });
  }
});

async function change(name: string, body: object): Promise<void> {
  const answer = await clara.call("POST", `${at(name)}/changes`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
}

/** What this round's zones alone are asked for. */
async function wanted(find: object, becomes: object) {
  const zones = (
    sql(
      `select id from zones where name in (${names()
        .map(() => "?")
        .join(", ")})`,
      ...names().map((n) => `${n}.`),
    ) as {
      id: string;
    }[]
  ).map(({ id }) => id);
  return { find: { zones, ...find }, change: becomes };
}

async function dryRun(person: Pick<Person, "call">, input: object): Promise<ZonePlan[]> {
  const answer = await person.call<{ zones: ZonePlan[] }>("POST", "/dns/bulk", { ...input, dryRun: true });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.zones;
}

const ready = (plans: readonly ZonePlan[]) =>
  plans.filter(({ state }) => state === "ready").map(({ zone, digest }) => ({ zone: zone.id, digest }));

async function start(person: Pick<Person, "call">, input: object): Promise<Bulk> {
  const answer = await person.call<Bulk>("POST", "/dns/bulk", input);
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
  return answer.body;
}

async function look(person: Pick<Person, "call">, id: string): Promise<Bulk> {
  return (await person.call<Bulk>("GET", `/dns/bulk/${id}`)).body;
}

async function contents(name: string, type: string): Promise<{ ttl: number; records: string[] }[]> {
  const { items } = (
    await clara.call<{ items: { ttl: number; records: { content: string }[] }[] }>(
      "GET",
      `${at(name)}/rrsets?type=${type}`,
    )
  ).body;
  return items.map(({ ttl, records }) => ({ ttl, records: records.map(({ content }) => content) }));
}

describe("from dry run to done and back", () => {
  test("a value is replaced everywhere, each zone with an entry of the batch, and all of it is undone at once", async () => {
    const input = await wanted({ content: "old-host.example" }, { kind: "content", content: "new-host.example" });
    const before = await Promise.all(names().map((name) => contents(name, "MX")));
    const plans = await dryRun(clara, input);
    expect(plans.map(({ zone, state, records }) => [zone.name, state, records.updated])).toEqual(
      names()
        .toSorted()
        .map((name) => [`${name}.`, "ready", 2]),
    );
    expect(await Promise.all(names().map((name) => contents(name, "MX")))).toEqual(before);

    const { id } = await start(clara, { ...input, planned: ready(plans) });
    expect(await look(clara, id)).toMatchObject({ state: "running", done: 0, total: 3 });
    await runJobs();
    const done = await look(clara, id);
    expect(done).toMatchObject({ state: "done", done: 3, hidden: 0 });
    expect(done.zones.map(({ state }) => state)).toEqual(["applied", "applied", "applied"]);
    for (const name of names()) {
      expect((await contents(name, "MX"))[0]?.records).toEqual([`10 mail.${name}.`, "20 mx.new-host.example."]);
      expect((await contents(name, "TXT"))[0]?.records).toEqual(['"v=spf1 include:new-host.example -all"']);
    }
    const entries = sql("select zone_id, actor_id, actor_label from zone_changes where batch_id = ?", id);
    expect(entries).toHaveLength(3);
    expect(entries[0]).toMatchObject({ actor_id: clara.id, actor_label: clara.email });

    expect((await clara.call("POST", `/dns/bulk/${id}/undo`)).status).toBe(202);
    expect((await clara.call("POST", `/dns/bulk/${id}/undo`)).status).toBe(409);
    await runJobs();
    const undone = await look(clara, id);
    expect(undone.state).toBe("undone");
    expect(undone.zones.map(({ undo }) => undo?.state)).toEqual(["undone", "undone", "undone"]);
    expect(await Promise.all(names().map((name) => contents(name, "MX")))).toEqual(before);
  });

  test("TTLs change, by type and name", async () => {
    const input = await wanted({ type: "a", name: "www" }, { kind: "ttl", ttl: 60 });
    const { id } = await start(clara, { ...input, planned: ready(await dryRun(clara, input)) });
    await runJobs();
    expect((await look(clara, id)).state).toBe("done");
    const [, name = ""] = names();
    expect((await contents(name, "A")).map(({ ttl }) => ttl).toSorted()).toEqual([3600, 60]);
  });

  test("one of several values is deleted, and a whole set where all are meant", async () => {
    const value = await wanted({ type: "A", content: "192.0.2.1", whole: true }, { kind: "delete" });
    const plans = await dryRun(clara, value);
    expect(plans[0]).toMatchObject({ records: { deleted: 1 }, plan: [{ kind: "delete", type: "A" }] });
    const part = await dryRun(clara, await wanted({ content: "192.0.2.11" }, { kind: "delete" }));
    expect(part[0]?.plan).toMatchObject([{ kind: "update", after: { records: [{ content: "192.0.2.10" }] } }]);
    // Not whole: it is a part of others too.
    const more = await dryRun(clara, await wanted({ type: "A", content: "192.0.2.1" }, { kind: "delete" }));
    expect(more[0]?.records.deleted).toBe(3);
  });

  test.each([
    ["*", "A", ["mail", "www"]],
    ["@", "MX", ["@"]],
    ["*.dev", "A", ["api.dev"]],
    ["api.**", "A", ["api.dev"]],
    ["**", "A", ["api.dev", "mail", "www"]],
    ["ww", "A", []],
  ])("the name pattern %s", async (name, type, expected) => {
    const [first = ""] = names();
    await change(first, { rrsets: [set("api.dev", "A", "192.0.2.50")] });
    const plans = await dryRun(clara, await wanted({ name, type }, { kind: "ttl", ttl: 120 }));
    const mine = plans.find(({ zone }) => zone.name === `${first}.`)?.plan ?? [];
    const relative = mine.map((step) => (step.name === `${first}.` ? "@" : step.name.replace(`.${first}.`, "")));
    expect(relative.toSorted()).toEqual(expected);
  });
});

describe("what stands in the way", () => {
  test("a zone that moved since the dry run is left alone and said so; the others are done", async () => {
    const input = await wanted({ name: "www", type: "A" }, { kind: "ttl", ttl: 60 });
    const plans = await dryRun(clara, input);
    const [first = ""] = names();
    await change(first, { rrsets: [set("www", "A", "192.0.2.99")] });
    const { id } = await start(clara, { ...input, planned: ready(plans) });
    await runJobs();
    const { zones } = await look(clara, id);
    expect(Object.fromEntries(zones.map(({ zone, state }) => [zone.name, state]))).toEqual(
      Object.fromEntries(names().map((name) => [`${name}.`, name === first ? "skipped" : "applied"])),
    );
    expect((await contents(first, "A")).find(({ records }) => records.includes("192.0.2.99"))?.ttl).toBe(3600);
  });

  test("the brake holds zones until somebody says that they mean it", async () => {
    const [first = ""] = names();
    await change(first, {
      rrsets: Array.from({ length: 12 }, (_, index) => set(`h${index}`, "AAAA", `2001:db8::${index + 1}`)),
    });
    const input = await wanted({ type: "AAAA" }, { kind: "delete" });
    const plans = await dryRun(clara, input);
    expect(plans).toMatchObject([{ state: "ready", brake: { braked: true } }]);
    const held = await start(clara, { ...input, planned: ready(plans) });
    await runJobs();
    expect((await look(clara, held.id)).zones).toMatchObject([{ state: "refused" }]);
    const meant = await start(clara, { ...input, planned: ready(plans), confirm: true });
    await runJobs();
    expect((await look(clara, meant.id)).zones).toMatchObject([{ state: "applied" }]);
  });

  test("what would not be valid is refused in the dry run, zone by zone", async () => {
    const plans = await dryRun(
      clara,
      await wanted({ type: "A", content: "192.0.2.1", whole: true }, { kind: "content", content: "not an address" }),
    );
    expect(plans).toHaveLength(3);
    for (const { state, reasons } of plans)
      expect({ state, said: reasons.length }).toEqual({ state: "refused", said: 1 });
  });

  test("what was changed since is not undone, and what was not is", async () => {
    const input = await wanted({ name: "mail", type: "A" }, { kind: "ttl", ttl: 60 });
    const { id } = await start(clara, { ...input, planned: ready(await dryRun(clara, input)) });
    await runJobs();
    const [first = ""] = names();
    await change(first, { rrsets: [set("mail", "A", "192.0.2.77")] });
    await clara.call("POST", `/dns/bulk/${id}/undo`);
    await runJobs();
    const { zones } = await look(clara, id);
    expect(Object.fromEntries(zones.map(({ zone, undo }) => [zone.name, undo?.state]))).toEqual(
      Object.fromEntries(names().map((name) => [`${name}.`, name === first ? "skipped" : "undone"])),
    );
  });

  test.each([
    [{ find: {}, change: { kind: "delete" } }, "find.content"],
    [{ find: { name: "a..b" }, change: { kind: "delete" } }, "find.name"],
    [{ find: { type: "no type" }, change: { kind: "delete" } }, "find.type"],
    [{ find: { type: "A" }, change: { kind: "content", content: "x" } }, "find.content"],
    [{ find: { type: "A" }, change: { kind: "ttl", ttl: -1 } }, "change.ttl"],
  ])("%j is told at its field", async (input, field) => {
    const answer = await clara.call<{ fields: Record<string, string> }>("POST", "/dns/bulk", {
      ...input,
      dryRun: true,
    });
    expect(answer.status).toBe(422);
    expect(Object.keys(answer.body.fields)).toContain(field);
  });

  test("more than a bulk change may touch is not begun", async () => {
    sql("insert or replace into settings (key, value, updated_at) values ('limits.zones_per_bulk', '2', 0)");
    const answer = await clara.call("POST", "/dns/bulk", {
      ...(await wanted({ type: "MX" }, { kind: "delete" })),
      dryRun: true,
    });
    expect(answer).toMatchObject({ status: 422, body: { message: expect.stringContaining("more than 2 zones") } });
    sql("delete from settings where key = 'limits.zones_per_bulk'");
  });
});

describe("who", () => {
  const level = async (name: string, body: object) => {
    const answer = await clara.call("PUT", `${at(name)}/permissions/${member.id}`, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  };

  test("only zones that one may edit are found, narrowed ones as far as one may", async () => {
    const [first = "", second = "", third = ""] = names();
    await level(first, { level: "view" });
    await level(second, { level: "edit", names: ["www"] });
    await level(third, { level: "none" });
    const plans = await dryRun(member, await wanted({ type: "A" }, { kind: "ttl", ttl: 60 }));
    expect(plans).toMatchObject([{ zone: { name: `${second}.` }, state: "ready", left: 1 }]);
    expect(plans[0]?.plan.map(({ name }) => name)).toEqual([`www.${second}.`]);
    // Deleting takes more than editing.
    const deleted = await dryRun(member, await wanted({ type: "A" }, { kind: "delete" }));
    expect(deleted).toMatchObject([{ zone: { name: `${second}.` }, state: "refused" }]);
    // What was not in one's own dry run cannot be asked for either.
    const all = ready(await dryRun(clara, await wanted({ type: "A" }, { kind: "ttl", ttl: 60 })));
    const stolen = await member.call("POST", "/dns/bulk", {
      ...(await wanted({ type: "A" }, { kind: "ttl", ttl: 60 })),
      planned: all,
    });
    expect(stolen.status).toBe(422);
  });

  test("access is looked up again in each zone: what was taken meanwhile is refused", async () => {
    for (const name of names()) await level(name, { level: "full" });
    const input = await wanted({ name: "www", type: "A" }, { kind: "ttl", ttl: 60 });
    const { id } = await start(member, { ...input, planned: ready(await dryRun(member, input)) });
    const [first = "", second = ""] = names();
    await level(first, { level: "none" });
    await level(second, { level: "view" });
    await runJobs();
    const bulk = await look(member, id);
    expect(bulk.hidden).toBe(1);
    expect(Object.fromEntries(bulk.zones.map(({ zone, state }) => [zone.name, state]))).toEqual({
      [`${second}.`]: "refused",
      [`${names()[2]}.`]: "applied",
    });
    expect((await contents(first, "A")).every(({ ttl }) => ttl === 3600)).toBe(true);
  });

  test("a suspended account changes nothing more", async () => {
    for (const name of names()) await level(name, { level: "full" });
    const input = await wanted({ name: "www", type: "A" }, { kind: "ttl", ttl: 60 });
    const { id } = await start(member, { ...input, planned: ready(await dryRun(member, input)) });
    sql("update users set suspended_at = 1 where id = ?", member.id);
    await runJobs();
    sql("update users set suspended_at = null where id = ?", member.id);
    expect((await look(member, id)).zones.map(({ state }) => state)).toEqual(["refused", "refused", "refused"]);
  });

  test("it goes on without the session that asked for it", async () => {
    const input = await wanted({ name: "www", type: "A" }, { kind: "ttl", ttl: 61 });
    const { id } = await start(clara, { ...input, planned: ready(await dryRun(clara, input)) });
    sql("update sessions set id = 'over' || id where user_id = ?", clara.id);
    await runJobs();
    sql("update sessions set id = substr(id, 5) where user_id = ?", clara.id);
    expect((await look(clara, id)).zones.map(({ state }) => state)).toEqual(["applied", "applied", "applied"]);
  });

  test("a token's job has the token's rights, and ends with the token", async () => {
    const [first = "", second = ""] = names();
    const ids = Object.fromEntries(
      (sql("select id, name from zones") as { id: string; name: string }[]).map(({ id, name }) => [name, id]),
    );
    const made = await clara.call<{ token: string; id: string }>("POST", "/account/tokens", {
      name: "Bulk",
      mode: "listed",
      zones: [first, second].map((name) => ({ zone: ids[`${name}.`], name: "www", type: null, level: "edit" })),
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const token: Pick<Person, "call"> = {
      call: (method, target, body) => panel.call(method, target, body, { authorization: `Bearer ${made.body.token}` }),
    };
    const input = await wanted({ type: "A" }, { kind: "ttl", ttl: 60 });
    const plans = await dryRun(token, input);
    expect(plans.map(({ plan }) => plan.map(({ name }) => name))).toEqual(
      [first, second].toSorted().map((name) => [`www.${name}.`]),
    );
    const { id } = await start(token, { ...input, planned: ready(plans) });
    await runJobs();
    expect((await look(token, id)).zones.map(({ state }) => state)).toEqual(["applied", "applied"]);
    expect((await contents(first, "A")).map(({ ttl }) => ttl).toSorted()).toEqual([3600, 60]);

    const later = await wanted({ type: "A" }, { kind: "ttl", ttl: 90 });
    const next = await start(token, { ...later, planned: ready(await dryRun(token, later)) });
    expect((await clara.call("DELETE", `/account/tokens/${made.body.id}`)).status).toBe(200);
    await runJobs();
    expect((await look(clara, next.id)).zones.map(({ state }) => state)).toEqual(["refused", "refused"]);
  });

  test("a bulk change is nobody else's to see or undo", async () => {
    const input = await wanted({ name: "www", type: "A" }, { kind: "ttl", ttl: 60 });
    const { id } = await start(clara, { ...input, planned: ready(await dryRun(clara, input)) });
    await runJobs();
    expect((await member.call("GET", `/dns/bulk/${id}`)).status).toBe(404);
    expect((await member.call("POST", `/dns/bulk/${id}/undo`)).status).toBe(404);
    const mine = await clara.call<{ items: { id: string }[] }>("GET", "/dns/bulk");
    expect(mine.body.items[0]?.id).toBe(id);
  });
});

describe("in a zone that is too large for the thread of requests", () => {
  const COUNT = 1100;
  const input = (becomes: object) => wanted({ type: "A", content: "203.0.113.7" }, becomes);
  const other = { kind: "content", content: "203.0.113.8" };
  const [large, small] = [() => names()[0] ?? "", () => names()[1] ?? ""];
  const idOf = (name: string) => (sql("select id from zones where name = ?", `${name}.`) as { id: string }[])[0]?.id;
  /** How many records have each value. */
  const values = (name: string) =>
    Object.fromEntries(
      (
        sql(
          "select item.value ->> 'content' as content, count(*) as n from rrsets r join json_each(r.records) item where r.zone_id = ? and content like '203.%' group by 1",
          idOf(name),
        ) as { content: string; n: number }[]
      ).map(({ content, n }) => [content, n]),
    );
  const post = Worker.prototype.postMessage;
  let asked: MockInstance<Worker["postMessage"]>;
  /** What the thread for large work was asked: of the large zone alone. */
  const tasks = () =>
    asked.mock.calls.flatMap(([message]) => {
      const { task, question } = message as { task?: string; question?: { zone: string } };
      if (task !== undefined) expect(question?.zone).toBe(idOf(large()));
      return task ?? [];
    });

  beforeEach(async () => {
    await change(large(), {
      rrsets: Array.from({ length: COUNT }, (_, index) => set(`h${index}.in`, "A", "203.0.113.7")),
    });
    await change(small(), { rrsets: [set("h0.in", "A", "203.0.113.7")] });
    asked = vi.spyOn(Worker.prototype, "postMessage");
  });
  afterEach(() => asked.mockRestore());

  test("the same is planned, held by the brake, done and undone as in a small one, and no request waits for it", async () => {
    const plans = await dryRun(clara, await input(other));
    expect(Object.fromEntries(plans.map(({ zone, ...plan }) => [zone.name, plan]))).toMatchObject({
      [`${large()}.`]: { state: "ready", steps: COUNT, records: { updated: COUNT }, brake: { braked: true }, left: 0 },
      [`${small()}.`]: { state: "ready", steps: 1, records: { updated: 1 }, brake: { braked: false }, left: 0 },
    });
    for (const { plan } of plans) {
      expect(plan.length).toBeLessThanOrEqual(20);
      for (const step of plan)
        expect(step).toMatchObject({ kind: "update", type: "A", after: { records: [{ content: "203.0.113.8" }] } });
    }
    expect(tasks()).toEqual(["bulk"]);

    const held = await start(clara, { ...(await input(other)), planned: ready(plans) });
    await runJobs();
    expect(Object.fromEntries((await look(clara, held.id)).zones.map(({ zone, state }) => [zone.name, state]))).toEqual(
      {
        [`${large()}.`]: "refused",
        [`${small()}.`]: "applied",
      },
    );
    expect(values(large())).toEqual({ "203.0.113.7": COUNT });

    const mine = ready(plans).filter(({ zone }) => zone === idOf(large()));
    const meant = await start(clara, { ...(await input(other)), planned: mine, confirm: true });
    await runJobs();
    expect(await look(clara, meant.id)).toMatchObject({
      state: "done",
      zones: [{ state: "applied", records: { created: 0, updated: COUNT, deleted: 0 } }],
    });
    expect(values(large())).toEqual({ "203.0.113.8": COUNT });
    expect(tasks()).toEqual(["bulk", "bulk", "change", "bulk", "change"]);
    expect(sql("select kind, state, actor_id from zone_changes where batch_id = ?", meant.id)).toEqual([
      { kind: "change", state: "applied", actor_id: clara.id },
    ]);

    await clara.call("POST", `/dns/bulk/${meant.id}/undo`);
    await runJobs();
    expect((await look(clara, meant.id)).zones).toMatchObject([{ undo: { state: "undone" } }]);
    expect(values(large())).toEqual({ "203.0.113.7": COUNT });
  });

  test("what is not valid is refused, and what moved since is left alone", async () => {
    const wrong = await dryRun(clara, await input({ kind: "content", content: "not an address" }));
    expect(wrong.map(({ state, reasons }) => [state, reasons.length])).toEqual([
      ["refused", 10],
      ["refused", 1],
    ]);
    const plans = await dryRun(clara, await input(other));
    await change(large(), { rrsets: [set("h7.in", "A", "203.0.113.7", "203.0.113.9")] });
    const { id } = await start(clara, { ...(await input(other)), planned: ready(plans), confirm: true });
    await runJobs();
    expect(Object.fromEntries((await look(clara, id)).zones.map(({ zone, state }) => [zone.name, state]))).toEqual({
      [`${large()}.`]: "skipped",
      [`${small()}.`]: "applied",
    });
    expect(values(large())).toEqual({ "203.0.113.7": COUNT, "203.0.113.9": 1 });
  });

  test("what moves between the last look and the change is left alone too", async () => {
    const plans = await dryRun(clara, await input(other));
    asked.mockImplementation(function (this: Worker, message, ...rest) {
      if ((message as { task?: string }).task === "change")
        sql("update rrset_rows set ttl = 61 where name = ?", `h7.in.${large()}.`);
      return post.call(this, message, ...rest);
    });
    const { id } = await start(clara, { ...(await input(other)), planned: ready(plans), confirm: true });
    await runJobs();
    expect((await look(clara, id)).zones.find(({ zone }) => zone.name === `${large()}.`)).toMatchObject({
      state: "skipped",
      message: "Somebody else has changed these records since you saw them.",
    });
    expect(values(large())).toEqual({ "203.0.113.7": COUNT });
  });

  /** Others have their turn before each look, and after so many looks the zone has been put in order. */
  async function whilePutInOrder<T>(looks: number, work: () => Promise<T>): Promise<T> {
    const { db, transaction } = await import("#db/client.ts");
    const { zones } = await import("#db/schema/index.ts");
    const { buildGeneration, dropGeneration, switchTo } = await import("#lib/dns/large/generation.ts");
    const zone = db()
      .select()
      .from(zones)
      .all()
      .find(({ name }) => name === `${large()}.`);
    if (!zone) throw new Error("no zone");
    const built = await buildGeneration(zone, []);
    let clock = performance.now();
    const time = vi.spyOn(performance, "now").mockImplementation(() => (clock += 9));
    const rest = globalThis.setImmediate;
    let moved: Promise<void> | null = null;
    const turn = vi.spyOn(globalThis, "setImmediate").mockImplementation(((go: () => void) => {
      const from = new Error().stack ?? "";
      if (!from.includes("search/walk.ts") || from.includes("log/slow.ts") || looks-- > 0) return rest(go);
      moved ??= (async () => {
        transaction((tx) => switchTo(tx, built));
        await dropGeneration(zone.generation);
      })();
      void moved.then(() => rest(go));
    }) as typeof setImmediate);
    try {
      return await work();
    } finally {
      time.mockRestore();
      turn.mockRestore();
      expect(moved).not.toBeNull();
    }
  }

  test.each([
    [0, "its owner"],
    [1, "its owner"],
    [1, "staff, who see all zones"],
  ])("what is found when it is put in order after %i looks of %s is all of it, once", async (looks, who) => {
    const person = who === "its owner" ? clara : await panel.person(`Staff ${round}`, "root");
    // Few enough that the plan is made of what was found here, and of a value that stands nowhere else.
    const [few, content] = [900, `198.51.100.${round}`];
    const rrsets = Array.from({ length: few }, (_, index) => set(`h${index}.in`, "A", content));
    await change(large(), { rrsets, confirm: true });
    const question = await wanted({ type: "A", content }, other);
    expect(await whilePutInOrder(looks, () => dryRun(person, question))).toMatchObject([
      { state: "ready", steps: few, left: 0 },
    ]);
  });

  test("it is changed, although it was put in order while the job looked for what is meant", async () => {
    const plans = await dryRun(clara, await input(other));
    const { id } = await start(clara, { ...(await input(other)), planned: ready(plans), confirm: true });
    await whilePutInOrder(0, runJobs);
    expect((await look(clara, id)).zones).toMatchObject([{ state: "applied" }, { state: "applied" }]);
    expect(values(large())).toEqual({ "203.0.113.8": COUNT });
  });

  test("a narrowed member changes what they may, and nothing any more once it was taken", async () => {
    await change(large(), { rrsets: [set("out", "A", "203.0.113.7")] });
    const level = async (body: object) =>
      expect((await clara.call("PUT", `${at(large())}/permissions/${member.id}`, body)).status).toBe(200);
    await level({ level: "edit", names: ["*.in"] });
    const plans = await dryRun(member, await input(other));
    expect(plans).toMatchObject([{ state: "ready", records: { updated: COUNT }, left: 1 }]);
    const taken = await start(member, { ...(await input(other)), planned: ready(plans), confirm: true });
    await level({ level: "view" });
    await runJobs();
    expect((await look(member, taken.id)).zones).toMatchObject([{ state: "refused" }]);
    expect(values(large())).toEqual({ "203.0.113.7": COUNT + 1 });
    await level({ level: "edit", names: ["*.in"] });
    const { id } = await start(member, { ...(await input(other)), planned: ready(plans), confirm: true });
    await runJobs();
    expect((await look(member, id)).zones).toMatchObject([{ state: "applied", records: { updated: COUNT } }]);
    expect(values(large())).toEqual({ "203.0.113.7": 1, "203.0.113.8": COUNT });
    expect(tasks()).toContain("change");
  });
});

test("a job that died in the middle goes on, and does nothing twice", async () => {
  const input = await wanted({ name: "www", type: "A" }, { kind: "ttl", ttl: 60 });
  const { id } = await start(clara, { ...input, planned: ready(await dryRun(clara, input)) });
  await runJobs();
  const rows = sql("select zone_id, change_id from bulk_zones where bulk_id = ? order by position", id) as {
    zone_id: string;
    change_id: string;
  }[];
  // The first was done and not noted; the second was begun and not done; the process died.
  sql(
    "update bulk_zones set state = 'working', change_id = null where zone_id = ? and bulk_id = ?",
    rows[0]?.zone_id,
    id,
  );
  sql(
    "update bulk_zones set state = 'working', change_id = null where zone_id = ? and bulk_id = ?",
    rows[1]?.zone_id,
    id,
  );
  sql("delete from zone_changes where id = ?", rows[1]?.change_id);
  sql(
    "update rrset_rows set ttl = 3600 where name like 'www.%' and generation = (select generation from zones where id = ?)",
    rows[1]?.zone_id,
  );
  sql(
    "update jobs set state = 'queued', attempts = 0, due_at = 0 where kind = 'dns.bulk' and json_extract(payload, '$.bulk') = ?",
    id,
  );
  await runJobs();
  const { zones } = await look(clara, id);
  expect(zones.map(({ state }) => state)).toEqual(["applied", "applied", "applied"]);
  expect(zones[0]?.change).toBe(rows[0]?.change_id);
  expect(sql("select id from zone_changes where batch_id = ?", id)).toHaveLength(3);
});
