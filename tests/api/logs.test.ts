import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RequestRow } from "#lib/log/rows.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { unmasked } from "../support/unmasked.ts";

let panel: Panel;
let reader: Person;
let ada: Person;
const START = Date.UTC(2026, 0, 1);

interface Row {
  id: string;
  at: number;
  action: string;
  actor: string | null;
  outcome: string | null;
  requestId: string | null;
  text: string | null;
  ms: number | null;
}
interface Page {
  items: Row[];
  total: number;
  capped: boolean;
  next: string | null;
  previous: string | null;
}

/** Requests as they are written, kept beside to compare with. */
const noted: { id: string; at: number; action: string; status: number; ms: number; actor: string | null }[] = [];

beforeAll(async () => {
  panel = await startPanel();
  reader = await panel.person("Reader", ["logs:read"]);
  ada = await panel.person("Ada");
  const { noteRequest, written } = await import("#lib/log/store.ts");
  const { newId } = await import("#lib/id.ts");
  let seed = 7;
  const random = (n: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % n;
  };
  const later = Date.now();
  for (let n = 0; n < 3000; n++) {
    const at = START + n * 1000;
    const hex = at.toString(16).padStart(12, "0");
    const id = `${hex.slice(0, 8)}-${hex.slice(8)}-7000${newId(later).slice(18)}`;
    const action = ["dns.listRecords", "dns.open", "users.me", "roles.list"][random(4)] ?? "";
    const status = [200, 200, 200, 404, 422, 500][random(6)] ?? 200;
    const ms = [1, 5, 120, 1500, 6000][random(5)] ?? 1;
    const actor = [null, ada.id, reader.id][random(3)] ?? null;
    const template = `/of/${action.replace(".", "/")}`;
    const row: RequestRow = [
      id,
      "GET",
      template,
      action,
      status,
      ms * 1000,
      actor ? "user" : "anonymous",
      actor,
      "203.0.113.7",
      null,
    ];
    noteRequest(row);
    noted.push({ id, at, action, status, ms, actor });
    if (n % 400 === 0) await written();
  }
  await written();
});
afterAll(() => panel.close());

const ask = async (query: Record<string, string | number>, who = reader) => {
  const text = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
  return who.call<Page>("GET", `/admin/logs?${text}`);
};
const OLD = { view: "requests", to: START + 3_000_000 };

