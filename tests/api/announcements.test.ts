/** Announcements: whom they reach, by banner and by mail, once, and how one gets no more of them. */
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type MailServer, startMailServer } from "../support/smtp.ts";
import { type Sql, sqlOf } from "../support/stage.ts";
import { unmasked } from "../support/unmasked.ts";

let panel: Panel;
let server: MailServer;
let root: Person;
let sql: Sql;
let sequence = 0;

beforeAll(async () => {
  server = await startMailServer();
  panel = await startPanel({ ...server.environment, NEXTAUTH_URL: "http://localhost:3000", ZONEGATE_TEST_HOOKS: "1" });
  root = await panel.person("Root", "root");
  sql = await sqlOf();
});
afterEach(() => {
  server.mode("accept");
  server.received.length = 0;
  sql.run("delete from announcements");
});
afterAll(async () => {
  await panel.close();
  await server.close();
});

const BODY = "The panel is **down** on Sunday.\n\n- [status](https://status.example.org)\n- <script>alert(1)</script>";
const usual = { title: "Maintenance", body: BODY, audience: { kind: "everyone" }, banner: true, mail: false };

async function announce(more: object = {}): Promise<string> {
  const made = await root.call<{ id: string }>("POST", "/admin/announcements", { ...usual, ...more });
  expect(made, JSON.stringify(made.body)).toMatchObject({ status: 201 });
  expect((await root.call("POST", `/admin/announcements/${made.body.id}/send`)).status).toBe(200);
  return made.body.id;
}

interface Frame {
  banners: { id: string; title: string; rich: unknown[] }[];
}
const banners = async (person: Person) => (await person.call<Frame>("GET", "/account/frame")).body.banners;
const counts = (id: string) =>
  sql.get<Record<string, unknown>>(
    "select state, total, sent, failed, unknown, skipped from announcements where id = ?",
    id,
  );
const passTime = () => {
  sql.run("update jobs set due_at = 0 where kind = 'announcements.send'");
  sql.run("update announcement_mails set due_at = 0 where status = 'queued'");
};

