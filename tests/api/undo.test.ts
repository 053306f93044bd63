/** Taking changes back: one entry of the history, or everything since a moment. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type PowerDnsServer, startPowerDns } from "../support/powerdns.ts";
import { type Sql, sqlOf } from "../support/stage.ts";

interface Set {
  name: string;
  type: string;
  ttl: number;
  records: { content: string }[];
}
interface Step {
  name: string;
  type: string;
  before: Set | null;
  after: Set | null;
}
interface Answer {
  dryRun: boolean;
  change: string | null;
  state: string;
  plan: Step[];
  left: number;
  conflicts: { name: string; now: Set | null; yours: Set | null }[];
  refused: unknown[];
  brake: { braked: boolean };
  notKnown: { name: string; type: string; since: number | null; foundAt: number }[];
  basedOn: number;
  code: string;
  message: string;
}
interface Entry {
  id: string;
  kind: string;
  undoes: string | null;
  undoneBy: string | null;
  restoredTo: number | null;
  revision: number | null;
  plan: Step[];
  hidden: number;
}

let panel: Panel;
let powerdns: PowerDnsServer;
let sql: Sql;
let owner: Person;
let sequence = 0;
const zones = "/organisations/acme/dns/zones";

beforeAll(async () => {
  powerdns = await startPowerDns();
  panel = await startPanel({ POWERDNS_API_URL: powerdns.apiUrl, POWERDNS_API_KEY: powerdns.apiKey });
  sql = await sqlOf();
  const { setSetting } = await import("#lib/settings/settings.ts");
  setSetting("zone_claims", "trusted");
  owner = await panel.person("Owner");
  expect((await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" })).status).toBe(201);
});
afterAll(async () => {
  await panel?.close();
  await powerdns?.stop();
});

const a = (name: string, ...contents: string[]) => ({
  name,
  type: "A",
  ttl: 60,
  records: contents.map((content) => ({ content })),
});

async function zone(connection: "local" | "powerdns" = "local") {
  const name = `undo${++sequence}.example`;
  const path = `${zones}/${name}`;
  expect((await owner.call("POST", zones, { name, connection })).status).toBe(201);
  const set = async (rrsets: unknown[], deletions: unknown[] = [], by = owner) => {
    const answer = await by.call<Answer>("POST", `${path}/changes`, { rrsets, deletions, confirm: true });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return String(answer.body.change);
  };
  return {
    name,
    path,
    set,
    revert: (change: string, body: object = {}, by = owner) =>
      by.call<Answer>("POST", `${path}/changes/${change}/revert`, body),
    restore: (body: object, by = owner) => by.call<Answer>("POST", `${path}/restore`, body),
    /** Newest first. */
    history: async (query = "", by = owner) =>
      (await by.call<{ items: Entry[] }>("GET", `${path}/changes${query}`)).body.items,
    /** `label type` → contents, without SOA and NS. */
    held: async () => {
      const { items } = (
        await owner.call<{ items: { name: string; type: string; content: string; ttl: number }[] }>(
          "GET",
          `${path}/records?perPage=200`,
        )
      ).body;
      return items
        .filter(({ type }) => type !== "SOA" && type !== "NS")
        .map(({ name: at, type, content, ttl }) => `${at.slice(0, -name.length - 2)} ${type} ${ttl} ${content}`)
        .toSorted();
    },
  };
}

