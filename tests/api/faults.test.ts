import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { startBehindFaults } from "../support/behind-faults.ts";
import type { Fault } from "../support/fake-powerdns.ts";
import { runJobs } from "../support/jobs.ts";

interface Written {
  change: string;
  state: string;
  code: string;
  message: string;
}
interface Entry {
  id: string;
  kind: string;
  state: string;
  message: string;
  settledAt: number | null;
  actor: { id: string | null };
}

const { panel, powerdns, proxy, owner, settleAll, zones, rested, close } = await startBehindFaults();
const { db } = await import("#db/client.ts");
const sql = (text: string, ...values: unknown[]): Record<string, unknown>[] => {
  const statement = db().$client.prepare(text);
  if (statement.reader) return statement.all(...values) as Record<string, unknown>[];
  statement.run(...values);
  return [];
};
let sequence = 0;
afterEach(() => {
  rested();
  // Whatever became of a change, refused and lost ones too, the zone counts what its mirror holds.
  const drifted = sql(
    "select name, record_count, (select coalesce(sum(r.record_count), 0) from rrsets r where r.zone_id = zones.id) as there from zones where record_count <> there",
  );
  expect(drifted).toEqual([]);
});
afterAll(close);

/** A zone with one record in it, `www`. */
async function zone() {
  const name = `faults${++sequence}.example`;
  const path = `${zones}/${name}`;
  expect((await owner.call("POST", zones, { name })).status).toBe(201);
  expect(
    (await owner.call("POST", `${path}/records`, { name: "www", type: "A", ttl: 60, content: "192.0.2.1" })).status,
  ).toBe(201);
  return {
    name,
    path,
    add: (label: string, content = "192.0.2.9") =>
      owner.call<Written>("POST", `${path}/records`, { name: label, type: "A", ttl: 60, content }),
    /** Newest first. */
    history: async () => (await owner.call<{ items: Entry[] }>("GET", `${path}/changes`)).body.items,
    mirror: async (label: string) =>
      (await owner.call<{ items: { content: string }[] }>("GET", `${path}/records?q=${label}`)).body.items.map(
        ({ content }) => content,
      ),
    truth: (label: string) => powerdns.query(`${label}.${name}`, "A"),
    audits: (change: string) =>
      sql(
        "select actor_id, action, outcome, json_extract(after, '$.state') as state from audit_log where json_extract(after, '$.change') = ? order by id",
        change,
      ),
  };
}

/** With a deadline for PowerDNS other than the eight seconds, for which nobody wants to wait here. */
async function within<T>(timeoutMs: number, work: () => Promise<T>): Promise<T> {
  return using({ apiKey: powerdns.apiKey, timeoutMs }, work);
}

async function using<T>(options: { apiKey: string; timeoutMs?: number }, work: () => Promise<T>): Promise<T> {
  const { connectionById } = await import("#lib/dns/connections.ts");
  const { powerDns } = await import("#lib/dns/providers/powerdns.ts");
  const connection = connectionById("powerdns");
  if (!connection) throw new Error("no connection");
  const own = connection.provider;
  connection.provider = powerDns({ url: proxy.url, ...options });
  try {
    return await work();
  } finally {
    connection.provider = own;
  }
}

/** As if half a minute had gone by, until the end of the test. */
const later = () => writeFileSync(path.join(panel.dataDir, "landing-ms"), "0");

async function settled(change: string): Promise<Record<string, unknown>> {
  later();
  await settleAll();
  expect(sql("select state from zone_changes where id = ?", change), "one read concludes nothing").not.toEqual([
    { state: "applied" },
  ]);
  await settleAll();
  return sql("select state, message, settled_at from zone_changes where id = ?", change)[0] ?? {};
}