describe("a banner", () => {
  test("shows whatever else is to come, or is for others", async () => {
    const person = await panel.person(`Reader ${++sequence}`);
    const id = await announce();
    const other = await panel.person(`Other ${++sequence}`);
    for (let n = 0; n < 12; n++) {
      await announce({ audience: { kind: "accounts", names: [other.email] } });
      const later = (await root.call<{ id: string }>("POST", "/admin/announcements", usual)).body.id;
      const at = Date.now() + 86_400_000;
      expect((await root.call("POST", `/admin/announcements/${later}/send`, { at })).status).toBe(200);
    }
    expect((await banners(person)).map((one) => one.id)).toEqual([id]);
  });

  test("says what was written and no HTML, until it is closed, and then on no device", async () => {
    const person = await panel.person(`Reader ${++sequence}`);
    const id = await announce();
    const [banner] = await banners(person);
    expect(banner).toMatchObject({ id, title: "Maintenance" });
    const said = JSON.stringify(banner?.rich);
    expect(said).toContain('{"tag":"strong","children":["down"]}');
    expect(said).toContain('"href":"https://status.example.org"');
    // As text: nothing of the tree can be a script.
    expect(said).not.toContain('"tag":"script"');
    expect((await person.call("POST", `/announcements/${id}/dismiss`)).status).toBe(200);
    expect(await banners(person)).toEqual([]);
    expect(await banners(root)).toHaveLength(1);
    expect((await person.call("GET", "/announcements")).body).toMatchObject({ items: [{ id }] });
  });

  test("is shown whatever it says, and what would take long to read as it was written", async () => {
    const person = await panel.person(`Reader ${++sequence}`);
    const rich = async (body: string) => {
      await announce({ body });
      const { status, body: frame } = await person.call<Frame>("GET", "/account/frame");
      expect(status).toBe(200);
      return frame.banners[0]?.rich;
    };
    const slow = [
      "a*_".repeat(6600),
      "a\n=\n".repeat(4000),
      "- a\n".repeat(4000),
      "[a](".repeat(4900),
      "[^a]".repeat(4900),
    ];
    for (const body of [`${"> ".repeat(9000)}deep`, `${"* ".repeat(9000)}deep`, ...slow].map((one) => one.trim()))
      expect(await rich(body)).toEqual([{ tag: "pre", children: [body] }]);
    const usual = await rich(`a\n\n${"- ".repeat(20)}\n\n${"-".repeat(60)}\n\n> 1. - *b*`);
    expect(JSON.stringify(usual)).not.toContain('"pre"');
    expect(JSON.stringify(usual)).toContain('"em"');
    const long = "- *a* and [b](https://example.org)\n".repeat(400).trim();
    expect(JSON.stringify(await rich(long)).match(/"tag":"(li|em|a)"/g)).toHaveLength(1200);
  });

  test("without an end has its thirty days from when it begins, however old the draft is", async () => {
    const DAY = 86_400_000;
    const send = async (made: string, at: number | null) =>
      (await root.call("POST", `/admin/announcements/${made}/send`, { at })).status;
    const endOf = (made: string) =>
      sql.get<{ days: number }>(
        `select round((ends_at - starts_at) / ${DAY}.0) as days from announcements where id = ?`,
        made,
      )?.days;
    const made = (await root.call<{ id: string }>("POST", "/admin/announcements", usual)).body.id;
    expect(await send(made, Date.now() + 100 * DAY)).toBe(200);
    expect(endOf(made)).toBe(30);
    expect((await root.call("PUT", `/admin/announcements/${made}`, usual)).status).toBe(200);
    expect(endOf(made)).toBe(30);
    const early = await root.call("PUT", `/admin/announcements/${made}`, { ...usual, endsAt: Date.now() + 99 * DAY });
    expect(early).toMatchObject({ status: 422, body: { fields: { endsAt: expect.any(String) } } });
    expect(await send(made, null)).toBe(200);
  });

  test("shows neither before its time, nor after, nor once it is cancelled", async () => {
    const made = await root.call<{ id: string }>("POST", "/admin/announcements", usual);
    expect(await banners(root)).toEqual([]);
    await root.call("POST", `/admin/announcements/${made.body.id}/send`, { at: Date.now() + 60_000 });
    expect(await banners(root)).toEqual([]);
    sql.run("update announcements set starts_at = 1");
    expect(await banners(root)).toHaveLength(1);
    sql.run("update announcements set ends_at = 2");
    expect(await banners(root)).toEqual([]);
    const next = await announce();
    expect(await banners(root)).toHaveLength(1);
    await root.call("POST", `/admin/announcements/${next}/cancel`);
    expect(await banners(root)).toEqual([]);
  });

  test("costs a page one query by key, and none while there is none", async () => {
    const person = await panel.person(`Reader ${++sequence}`);
    const { db } = await import("#db/client.ts");
    const { bannersFor } = await import("#lib/announcements/own.ts");
    const { compileGrants } = await import("#lib/access/permissions.ts");
    const actor = { ...panel.system, type: "user" as const, id: person.id, grants: compileGrants([]) };
    const ran = () => {
      const client = db().$client;
      const { prepare } = client;
      const texts: string[] = [];
      client.prepare = ((text: string) => {
        texts.push(text);
        return prepare.call(client, text);
      }) as typeof prepare;
      const shown = bannersFor(actor);
      client.prepare = prepare;
      return { shown, texts };
    };
    bannersFor(actor);
    expect(ran()).toEqual({ shown: [], texts: [] });
    await announce();
    bannersFor(actor);
    expect(ran()).toMatchObject({ shown: [{ title: "Maintenance" }], texts: [] });
    const plan = sql.all<{ detail: string }>(
      "explain query plan select announcement_id from announcement_dismissals where user_id = 'x'",
    );
    expect(plan.map(({ detail }) => detail).join()).toMatch(/SEARCH.*INDEX/);
  });

  test("of others is not there to close", async () => {
    const person = await panel.person(`Reader ${++sequence}`);
    const id = await announce({ audience: { kind: "staff" } });
    expect(await banners(person)).toEqual([]);
    expect(await banners(root)).toHaveLength(1);
    expect((await person.call("POST", `/announcements/${id}/dismiss`)).status).toBe(404);
  });
});