/** Records changed at PowerDNS, and not by the panel. */
async function outside(apex: string, label: string, ...contents: string[]): Promise<void> {
  const changetype = contents.length > 0 ? "REPLACE" : "DELETE";
  const records = contents.map((content) => ({ content, disabled: false }));
  const answer = await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones/${apex}.`, {
    method: "PATCH",
    headers: { "x-api-key": powerdns.apiKey },
    body: JSON.stringify({ rrsets: [{ name: `${label}.${apex}.`, type: "A", ttl: 60, changetype, records }] }),
  });
  expect(answer.status).toBe(204);
}

/** A token of the owner's that sees what the rule says and nothing else in any zone. */
async function seeing(rule: { name?: string; type?: string; level: string }): Promise<Person> {
  const made = await owner.call<{ token: string }>("POST", "/account/tokens", {
    name: `rule ${++sequence}`,
    mode: "listed",
    permissions: [],
    organisations: [{ organisation: null, role: "member" }],
    zones: [{ zone: null, name: null, type: null, ...rule }],
    servers: [],
  });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return {
    ...owner,
    call: (method, path, body) => panel.call(method, path, body, { authorization: `Bearer ${made.body.token}` }),
  };
}

describe.each(["local", "powerdns"] as const)("undoing one change at %s", (connection) => {
  test("what it added goes, what it changed is as before, what it removed comes back, and both entries say so", async () => {
    const at = await zone(connection);
    await at.set([a("kept", "192.0.2.1"), a("changed", "192.0.2.2"), a("gone", "192.0.2.3", "192.0.2.4")]);
    const before = await at.held();
    const change = await at.set(
      [{ ...a("changed", "192.0.2.20"), ttl: 120 }, a("added", "192.0.2.5")],
      [{ name: "gone", type: "A" }],
    );
    await at.set([a("later", "192.0.2.6")]);

    const preview = await at.revert(change, { dryRun: true });
    expect(preview).toMatchObject({ status: 200, body: { dryRun: true, conflicts: [], refused: [], left: 0 } });
    expect(preview.body.plan.map(({ name, before: from, after }) => [name.split(".")[0], !from, !after])).toEqual([
      ["added", false, true],
      ["changed", false, false],
      ["gone", true, false],
    ]);
    expect(await at.history(), "a preview is not journaled").toHaveLength(4);

    const done = await at.revert(change);
    expect(done).toMatchObject({ status: 200, body: { state: "applied", left: 0 } });
    expect(await at.held()).toEqual([...before, "later A 60 192.0.2.6"].toSorted());
    if (connection === "powerdns")
      expect(await powerdns.query(`gone.${at.name}`, "A")).toEqual(expect.arrayContaining(["192.0.2.3", "192.0.2.4"]));
    const [undo, , undone] = await at.history();
    expect(undo).toMatchObject({ id: done.body.change, undoes: change, undoneBy: null });
    expect(undone).toMatchObject({ id: change, undoes: null, undoneBy: done.body.change });
    expect(await owner.call("GET", `${at.path}/changes/${change}`)).toMatchObject({
      body: { undoneBy: done.body.change },
    });

    expect(await at.revert(change), "once more there is nothing to do").toMatchObject({
      status: 200,
      body: { change: null, plan: [] },
    });
    expect((await at.revert(String(done.body.change))).body.state, "the undo is undone").toBe("applied");
    expect(await at.held()).toContain("changed A 120 192.0.2.20");
  });

  test("an RRset that moved since is a conflict, and nothing is done, unless it is forced", async () => {
    const at = await zone(connection);
    await at.set([a("x", "192.0.2.1"), a("y", "192.0.2.1")]);
    const change = await at.set([a("x", "192.0.2.2"), a("y", "192.0.2.2")]);
    await at.set([a("x", "192.0.2.3")]);
    const before = await at.held();
    const entries = (await at.history()).length;
    const conflict = {
      name: `x.${at.name}.`,
      now: { records: [{ content: "192.0.2.3" }] },
      yours: { records: [{ content: "192.0.2.1" }] },
    };
    expect(await at.revert(change, { dryRun: true })).toMatchObject({ body: { conflicts: [conflict] } });
    expect(await at.revert(change)).toMatchObject({
      status: 409,
      body: { code: "zone_moved", conflicts: [conflict] },
    });
    expect([await at.held(), (await at.history()).length]).toEqual([before, entries]);
    expect(await at.revert(change, { force: true })).toMatchObject({ status: 200, body: { state: "applied" } });
    expect(await at.held()).toEqual(["x A 60 192.0.2.1", "y A 60 192.0.2.1"]);
  });

  test("what is back already is no conflict", async () => {
    const at = await zone(connection);
    await at.set([a("x", "192.0.2.1"), a("y", "192.0.2.1")]);
    const change = await at.set([a("x", "192.0.2.2"), a("y", "192.0.2.2")]);
    await at.set([a("x", "192.0.2.1")]);
    const undo = await at.revert(change);
    expect(undo.body.plan.map(({ name }) => name)).toEqual([`y.${at.name}.`]);
    expect(await at.held()).toEqual(["x A 60 192.0.2.1", "y A 60 192.0.2.1"]);
  });
});

describe("undoing", () => {
  test("a change from outside the panel", async () => {
    const at = await zone("powerdns");
    await at.set([a("x", "192.0.2.1")]);
    await outside(at.name, "x", "203.0.113.9");
    sql.run("update zones set refreshed_at = 0, compared_at = 0");
    await owner.call("POST", `${at.path}/refresh`);
    const [found] = await at.history("?kind=outside");
    expect((await at.revert(String(found?.id))).body.state).toBe("applied");
    expect(await powerdns.query(`x.${at.name}`, "A")).toEqual(["192.0.2.1"]);
  });

  test("is refused where the plan is, and brakes as any plan does", async () => {
    const at = await zone();
    const labels = Array.from({ length: 30 }, (_, index) => a(`b${index}`, "192.0.2.1"));
    const change = await at.set(labels);
    const editor = await seeing({ level: "edit" });
    expect(await at.revert(change, { confirm: true }, editor)).toMatchObject({
      status: 403,
      body: { code: "forbidden", missing: "full" },
    });
    expect(await at.revert(change)).toMatchObject({
      status: 409,
      body: { code: "confirm_required", brake: { braked: true, touched: 30 } },
    });
    expect((await at.revert(change, { confirm: true })).status).toBe(200);
    expect(await at.held()).toEqual([]);
  });

  test("neither tells nor touches what is hidden", async () => {
    const at = await zone();
    await at.set([a("open", "192.0.2.1"), a("secret", "192.0.2.1")]);
    const change = await at.set([a("open", "192.0.2.2"), a("secret", "192.0.2.2")]);
    const alone = await at.set([a("secret", "192.0.2.3")]);
    const narrow = await seeing({ name: "open", level: "full" });
    for (const body of [{ dryRun: true }, {}]) {
      const answer = await at.revert(change, body, narrow);
      expect(answer).toMatchObject({ status: 200, body: { left: 1 } });
      expect(answer.body.plan.map(({ name }) => name)).toEqual([`open.${at.name}.`]);
      expect(JSON.stringify(answer.body)).not.toMatch(/secret|192\.0\.2\.3/);
    }
    expect(await at.held()).toEqual(["open A 60 192.0.2.1", "secret A 60 192.0.2.3"]);
    const answer = await at.revert(alone, {}, narrow);
    expect(answer).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect(JSON.stringify(answer.body)).not.toMatch(/secret/);
    const [undo] = await at.history("", narrow);
    expect(undo).toMatchObject({ undoes: change, hidden: 0 });
  });

  test("the making of a zone, or a change that was not applied, is refused in a sentence", async () => {
    const at = await zone();
    const change = await at.set([a("x", "192.0.2.1")]);
    const [made] = (await at.history()).toReversed();
    expect(made?.kind).toBe("create");
    expect(await at.revert(String(made?.id))).toMatchObject({
      status: 409,
      body: { message: "Only changes of records can be undone." },
    });
    sql.run("update zone_changes set state = 'not_applied' where id = ?", change);
    expect(await at.revert(change)).toMatchObject({ status: 409, body: { message: expect.stringMatching(/nothing/) } });
    sql.run("update zone_changes set state = 'unknown' where id = ?", change);
    expect(await at.revert(change)).toMatchObject({ status: 409, body: { code: "zone_settling" } });
    sql.run("update zone_changes set state = 'applied' where id = ?", change);
  });

  test("what was stored otherwise than it was sent goes from what is there", async () => {
    const at = await zone();
    await at.set([a("x", "192.0.2.1")]);
    const change = await at.set([a("x", "192.0.2.2")]);
    const stored = a(`x.${at.name}.`, "192.0.2.77");
    sql.run(
      "update zone_changes set state = 'differs', differs = ? where id = ?",
      JSON.stringify([{ name: stored.name, type: "A", sent: null, found: stored }]),
      change,
    );
    expect(await at.revert(change), "the panel holds what was sent, so it has moved").toMatchObject({ status: 409 });
    await at.set([a("x", "192.0.2.77")]);
    expect(await at.revert(change)).toMatchObject({ status: 200, body: { state: "applied" } });
    expect(await at.held()).toEqual(["x A 60 192.0.2.1"]);
  });
});

describe("restoring to a moment", () => {
  /** Entries are given moments of their own, a second apart, the newest a second ago. */
  const spread = (name: string): number[] => {
    const rows = sql.all<{ id: string }>(
      "select c.id from zone_changes c join zones z on z.id = c.zone_id where z.name = ? order by c.revision",
      `${name}.`,
    );
    const start = Date.now() - rows.length * 1000;
    return rows.map(({ id }, index) => {
      const at = start + index * 1000;
      sql.run("update zone_changes set created_at = ? where id = ?", at, id);
      return at;
    });
  };

  test.each(["local", "powerdns"] as const)(
    "brings back every state that the zone at %s has had",
    async (connection) => {
      const at = await zone(connection);
      const states = [await at.held()];
      const steps: [unknown[], unknown[]?][] = [
        [[a("x", "192.0.2.1"), a("y", "192.0.2.1")]],
        [[a("x", "192.0.2.2", "192.0.2.3")]],
        [[{ ...a("y", "192.0.2.1"), ttl: 300 }], [{ name: "x", type: "A" }]],
        [[{ name: "x", type: "TXT", ttl: 60, records: [{ text: 'a \\ and a "' }] }, a("x", "192.0.2.9")]],
        [[], [{ name: "y", type: "A" }]],
      ];
      for (const [rrsets, deletions] of steps) {
        await at.set(rrsets, deletions);
        states.push(await at.held());
      }
      const moments = spread(at.name);
      for (const index of [2, 0, 4, 1, 3, 5]) {
        const moment = (moments[index] ?? 0) + 500;
        const preview = await at.restore({ at: moment, dryRun: true });
        expect(preview, `state ${index}`).toMatchObject({ status: 200, body: { dryRun: true, notKnown: [], left: 0 } });
        const done = await at.restore({ at: moment, revision: preview.body.basedOn });
        expect(done.status, JSON.stringify(done.body)).toBe(200);
        expect(await at.held(), `state ${index}`).toEqual(states[index]);
        expect((await at.restore({ at: moment })).body.change, "then there is nothing to do").toBeNull();
        expect((await at.history())[0]).toMatchObject({ restoredTo: moment });
      }
    },
  );

  test("is undone like any change", async () => {
    const at = await zone();
    await at.set([a("x", "192.0.2.1")]);
    const [, moment = 0] = spread(at.name);
    await at.set([a("x", "192.0.2.2")]);
    const restored = await at.restore({ at: moment });
    expect(await at.held()).toEqual(["x A 60 192.0.2.1"]);
    expect((await at.revert(String(restored.body.change))).status).toBe(200);
    expect(await at.held()).toEqual(["x A 60 192.0.2.2"]);
  });

  test("says what it does not know: what was changed outside some time between two looks", async () => {
    const at = await zone("powerdns");
    await at.set([a("x", "192.0.2.1"), a("y", "192.0.2.1")]);
    const [, moment = 0] = spread(at.name);
    await at.set([a("y", "192.0.2.2")]);
    await outside(at.name, "x", "203.0.113.9");
    const compared = moment - 100;
    sql.run("update zones set refreshed_at = 0, compared_at = ? where name = ?", compared, `${at.name}.`);
    sql.run("update zones set provider_version = 'another' where name = ?", `${at.name}.`);
    expect(await owner.call("POST", `${at.path}/refresh`)).toMatchObject({ body: { moved: true } });
    const [found] = await at.history("?kind=outside");
    expect(found).toBeDefined();
    const unsure = await at.restore({ at: moment, dryRun: true });
    expect(unsure.body.notKnown).toMatchObject([{ name: `x.${at.name}.`, type: "A", since: compared }]);
    expect(unsure.body.plan.map(({ name }) => name)).toEqual([`y.${at.name}.`]);
    // Earlier than the look before, it was what the panel had.
    sql.run("update zone_changes set known_until = ? where id = ?", moment + 100, found?.id);
    const sure = await at.restore({ at: moment, dryRun: true });
    expect(sure.body.notKnown).toEqual([]);
    expect(sure.body.plan.map(({ name }) => name).toSorted()).toEqual([`x.${at.name}.`, `y.${at.name}.`]);
  });

  test("stops if the zone has moved since the preview", async () => {
    const at = await zone();
    await at.set([a("x", "192.0.2.1")]);
    const [, moment = 0] = spread(at.name);
    await at.set([a("x", "192.0.2.2")]);
    const { body } = await at.restore({ at: moment, dryRun: true });
    await at.set([a("new", "192.0.2.3")]);
    expect(await at.restore({ at: moment, revision: body.basedOn })).toMatchObject({
      status: 409,
      body: { code: "zone_moved" },
    });
    expect(await at.held()).toEqual(["new A 60 192.0.2.3", "x A 60 192.0.2.2"]);
  });

  test("leaves what is hidden, and counts it without a name", async () => {
    const at = await zone();
    await at.set([a("open", "192.0.2.1"), a("secret", "192.0.2.1")]);
    const [, moment = 0] = spread(at.name);
    await at.set([a("open", "192.0.2.2"), a("secret", "192.0.2.2"), a("secret2", "192.0.2.2")]);
    const narrow = await seeing({ name: "open", level: "full" });
    for (const body of [{ at: moment, dryRun: true }, { at: moment }]) {
      const answer = await at.restore(body, narrow);
      expect(answer).toMatchObject({ status: 200, body: { left: 2 } });
      expect(JSON.stringify(answer.body)).not.toMatch(/secret/);
    }
    expect(await at.held()).toEqual(["open A 60 192.0.2.1", "secret A 60 192.0.2.2", "secret2 A 60 192.0.2.2"]);
  });

  test("to before the panel knew the zone, or to tomorrow, is refused", async () => {
    const at = await zone();
    for (const moment of [Date.now() - 3_600_000, Date.now() + 3_600_000])
      expect(await at.restore({ at: moment })).toMatchObject({
        status: 422,
        body: { fields: { at: expect.any(String) } },
      });
  });

  test("a clock that was set back does not change the order of what happened", async () => {
    const at = await zone();
    await at.set([a("x", "192.0.2.1")]);
    await at.set([a("x", "192.0.2.2")]);
    await at.set([a("x", "192.0.2.3")]);
    const moments = spread(at.name);
    const [, , late] = await at.history();
    // The second of them was written while the clock was half a minute ahead.
    sql.run("update zone_changes set created_at = created_at + 30000 where id = ?", late?.id);
    expect((await at.restore({ at: (moments[3] ?? 0) + 1 })).body.change, "the last is the last").toBeNull();
    expect(await at.held()).toEqual(["x A 60 192.0.2.3"]);
  });
});

test("the history is filtered by kind, name, type, actor and time", async () => {
  const at = await zone();
  const person = await panel.person("Second");
  await owner.call("POST", "/organisations/acme/members", { email: person.email, role: "member" });
  const made = await at.set([a("x", "192.0.2.1")]);
  const other = await at.set([{ name: "y", type: "TXT", ttl: 60, records: [{ text: "t" }] }]);
  sql.run("update zone_changes set created_at = created_at - 10000 where id = ?", made);
  const ids = async (query: string) => (await at.history(query)).map(({ id }) => id);
  expect(await ids("?kind=create")).toHaveLength(1);
  expect(await ids("?kind=change")).toEqual([other, made]);
  expect(await ids("?name=x.")).toEqual([made]);
  expect(await ids("?kind=change&type=TXT")).toEqual([other]);
  expect(await ids(`?kind=change&actor=${owner.id}`)).toEqual([other, made]);
  expect(await ids(`?actor=${person.id}`)).toEqual([]);
  expect(await ids(`?kind=change&to=${Date.now() - 5000}`)).toEqual([made]);
  expect(await ids(`?kind=change&from=${Date.now() - 5000}`)).toEqual([other]);
});