describe("PowerDNS is down", () => {
  test("a write says so within ten seconds, nothing is journaled, and what is there can be read", async () => {
    const at = await zone();
    await proxy.down();
    try {
      const before = await at.history();
      const started = performance.now();
      const answer = await at.add("new");
      expect(performance.now() - started).toBeLessThan(10_000);
      expect(answer).toMatchObject({
        status: 502,
        body: { code: "provider_failed", message: "PowerDNS cannot be reached." },
      });
      expect(await at.history()).toEqual(before);
      expect(await at.mirror("www")).toEqual(["192.0.2.1"]);
      expect((await owner.call("GET", at.path)).status).toBe(200);
      expect((await owner.call<{ total: number }>("GET", zones)).body.total).toBeGreaterThan(0);
      sql("update zones set refreshed_at = 0");
      expect(await owner.call("POST", `${at.path}/refresh`)).toMatchObject({
        status: 200,
        body: { moved: false, refreshedAt: 0, problem: "PowerDNS cannot be reached." },
      });
      expect(await at.mirror("www")).toEqual(["192.0.2.1"]);
    } finally {
      await proxy.up();
    }
    expect((await at.add("new")).status).toBe(201);
    expect(await at.truth("new")).toEqual(["192.0.2.9"]);
  });

  test("a zone cannot be made, and nothing of it is left", async () => {
    await proxy.down();
    try {
      expect(await owner.call("POST", zones, { name: "never.example" })).toMatchObject({
        status: 502,
        body: { message: "PowerDNS cannot be reached." },
      });
    } finally {
      await proxy.up();
    }
    expect(sql("select 1 from zones where name = 'never.example.'")).toEqual([]);
    expect((await owner.call("POST", zones, { name: "never.example" })).status).toBe(201);
  });

  test("a zone of the panel's own is not touched by it", async () => {
    await proxy.down();
    try {
      expect((await owner.call("POST", zones, { name: "own.example", connection: "local" })).status).toBe(201);
      expect(
        (await owner.call("POST", `${zones}/own.example/records`, { name: "x", type: "A", content: "192.0.2.1" }))
          .status,
      ).toBe(201);
    } finally {
      await proxy.up();
    }
  });
});