test("what was announced to one comes a page at a time, all of it and once, and the oldest can be closed too", async () => {
  const [person, other] = [await panel.person(`Reads back ${++sequence}`), await panel.person(`Other ${++sequence}`)];
  const insert = (id: string, at: number, audience: object) =>
    sql.run(
      "insert into announcements (id, title, body, audience, banner, mail, state, starts_at, created_at, updated_at) values (?, ?, ?, ?, 1, 0, 'sent', ?, 0, 0)",
      id,
      id,
      `*${id}*`,
      JSON.stringify(audience),
      at,
    );
  const mine: string[] = [];
  // Several of one moment; of most of the older ones one is not told.
  for (let n = 0; n < 2_500; n++) {
    const own = n < 20 || n % 60 === 0;
    const id = `a-${String(n).padStart(4, "0")}`;
    insert(id, 5 + Math.floor(n / 3), own ? { kind: "everyone" } : { kind: "accounts", ids: [other.id] });
    if (own) mine.unshift(id);
  }
  const read: string[] = [];
  const pages: number[] = [];
  const part = (after: string) =>
    person.call<{ items: { id: string; rich: unknown }[]; next: string | null }>("GET", `/announcements${after}`);
  for (let after: string | null = ""; after !== null; ) {
    const { status, body }: Awaited<ReturnType<typeof part>> = await part(after && `?after=${after}`);
    expect(status).toBe(200);
    pages.push(body.items.length);
    expect(JSON.stringify(body.items[0]?.rich ?? "em")).toContain("em");
    read.push(...body.items.map(({ id }) => id));
    after = body.next;
  }
  expect(read).toEqual(mine);
  expect(Math.max(...pages)).toBe(20);
  expect((await person.call("POST", "/announcements/a-0000/dismiss")).status).toBe(200);
  expect((await person.call("POST", "/announcements/a-0021/dismiss")).status).toBe(404);
  expect((await person.call("GET", "/announcements?after=x")).status).toBe(422);
});

test("whom it is for is the same for one account as over all", async () => {
  const { conditionOf, defaultRoleId, factsOf, isAmong } = await import("#lib/announcements/audience.ts");
  const { grantsOf } = await import("#lib/roles/roles.ts");
  const { db } = await import("#db/client.ts");
  const { users } = await import("#db/schema/index.ts");
  const people = await Promise.all(
    [["users:read"], ["servers:read"], undefined, undefined, "root" as const].map((grants) =>
      panel.person(`Audience ${++sequence}`, grants),
    ),
  );
  const [, second, third, fourth] = people as [Person, Person, Person, Person, Person];
  await third.call("POST", "/organisations", { name: "Aud", handle: "aud" });
  for (const [email, role] of [
    [second.email, "admin"],
    [fourth.email, "member"],
  ])
    await root.call("POST", "/organisations/aud/members", { email, role });
  const ids = (table: string) => sql.all<{ id: string }>(`select id from ${table}`).map(({ id }) => id);
  const accounts = ids("users");
  const audience = fc.oneof(
    fc.constantFrom("everyone" as const, "staff" as const, "managers" as const).map((kind) => ({ kind })),
    fc.subarray(ids("organisations"), { minLength: 1 }).map((some) => ({ kind: "organisations" as const, ids: some })),
    fc.constantFrom(...ids("roles")).map((id) => ({ kind: "role" as const, id })),
    fc.subarray(accounts, { minLength: 1 }).map((some) => ({ kind: "accounts" as const, ids: some })),
  );
  fc.assert(
    fc.property(audience, (one) => {
      const found = db().select({ id: users.id }).from(users).where(conditionOf(one)).all();
      const each = accounts.filter((id) => isAmong(one, factsOf(id, grantsOf(id)), defaultRoleId()));
      expect(found.map(({ id }) => id).toSorted()).toEqual(each.toSorted());
    }),
    { numRuns: 60 },
  );
});