describe("requests", () => {
  test.each([
    [{}, () => true],
    [{ action: "dns.open" }, (row: (typeof noted)[number]) => row.action === "dns.open"],
    [{ status: "4xx" }, ({ status }) => status >= 400 && status < 500],
    [{ status: "5xx", over: 1000 }, ({ status, ms }) => status >= 500 && ms >= 1000],
    [{ status: "422", action: "/of/users/me" }, ({ status, action }) => status === 422 && action === "users.me"],
    [{ over: 5000 }, ({ ms }) => ms >= 5000],
    [{ q: "dns." }, ({ action }) => action.startsWith("dns.")],
    [{ q: "LIST", status: "2xx" }, ({ action, status }) => /list/i.test(action) && status === 200],
    [{ from: START + 100_000, to: START + 200_000 }, ({ at }) => at >= START + 100_000 && at < START + 200_000],
    [{ q: "no such thing" }, () => false],
  ] as [Record<string, string | number>, (row: (typeof noted)[number]) => boolean][])(
    "%j, page by page, from both ends",
    async (filter, fits) => {
      const expected = noted
        .filter(fits)
        .map(({ id }) => id)
        .toReversed();
      const forward: string[] = [];
      let pages = 0;
      let cursor: string | null = null;
      do {
        const { status, body } = await ask({ ...OLD, perPage: 200, ...filter, ...(cursor ? { at: cursor } : {}) });
        expect(status).toBe(200);
        expect(body.total).toBe(expected.length);
        expect(body.previous === null).toBe(pages === 0 || body.items.length === 0);
        forward.push(...body.items.map(({ requestId }) => requestId ?? ""));
        cursor = body.next;
        pages++;
      } while (cursor !== null);
      expect(forward).toEqual(expected);
      const backward: string[] = [];
      let page = (await ask({ ...OLD, perPage: 200, ...filter, at: "last" })).body;
      for (;;) {
        backward.unshift(...page.items.map(({ requestId }) => requestId ?? ""));
        if (page.previous === null) break;
        page = (await ask({ ...OLD, perPage: 200, ...filter, at: page.previous })).body;
      }
      expect(backward).toEqual(expected);
    },
  );

  test("of somebody, by id or address, and one by its request id, with the name of who asked", async () => {
    const count = noted.filter(({ actor }) => actor === ada.id).length;
    for (const actor of [ada.id, ada.email.toUpperCase()]) {
      const { body } = await ask({ ...OLD, actor });
      expect(body.total).toBe(count);
      expect(body.items[0]?.actor).toBe("a•••@e•••.org");
    }
    expect((await ask({ ...OLD, actor: ada.id }, unmasked(panel, reader))).body.items[0]?.actor).toBe(ada.email);
    expect((await ask({ ...OLD, actor: "nobody@example.org" })).body.items).toEqual([]);
    const one = noted[1234];
    for (const query of [{ q: one?.id ?? "" }, { requestId: one?.id ?? "" }] as Record<string, string>[]) {
      const { body } = await ask({ ...OLD, ...query });
      expect(body.items.map(({ requestId }) => requestId)).toEqual([one?.id]);
    }
  });

  test("where filters meet, what was looked at ends a page, and the next goes on from there", async () => {
    const { logsDb } = await import("#db/logs/client.ts");
    const client = logsDb().$client;
    const route = client
      .prepare("insert into routes (method, template, action) values ('GET', '/far', 'far.away')")
      .run();
    const insert = client.prepare(
      "insert into requests (id, request_id, route, status, micros, actor_type) values (?, randomblob(16), ?, 200, ?, 0)",
    );
    const from = Date.UTC(2025, 0, 1);
    client.transaction(() => {
      for (let n = 0; n < 25_000; n++)
        insert.run((from + n) * 2048, route.lastInsertRowid, n === 10 ? 1_000_000 : 200_000);
    })();
    const query = { view: "requests", action: "far.away", over: 100, status: "2xx", to: from + 25_000 };
    const { body } = await ask(query);
    expect(body.items).toHaveLength(50);
    const rare: Record<string, string | number> = { ...query, status: "3xx" };
    const first = (await ask(rare)).body;
    expect(first.items).toEqual([]);
    expect(first.next).not.toBeNull();
    let pages = 1;
    for (let cursor = first.next; cursor !== null; pages++) cursor = (await ask({ ...rare, at: cursor })).body.next;
    expect(pages).toBe(3);
  });

  test("a status that is none is refused at its field", async () => {
    const { status, body } = await ask({ view: "requests", status: "fine" });
    expect(status).toBe(422);
    expect(body).toMatchObject({ fields: { status: "Enter a status such as 404, or 4xx." } });
  });
});

test("audit entries: by actor, action, target, outcome, words and request; and what one changed", async () => {
  const owner = await panel.person("Owner", "root");
  const made = await owner.call<{ id: string }>("POST", "/organisations", { name: "Audited", handle: "audited" });
  await owner.call("PATCH", "/organisations/audited", { name: "Audited again" });
  const requestId = made.headers.get("x-request-id") ?? "";
  const ids = async (query: Record<string, string | number>) =>
    (await ask(query)).body.items.map(({ action }) => action);
  expect(await ids({ actor: owner.email })).toEqual(["organisations.edit", "organisations.create"]);
  expect(await ids({ actor: owner.id, sort: "at" })).toEqual(["organisations.create", "organisations.edit"]);
  expect(await ids({ action: "organisations.edit", actor: owner.id })).toEqual(["organisations.edit"]);
  expect(await ids({ target: made.body.id })).toEqual(["organisations.edit", "organisations.create"]);
  expect(await ids({ q: "ISATIONS.CR" })).toEqual(["organisations.create"]);
  expect(await ids({ q: requestId })).toEqual(["organisations.create"]);
  expect(await ids({ actor: owner.id, status: "refused" })).toEqual([]);
  const newest = await ask({ actor: owner.id, perPage: 1 });
  const older = await ask({ actor: owner.id, perPage: 1, at: newest.body.next ?? "" });
  expect(older.body.items[0]?.action).toBe("organisations.create");
  const [entry] = (await ask({ q: requestId })).body.items;
  const { written } = await import("#lib/log/store.ts");
  await written();
  const { body } = await reader.call<{ after: string; related: { view: string; action: string }[] }>(
    "GET",
    `/admin/logs/${entry?.id}`,
  );
  expect(body.after).toContain("Audited");
  expect(body.related).toMatchObject([{ view: "requests", action: "organisations.create" }]);
});