describe("the write fails at PowerDNS", () => {
  test.each<[Fault, string]>([
    ["500-after", "HTTP 500"],
    ["drop-after", "the connection"],
    ["garbage", "an answer that is none"],
  ])("%s (%s): it landed, so the journal says applied", async (fault) => {
    const at = await zone();
    proxy.fail(fault, { method: "PATCH" });
    const answer = await at.add("landed");
    expect(answer).toMatchObject({ status: 201, body: { state: "applied" } });
    expect(await at.truth("landed")).toEqual(["192.0.2.9"]);
    expect((await at.history())[0]).toMatchObject({ id: answer.body.change, state: "applied", steps: 1, stepsDone: 1 });
    expect(await at.mirror("landed")).toEqual(["192.0.2.9"]);
    expect(at.audits(answer.body.change)).toMatchObject([{ state: "applied", outcome: "done", actor_id: owner.id }]);
  });

  test("its database is busy with another writer: the change is sent again until it gets through", async () => {
    const at = await zone();
    const push = proxy.requests.push.bind(proxy.requests);
    let sent = 0;
    proxy.requests.push = (...requests) => {
      if (requests.some(({ method }) => method === "PATCH") && ++sent > 3) proxy.fail(null);
      return push(...requests);
    };
    proxy.fail("500-own", { method: "PATCH" });
    const answer = await at.add("busy");
    proxy.requests.push = push;
    expect(answer).toMatchObject({ status: 201, body: { state: "applied" } });
    expect(sent).toBe(4);
    expect(await at.truth("busy")).toEqual(["192.0.2.9"]);
    expect((await at.history())[0]).toMatchObject({ id: answer.body.change, state: "applied" });
  });

  test("its database stays out of order: that is said, and the zone is free for the next change", async () => {
    const at = await zone();
    proxy.fail("500-own", { method: "PATCH" });
    const answer = await at.add("never");
    proxy.fail(null);
    expect(answer).toMatchObject({ status: 502, body: { code: "provider_failed", message: /its database is busy/ } });
    expect((await at.history())[0]).toMatchObject({ state: "refused", message: /Nothing was changed/ });
    expect((await at.add("next")).status).toBe(201);
    expect([await at.truth("never"), await at.truth("next")]).toEqual([[], ["192.0.2.9"]]);
  });

  test("many write to many zones at once, and its database takes one writer at a time: all get through", async () => {
    const zones = await Promise.all(Array.from({ length: 8 }, () => zone()));
    const labels = ["a", "b", "c", "d", "e"];
    const answers = await Promise.all(zones.flatMap((at) => labels.map((label) => at.add(label))));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    for (const at of zones) for (const label of labels) expect(await at.truth(label)).toEqual(["192.0.2.9"]);
  });

  test.each<Fault>(["500-before", "drop-before"])(
    "%s: it did not land, and nobody can know yet: 202, and the zone waits",
    async (fault) => {
      const at = await zone();
      proxy.fail(fault, { method: "PATCH" });
      const answer = await at.add("lost");
      expect(answer).toMatchObject({ status: 202, body: { state: "unknown" } });
      proxy.fail(null);
      expect((await at.history())[0]).toMatchObject({ id: answer.body.change, state: "unknown", settledAt: null });
      expect(await at.mirror("lost"), "the mirror does not get ahead").toEqual([]);
      const next = await at.add("next");
      expect(next).toMatchObject({ status: 409, body: { code: "zone_settling", change: answer.body.change } });
      expect(Number(next.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(await at.truth("next")).toEqual([]);
      await settleAll();
      expect((await at.history())[0], "too early to conclude").toMatchObject({ state: "unknown" });
      expect(await settled(answer.body.change)).toMatchObject({
        state: "not_applied",
        message: "It never reached the provider.",
      });
      expect(at.audits(answer.body.change)).toMatchObject([
        { state: "unknown" },
        { state: "not_applied", outcome: "refused", actor_id: owner.id, action: "dns.addRecord" },
      ]);
      expect((await at.add("next")).status).toBe(201);
      expect([await at.truth("lost"), await at.truth("next")]).toEqual([[], ["192.0.2.9"]]);
    },
  );

  test("no answer comes: the write ends by itself, and what landed late is found", async () => {
    const at = await zone();
    proxy.fail("slow", { method: "PATCH" });
    const answer = await within(400, () => at.add("late"));
    expect(answer).toMatchObject({ status: 202, body: { state: "unknown" } });
    proxy.fail(null);
    const sent = proxy.requests.findLast(({ method }) => method === "PATCH");
    const landing = await fetch(`${powerdns.apiUrl}${sent?.path}`, {
      method: "PATCH",
      headers: { "x-api-key": powerdns.apiKey },
      body: sent?.body ?? "",
    });
    expect(landing.status).toBe(204);
    expect(await settled(answer.body.change)).toMatchObject({ state: "applied" });
    expect(await at.mirror("late")).toEqual(["192.0.2.9"]);
    expect(
      (await owner.call<{ items: unknown[] }>("GET", `${at.path}/changes?name=late`)).body.items,
      "not an outside change",
    ).toHaveLength(1);
  });

  test("with DNS switched off it is settled all the same, by the job that every start and every minute runs", async () => {
    const { setSetting } = await import("#lib/settings/settings.ts");
    const { jobKinds } = await import("#lib/jobs/kinds.ts");
    const { plant } = await import("#lib/jobs/work.ts");
    const at = await zone();
    proxy.fail("500-before", { method: "PATCH" });
    const { change } = (await at.add("open")).body;
    proxy.fail(null);
    later();
    setSetting("feature.dns", false);
    try {
      expect(jobKinds.filter(({ kind, ready }) => kind.startsWith("dns.") && (ready?.() ?? true))).toMatchObject([
        { kind: "dns.settle", schedule: "* * * * *" },
      ]);
      plant(jobKinds);
      await runJobs();
      expect(sql("select state from zone_changes where id = ?", change)).toEqual([{ state: "not_applied" }]);
    } finally {
      setSetting("feature.dns", true);
    }
  });

  test("a clock that is set back or put on makes no difference", async () => {
    const at = await zone();
    proxy.fail("500-before", { method: "PATCH" });
    const { change } = (await at.add("clock")).body;
    proxy.fail(null);
    const state = async () => {
      await settleAll();
      await settleAll();
      return sql("select state from zone_changes where id = ?", change)[0]?.state;
    };
    const clock = vi.spyOn(Date, "now");
    try {
      const now = Date.now();
      clock.mockImplementation(() => now + 3_600_000);
      expect(await state(), "an hour ahead, and the call may still land").toBe("unknown");
      clock.mockImplementation(() => now - 3_600_000);
      expect(await state()).toBe("unknown");
      later();
      expect(await state(), "an hour behind").toBe("not_applied");
    } finally {
      clock.mockRestore();
    }
    // Another process sent it, by a clock that was ahead: half a minute from now.
    proxy.fail("500-before", { method: "PATCH" });
    const again = (await at.add("clock2")).body.change;
    proxy.fail(null);
    rmSync(path.join(panel.dataDir, "landing-ms"), { force: true });
    const { singleton } = await import("#lib/singleton.ts");
    singleton("calls-given-up", () => new Map<string, number>()).delete(again);
    sql("update zone_changes set sent_at = sent_at + 3600000 where id = ?", again);
    await settleAll();
    const [row] = sql("select state, sent_at from zone_changes where id = ?", again);
    expect(row?.state).toBe("unknown");
    expect(Number(row?.sent_at)).toBeLessThanOrEqual(Date.now());
    expect(await settled(again)).toMatchObject({ state: "not_applied" });
  });

  test("nothing can be read back either: unknown, whatever landed, until it can", async () => {
    const at = await zone();
    const push = proxy.requests.push.bind(proxy.requests);
    proxy.requests.push = (...requests) => {
      if (requests.some(({ method }) => method === "PATCH")) proxy.fail("500-after");
      return push(...requests);
    };
    const answer = await at.add("blind");
    proxy.requests.push = push;
    expect(answer).toMatchObject({ status: 202, body: { state: "unknown" } });
    expect(await at.truth("blind")).toEqual(["192.0.2.9"]);
    later();
    const down = await at.add("next");
    expect(down, "settling first fails in a sentence").toMatchObject({
      status: 502,
      body: { code: "provider_failed", message: expect.stringMatching(/PowerDNS failed to answer/) },
    });
    await settleAll();
    expect((await at.history())[0]).toMatchObject({ id: answer.body.change, state: "unknown" });
    proxy.fail(null);
    expect(await settled(answer.body.change)).toMatchObject({ state: "applied" });
    expect(await at.mirror("blind")).toEqual(["192.0.2.9"]);
  });

  test("somebody else wrote there meanwhile: partial, and the mirror takes what is there", async () => {
    const at = await zone();
    proxy.fail("500-before", { method: "PATCH" });
    const answer = await at.add("mixed");
    proxy.fail(null);
    const records = [{ content: "203.0.113.5", disabled: false }];
    await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones/${at.name}.`, {
      method: "PATCH",
      headers: { "x-api-key": powerdns.apiKey },
      body: JSON.stringify({
        rrsets: [{ name: `mixed.${at.name}.`, type: "A", ttl: 60, changetype: "REPLACE", records }],
      }),
    });
    expect(await settled(answer.body.change)).toMatchObject({ state: "partial" });
    expect(await at.mirror("mixed")).toEqual(["203.0.113.5"]);
  });

  test("reads that differ conclude nothing", async () => {
    const at = await zone();
    proxy.fail("500-before", { method: "PATCH" });
    await at.add("moving");
    proxy.fail(null);
    later();
    await settleAll();
    const sent = proxy.requests.findLast(({ method }) => method === "PATCH");
    await fetch(`${powerdns.apiUrl}${sent?.path}`, {
      method: "PATCH",
      headers: { "x-api-key": powerdns.apiKey },
      body: sent?.body ?? "",
    });
    await settleAll();
    expect((await at.history())[0]).toMatchObject({ state: "unknown" });
    await settleAll();
    expect((await at.history())[0]).toMatchObject({ state: "applied" });
  });

  test("the zone is no longer there: said in a sentence, and what was there can still be read", async () => {
    const at = await zone();
    const before = await at.history();
    const gone = await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones/${at.name}.`, {
      method: "DELETE",
      headers: { "x-api-key": powerdns.apiKey },
    });
    expect(gone.status).toBe(204);
    expect(await at.add("new")).toMatchObject({
      status: 502,
      body: { code: "provider_failed", message: expect.stringMatching(/zone/) },
    });
    expect(await at.history()).toEqual(before);
    expect(await at.mirror("www")).toEqual(["192.0.2.1"]);
  });

  test("the key is no longer right: refused, and said", async () => {
    const at = await zone();
    expect(await using({ apiKey: "wrong" }, () => at.add("new"))).toMatchObject({
      status: 502,
      body: { code: "provider_failed", message: "PowerDNS did not accept the API key." },
    });
  });
});

describe("reading fails before anything is written", () => {
  test.each<[Fault, RegExp]>([
    ["500-before", /failed to answer \(HTTP 500\)/],
    ["drop-before", /connection to PowerDNS broke/],
    ["drop-after", /connection to PowerDNS broke/],
    ["garbage", /not one of the PowerDNS API/],
    ["slow", /did not answer within 2 seconds/],
  ])("%s: nothing is sent, nothing is journaled", async (fault, sentence) => {
    const at = await zone();
    const before = await at.history();
    proxy.requests.length = 0;
    proxy.fail(fault, { method: "GET" });
    const answer = await within(2000, () => at.add("new"));
    expect([502, 504]).toContain(answer.status);
    expect(answer.body.message).toMatch(sentence);
    expect(proxy.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    proxy.fail(null);
    expect(await at.history()).toEqual(before);
    expect((await at.add("new")).status).toBe(201);
  });
});

describe("making a zone fails", () => {
  const row = (name: string) =>
    sql(
      "select z.status, c.state, c.id from zones z join zone_changes c on c.zone_id = z.id where z.name = ?",
      name,
    )[0];

  test("it was made, and the answer was lost: it is adopted later, with its records", async () => {
    proxy.fail("500-after", { method: "POST" });
    expect((await owner.call("POST", zones, { name: "adopted.example" })).status).toBe(502);
    proxy.fail(null);
    expect(row("adopted.example.")).toMatchObject({ status: "pending", state: "pending" });
    expect(
      await owner.call("POST", `${zones}/adopted.example/records`, { name: "x", type: "A", content: "192.0.2.1" }),
    ).toMatchObject({ status: expect.any(Number) });
    await settleAll();
    expect(row("adopted.example.")).toMatchObject({ status: "active", state: "applied" });
    expect(
      (await owner.call("POST", `${zones}/adopted.example/records`, { name: "x", type: "A", content: "192.0.2.1" }))
        .status,
    ).toBe(201);
    expect(await powerdns.query("x.adopted.example", "A")).toEqual(["192.0.2.1"]);
  });

  test("it was made, and its records could not be read: it is not forgotten", async () => {
    const push = proxy.requests.push.bind(proxy.requests);
    proxy.requests.push = (...requests) => {
      if (requests.some(({ method }) => method === "POST")) proxy.fail("500-before", { method: "GET" });
      return push(...requests);
    };
    expect((await owner.call("POST", zones, { name: "half.example" })).status).toBe(502);
    proxy.requests.push = push;
    proxy.fail(null);
    expect(await powerdns.query("half.example", "SOA")).toHaveLength(1);
    await settleAll();
    expect(row("half.example.")).toMatchObject({ status: "active", state: "applied" });
    expect(await owner.call("GET", `${zones}/half.example/records`)).toMatchObject({ status: 200, body: { total: 3 } });
  });

  test("it was not made: after half a minute nothing of it is left, and that is in the audit log", async () => {
    proxy.fail("500-before", { method: "POST" });
    expect((await owner.call("POST", zones, { name: "unmade.example" })).status).toBe(502);
    proxy.fail(null);
    await settleAll();
    const entry = row("unmade.example.");
    expect(entry).toMatchObject({ status: "pending", state: "pending" });
    later();
    await settleAll();
    expect(sql("select 1 from zones where name = 'unmade.example.'")).toEqual([]);
    expect(sql("select action, outcome, actor_id from audit_log where target_label = 'unmade.example.'")).toEqual([
      { action: "dns.create", outcome: "refused", actor_id: owner.id },
    ]);
    expect((await owner.call("POST", zones, { name: "unmade.example" })).status).toBe(201);
  });
});