describe("an audience", () => {
  test("is named and counted with the permission of the tab alone, which lists nobody", async () => {
    const [person, clerk] = [
      await panel.person(`Looked for ${++sequence}`),
      await panel.person(`Announces ${++sequence}`, ["admin:announcements"]),
    ];
    const look = (name: string) =>
      clerk.call("POST", "/admin/announcements/preview", {
        body: "Text",
        audience: { kind: "accounts", names: [name] },
      });
    expect(await look(person.email)).toMatchObject({ status: 200, body: { accounts: 1 } });
    expect(await look("nobody.at.all@example.org")).toMatchObject({
      status: 422,
      body: { fields: { targets: expect.any(String) } },
    });
    for (const path of ["users?q=looked", "roles", "organisations", "search?q=looked"])
      expect(JSON.stringify((await clerk.call("GET", `/admin/${path}`)).body), path).not.toContain(person.id);
    expect((await clerk.call("GET", `/admin/users/${person.id}`)).status).toBe(403);
  });

  test("of accounts is named by ids where addresses are hidden, and can be sent back like that", async () => {
    const person = await panel.person(`Named ${++sequence}`);
    const given = { title: "T", body: "B", banner: true, mail: false, endsAt: null };
    const audience = { kind: "accounts", names: [person.email] };
    const { body } = await root.call<{ id: string }>("POST", "/admin/announcements", { ...given, audience });
    const path = `/admin/announcements/${body.id}`;
    const read = async (as: Person) => (await as.call<{ audience: unknown }>("GET", path)).body.audience;
    const hidden = await read(root);
    expect(hidden).toEqual({ kind: "accounts", names: [person.id] });
    expect((await root.call("PUT", path, { ...given, audience: hidden })).status).toBe(200);
    expect(await read(unmasked(panel, root))).toEqual(audience);
  });

  test.each([
    ["accounts", "users", { names: ["gone@example.org"] }],
    ["organisations", "organisations", { names: ["gone-org"] }],
    ["role", "roles", { name: "Gone" }],
  ])("of %s that are gone by now is opened, and said to be nobody", async (kind, table, named) => {
    const person = await panel.person(`Owns what goes ${++sequence}`);
    const gone: Record<string, () => unknown> = {
      users: () =>
        root.call("POST", "/admin/users", { name: "G", email: "gone@example.org", password: "a quiet harbour" }),
      organisations: () => person.call("POST", "/organisations", { name: "Gone", handle: "gone-org" }),
      roles: () => root.call("POST", "/admin/roles", { name: "Gone" }),
    };
    await gone[table]?.();
    const made = await root.call<{ id: string }>("POST", "/admin/announcements", {
      ...usual,
      audience: { kind, ...named },
    });
    expect(made.status).toBe(201);
    const [column, value] =
      { users: ["email", "gone@example.org"], organisations: ["handle", "gone-org"], roles: ["name", "Gone"] }[table] ??
      [];
    sql.run(`delete from ${table} where ${column} = ?`, value);
    expect(await root.call("GET", `/admin/announcements/${made.body.id}`)).toMatchObject({
      status: 200,
      body: { audience: kind === "role" ? { kind, name: "" } : { kind, names: [] } },
    });
  });

  test("of staff is everybody who may open the Staff Portal", async () => {
    const reached = async () =>
      (
        await root.call<{ accounts: number }>("POST", "/admin/announcements/preview", {
          body: "B",
          audience: { kind: "staff" },
        })
      ).body.accounts;
    const before = await reached();
    const opensATab = await panel.person(`Opens a tab ${++sequence}`, ["org:read"]);
    const opensNone = await panel.person(`Opens none ${++sequence}`, ["org:create"]);
    expect(await reached()).toBe(before + 1);
    await announce({ audience: { kind: "staff" } });
    expect([await banners(opensATab), await banners(opensNone)].map(({ length }) => length)).toEqual([1, 0]);
  });
});