test("errors by their words, and slow statements by how slow", async () => {
  const { unforeseen } = await import("#lib/log/unforeseen.ts");
  const { noteSlow, written } = await import("#lib/log/store.ts");
  unforeseen(new TypeError("the gate is stuck"), { source: "job", place: "gate.open", requestId: null });
  unforeseen(new Error("nothing of the kind"), { source: "job", place: "gate.close", requestId: null });
  for (const [text, ms] of [
    ["select a", 60],
    ["select b", 300],
    ["select a", 80],
  ] as const)
    noteSlow([text, ms * 1000, Date.now()]);
  await written();
  expect((await ask({ view: "errors", q: "is stu" })).body.items).toMatchObject([
    { action: "gate.open", text: "the gate is stuck" },
  ]);
  expect((await ask({ view: "errors", action: "gate.close" })).body.items).toHaveLength(1);
  const [error] = (await ask({ view: "errors", q: "is stu" })).body.items;
  expect((await reader.call<{ stack: string }>("GET", `/admin/logs/${error?.id}`)).body.stack).toContain("logs.test");
  const slow = async (sort: string) => (await ask({ view: "slow", sort })).body.items.map(({ text }) => text);
  expect(await slow("-max")).toEqual(["select b", "select a"]);
  expect(await slow("-times")).toEqual(["select a", "select b"]);
  const first = (await ask({ view: "slow", sort: "-times", perPage: 1 })).body;
  expect((await ask({ view: "slow", sort: "-times", perPage: 1, at: first.next ?? "" })).body.items).toMatchObject([
    { text: "select b" },
  ]);
});

describe("followed live", () => {
  const open = (cookie: string, query = "view=requests") => panel_(`/admin/logs/follow?${query}`, cookie);
  async function panel_(path: string, cookie: string): Promise<Response> {
    const { handleApi } = await import("#lib/api/http.ts");
    return handleApi(new Request(`http://localhost:3000/api${path}`, { headers: { cookie } }));
  }
  /** What comes, until the text is in it or the stream ends. */
  async function readUntil(response: Response, text: string): Promise<string> {
    let all = "";
    const body = response.body?.getReader();
    while (body && !all.includes(text)) {
      const { done, value } = await body.read();
      if (done) break;
      all += new TextDecoder().decode(value);
    }
    await body?.cancel();
    return all;
  }

  test("what is asked for comes as it is written, by the filter, and neither compressed nor kept", async () => {
    const response = await open(reader.cookie, "view=requests&action=users.me");
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(response.headers.get("cache-control")).toBe("no-store, no-transform");
    await ada.call("GET", "/organisations");
    const own = await ada.call("GET", "/account");
    const { written } = await import("#lib/log/store.ts");
    const [text] = await Promise.all([readUntil(response, "users.me"), written()]);
    expect(text).toContain(own.headers.get("x-request-id"));
    expect(text).not.toContain("organisations");
    const audit = await open(reader.cookie, "view=audit&action=users.rename");
    await ada.call("PATCH", "/account", { name: "Ada again" });
    const heard = await readUntil(audit, "users.rename");
    expect(heard).toContain("a•••@e•••.org");
    expect(heard).not.toContain(ada.email);
  });

  test.each(["action=test.flood", "q=flood"])(
    "of more entries at once than are shown the rest is counted: %s",
    async (narrowed) => {
      const { db } = await import("#db/client.ts");
      const response = await open(reader.cookie, `view=audit&${narrowed}`);
      const one = db().$client.prepare(
        "insert into audit_log (id, at, actor_type, actor_label, action, target_type, target_label, outcome) values (?, ?, 'system', 's', ?, 't', ?, 'done')",
      );
      db().$client.transaction(() => {
        for (let n = 0; n < 250; n++)
          for (const action of ["test.flood", "test.other"])
            one.run(`${action} ${narrowed} ${n}`, Date.now(), action, `number ${n}`);
      })();
      const heard = await readUntil(response, '"skipped":');
      const { items, skipped } = JSON.parse(heard.match(/^data: (.*)$/m)?.[1] ?? "{}");
      expect([items.length, skipped]).toEqual([200, 50]);
      expect([items.at(0).action, items.at(-1).action]).toEqual(["test.flood", "test.flood"]);
    },
  );

  test("errors and slow queries come by the search and the duration too", async () => {
    const { noteError, noteSlow } = await import("#lib/log/store.ts");
    const streams = [
      await open(reader.cookie, "view=errors&q=teapot"),
      await open(reader.cookie, "view=slow&q=from%20tea&over=1000"),
    ];
    const error = { source: "process", requestId: null, place: "kitchen", name: "Error", stack: "" } as const;
    for (const message of ["A kettle broke", "A Teapot broke"]) noteError({ ...error, message });
    for (const [text, ms] of [
      ["select kettle from coffee", 5000],
      ["select kettle from tea", 200],
      ["select cup FROM tea", 2000],
    ] as const)
      noteSlow([text, ms * 1000, Date.now()]);
    const [errors, slow] = await Promise.all([
      readUntil(streams[0] as Response, "broke"),
      readUntil(streams[1] as Response, "select"),
    ]);
    expect([errors, slow]).toEqual([expect.stringContaining("Teapot"), expect.stringContaining("cup")]);
    expect(errors + slow).not.toContain("kettle");
  });

  test("of an address that nobody has nothing comes, not even of those who are not signed in", async () => {
    const { written } = await import("#lib/log/store.ts");
    const response = await open(reader.cookie, "view=requests&actor=late.comer@example.org");
    const anonymous = (await panel.call("GET", "/account")).headers.get("x-request-id") ?? "";
    await written();
    const late = await panel.person("Late Comer");
    expect(late.email).toBe("late.comer@example.org");
    const own = (await late.call("GET", "/account")).headers.get("x-request-id") ?? "";
    const [heard] = await Promise.all([readUntil(response, "data:"), written()]);
    expect(heard).toContain(own);
    expect(heard).not.toContain(anonymous);
  });

  test("at most three an account, and places come free again", async () => {
    const three = await Promise.all([1, 2, 3].map(() => open(reader.cookie)));
    expect((await open(reader.cookie)).status).toBe(429);
    for (const { body } of three) await body?.cancel();
    const again = await open(reader.cookie);
    expect(again.status).toBe(200);
    await again.body?.cancel();
  });

  test("who is suspended hears nothing of what is written from then on", async () => {
    const { written } = await import("#lib/log/store.ts");
    const shut = await panel.person("Shut", ["logs:read"]);
    const root = await panel.person("Shuts", "root");
    const streams = [await open(shut.cookie), await open(shut.cookie, "view=audit")];
    const heard = streams.map((stream) => readUntil(stream, "suspend"));
    expect((await root.call("POST", `/admin/users/${shut.id}/suspend`, { reason: "Left" })).status).toBe(200);
    await written();
    for (const text of await Promise.all(heard)) expect(text).not.toContain("suspend");
  });

  test("who loses the permission, or signs out, hears no more within ten seconds", async () => {
    const { transaction } = await import("#db/client.ts");
    const { userRoles } = await import("#db/schema/index.ts");
    const { eq } = await import("drizzle-orm");
    const lost = await panel.person("Lost", ["logs:read"]);
    const out = await panel.person("Out", ["logs:read"]);
    const streams = await Promise.all([open(lost.cookie), open(out.cookie)]);
    transaction((tx) => tx.delete(userRoles).where(eq(userRoles.userId, lost.id)).run());
    await out.call("DELETE", "/account/sessions");
    const { endSessionById } = await import("#lib/auth/session.ts");
    const { sessions } = await import("#db/schema/index.ts");
    const { db } = await import("#db/client.ts");
    for (const { id } of db().select({ id: sessions.id }).from(sessions).where(eq(sessions.userId, out.id)).all())
      endSessionById(id);
    const started = performance.now();
    await Promise.all(streams.map((stream) => readUntil(stream, "never said")));
    expect(performance.now() - started).toBeLessThan(10_000);
    expect((await open(lost.cookie)).status).toBe(403);
  });
});