describe("a mail", () => {
  test("goes once to everybody it is for, with a way to get no more, and to nobody who wants none", async () => {
    const [ada, ben, out, unproven] = await Promise.all(
      ["Ada", "Ben", "Out", "Unproven"].map((name) => panel.person(`${name} ${++sequence}`)),
    );
    await out?.call("PUT", "/account/announcements", { mail: false });
    sql.run("update users set email_verified_at = null where id = ?", unproven?.id);
    const names = [ada, ben, out, unproven].map((person) => person?.email);
    const id = await announce({ mail: true, audience: { kind: "accounts", names } });
    await runJobs();
    expect(counts(id)).toEqual({ state: "sent", total: 4, sent: 2, failed: 0, unknown: 0, skipped: 2 });
    const announced = server.received.filter(({ mail }) => mail.subject === "Maintenance");
    expect(announced.map(({ to }) => to).toSorted()).toEqual([ada?.email, ben?.email].toSorted());
    const got = announced.find(({ to }) => to === ada?.email);
    expect(got?.mail).toMatchObject({ subject: "Maintenance", messageId: `<${id}.${ada?.id}@localhost>` });
    expect(got?.mail.html).toContain("<strong>down</strong>");
    expect(got?.mail.html).not.toContain("<script");
    const headers = Object.fromEntries((got?.mail.headers ?? []).map(({ key, value }) => [key, value]));
    expect(headers["list-unsubscribe-post"]).toBe("List-Unsubscribe=One-Click");
    const link = /<(.*)>/.exec(headers["list-unsubscribe"] ?? "")?.[1] ?? "";
    const token = link.slice(link.lastIndexOf("/") + 1);
    const { askToUnsubscribe, oneClick } = await import("#lib/announcements/one-click.ts");
    // Looking at it does nothing; posting what RFC 8058 says does, without a session; and it is good for nothing else.
    expect(askToUnsubscribe(token).status).toBe(303);
    const post = (body: string, which = token) =>
      oneClick(
        new Request(link, { method: "POST", body, headers: { "content-type": "application/x-www-form-urlencoded" } }),
        which,
      );
    expect((await post("x=1")).status).toBe(400);
    expect((await post("x".repeat(20_000))).status).toBe(413);
    expect((await post("List-Unsubscribe=One-Click", `${ben?.id}.${token.split(".")[1]}`)).status).toBe(403);
    expect((await ada?.call("GET", "/account/announcements"))?.body).toEqual({ mail: true });
    expect((await post("List-Unsubscribe=One-Click")).status).toBe(200);
    expect((await ada?.call("GET", "/account/announcements"))?.body).toEqual({ mail: false });
    expect((await ben?.call("GET", "/account/announcements"))?.body).toEqual({ mail: true });
    expect((await panel.call("POST", "/announcements/unsubscribe", { token })).status).toBe(200);
  });

  test("that nobody answered is shown and not sent again by itself; staff may, with the same Message-ID", async () => {
    const person = await panel.person(`Unknown ${++sequence}`);
    server.mode("drop");
    const id = await announce({ mail: true, audience: { kind: "accounts", names: [person.email] } });
    await runJobs();
    passTime();
    server.mode("accept");
    await runJobs();
    expect(counts(id)).toMatchObject({ state: "sent", unknown: 1, sent: 0 });
    expect(server.received).toHaveLength(1);
    expect((await root.call("GET", `/admin/announcements/${id}`)).body).toMatchObject({
      unsettled: [{ user: person.id, status: "unknown" }],
    });
    await root.call("POST", `/admin/announcements/${id}/retry`, { users: [person.id] });
    await runJobs();
    expect(counts(id)).toMatchObject({ state: "sent", unknown: 0, sent: 1 });
    const [first, second] = server.received.map(({ mail }) => mail.messageId);
    expect(second).toBe(first);
  });

  test("that is put off comes later, one that is refused has failed, and what is cancelled goes no further", async () => {
    const person = await panel.person(`Later ${++sequence}`);
    const audience = { kind: "accounts", names: [person.email] };
    server.mode("defer");
    const id = await announce({ mail: true, audience });
    await runJobs();
    expect(counts(id)).toMatchObject({ state: "sending", total: 1, sent: 0 });
    server.mode("accept");
    await runJobs();
    expect(server.received).toEqual([]);
    passTime();
    await runJobs();
    expect(counts(id)).toMatchObject({ state: "sent", sent: 1 });
    server.mode("refuse");
    const refused = await announce({ mail: true, audience });
    await runJobs();
    expect(counts(refused)).toMatchObject({ state: "sent", failed: 1 });
    server.mode("defer");
    const cancelled = await announce({ mail: true, audience });
    await runJobs();
    await root.call("POST", `/admin/announcements/${cancelled}/cancel`);
    server.mode("accept");
    passTime();
    await runJobs();
    expect(counts(cancelled)).toMatchObject({ state: "cancelled", sent: 0 });
  });

  test("goes over connections that are kept; one that the server ended costs nobody their mail", async () => {
    const people = await Promise.all(Array.from({ length: 40 }, () => panel.person(`Kept ${++sequence}`)));
    const audience = { kind: "accounts", names: people.map(({ email }) => email) };
    const all = people.map(({ email }) => email).toSorted();
    for (const mode of ["accept", "leave"] as const) {
      server.mode(mode);
      server.received.length = 0;
      const before = server.connections();
      const id = await announce({ mail: true, audience });
      await runJobs();
      expect(counts(id)).toMatchObject({ state: "sent", sent: 40, failed: 0, unknown: 0 });
      expect(server.received.map(({ to }) => to).toSorted()).toEqual(all);
      const used = server.connections() - before;
      if (mode === "accept") expect(used).toBeLessThan(20);
      else expect(used).toBeGreaterThanOrEqual(40);
    }
  });

  test("of a process that was killed is not sent twice, and the rest goes on", async () => {
    const people = await Promise.all([1, 2, 3].map(() => panel.person(`Killed ${++sequence}`)));
    const id = await announce({ mail: true, audience: { kind: "accounts", names: people.map(({ email }) => email) } });
    // As it is when one was under way: its row is marked, and the job still somebody's.
    sql.run("update announcements set reached = '~', total = 3 where id = ?", id);
    for (const [n, { id: user }] of people.entries())
      sql.run(
        "insert into announcement_mails (announcement_id, user_id, status, attempts, due_at) values (?, ?, ?, 1, 0)",
        id,
        user,
        n === 0 ? "sending" : "queued",
      );
    await runJobs();
    expect(counts(id)).toMatchObject({ state: "sent", sent: 2, unknown: 1, total: 3 });
    expect(server.received.map(({ to }) => to)).not.toContain(people[0]?.email);
  });
});

test("what has gone out is not rewritten, and a draft is thrown away", async () => {
  const id = await announce();
  expect((await root.call("PUT", `/admin/announcements/${id}`, usual)).status).toBe(409);
  expect((await root.call("DELETE", `/admin/announcements/${id}`)).status).toBe(409);
  expect(await root.call("POST", "/admin/announcements", { ...usual, banner: false })).toMatchObject({
    status: 422,
    body: { fields: { banner: expect.any(String) } },
  });
  expect(
    await root.call("POST", "/admin/announcements", { ...usual, audience: { kind: "role", name: "none" } }),
  ).toMatchObject({ status: 422, body: { fields: { targets: "There is no role none." } } });
  const draft = (await root.call<{ id: string }>("POST", "/admin/announcements", usual)).body.id;
  expect((await root.call("DELETE", `/admin/announcements/${draft}`)).status).toBe(200);
});

test("a link leads to no scheme but http, https and mailto", async () => {
  const { richOf } = await import("#lib/announcements/rich.ts");
  const said = JSON.stringify(
    richOf(
      "[a](javascript:alert(1)) [b](data:text/html,x) <b>c</b> ![d](https://x.example/i.png) [e](/relative) [f](mailto:a@b.example) <https://g.example>",
    ),
  );
  expect([...said.matchAll(/"href":"([^"]*)"/g)].map(([, href]) => href)).toEqual([
    "mailto:a@b.example",
    "https://g.example",
  ]);
  expect(said).not.toContain('"tag":"img"');
});