test("everybody sees what they did themselves, in words, and nothing of others", async () => {
  const one = await panel.person("One of many");
  await one.call("PATCH", "/account", { name: "One of many more" });
  await one.call("POST", "/organisations", { name: "Theirs", handle: "theirs" });
  const { body } = await one.call<{ items: { says: string; about: string; action: string }[]; next: string | null }>(
    "GET",
    "/account/activity",
  );
  expect(body.items.map(({ says }) => says)).toEqual(["Make an organisation", "Change one's own name"]);
  const first = (await one.call<{ items: unknown[]; next: string }>("GET", "/account/activity?perPage=1")).body;
  const second = await one.call<typeof body>("GET", `/account/activity?perPage=1&at=${first.next}`);
  expect(second.body.items).toMatchObject([{ action: "users.rename" }]);
  expect((await panel.call("GET", "/account/activity")).status).toBe(401);
});

test("who lacks logs:read sees none of it", async () => {
  const other = await panel.person("Other", ["users:read"]);
  for (const path of ["/admin/logs", "/admin/logs/audit.1", "/admin/logs/actions", "/admin/logs/follow"]) {
    expect((await other.call("GET", path)).status).toBe(403);
    expect((await ada.call("GET", path)).status).toBe(403);
    expect((await panel.call("GET", path)).status).toBe(401);
  }
});
