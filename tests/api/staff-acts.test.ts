/** What staff do with many rows of a tab at once: raced by two, with rows that went meanwhile, above one's ceiling, and with the right or the feature gone half-way. */
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { defaultRoleGrants } from "#lib/access/roles.ts";
import { setSetting } from "#lib/settings/settings.ts";
import type { Person } from "../support/panel.ts";
import { startMaking } from "../support/server-maker.ts";
import { fresh, insertEgg, insertNode, insertServer } from "../support/stage.ts";
import { tokenOf } from "../support/token.ts";

const making = await startMaking();
const { panel, root, owner, sql, wings, ready, settled } = making;
beforeEach(making.rested);
afterAll(making.close);

const clerkWith = (...permissions: string[]) =>
  panel.person(`Clerk ${fresh()}`, [...defaultRoleGrants, ...permissions]);

/** What an entry of the log is about, and what an address names. */
interface Row {
  id: string;
  target: string;
}

interface Many {
  act: string;
  permission: string;
  make: (whose: Person) => Row | Promise<Row>;
  ask: (id: string) => [method: string, path: string, body?: object];
  /** What whoever comes second is told. */
  second: 200 | 404 | 409;
  /** What whoever has lost the permission is told. */
  lost?: 404;
  /** What is acted on is within the ceiling, or not. */
  ceiling?: true;
  flag?: "feature.short_urls" | "feature.feedback";
}

const inserted = (table: string, columns: Record<string, string | number | null>): Row => {
  const id = `${table}-${fresh()}`;
  const all: Record<string, string | number | null> = { id, ...columns };
  const names = Object.keys(all);
  const places = names.map(() => "?").join(", ");
  sql.run(`insert into ${table} (${names.join(", ")}) values (${places})`, ...Object.values(all));
  return { id, target: id };
};

const organisation = async (): Promise<Row> => {
  const given = { name: "Empty", handle: `empty-${fresh()}` };
  const { id } = (await root.call<{ id: string }>("POST", "/organisations", given)).body;
  return { id, target: id };
};

const deletion = async (whose: Person): Promise<Row> => {
  expect((await root.call("DELETE", `/admin/users/${whose.id}`)).status).toBe(200);
  const { id = "" } = sql.get<{ id: string }>("select id from deletions where user_id = ?", whose.id) ?? {};
  return { id, target: whose.id };
};

const exported = (state: string) => (whose: Person) => ({
  ...inserted("export_jobs", { user_id: whose.id, asked_by: whose.id, state, created_at: 0 }),
  target: whose.id,
});

const announced = (state: string) => () =>
  inserted("announcements", {
    title: "News",
    body: "Read this.",
    audience: '{"kind":"everyone"}',
    banner: 1,
    mail: 0,
    state,
    created_at: 0,
    updated_at: 0,
  });

const mail = (status: string) => () =>
  inserted("mails", {
    template: "security",
    recipient: "somebody@example.org",
    subject: "News",
    text: "Read this.",
    message_id: `<${fresh()}@example.org>`,
    status,
    due_at: 0,
    created_at: 0,
  });

const short = (enabled: number) => () =>
  inserted("short_urls", {
    code: `code-${fresh()}`,
    target: "https://example.org/",
    enabled,
    created_at: 0,
    updated_at: 0,
  });

const said = (whose: Person) =>
  inserted("feedback", {
    user_id: whose.id,
    release: `${fresh()}`,
    rating: 3,
    message: "Good.",
    created_at: 0,
    updated_at: 0,
  });

/** Held by nobody; above somebody who has less than it grants. */
const role = (whose: Person): Row => {
  const made = inserted("roles", { name: `Unused ${fresh()}`, created_at: 0 });
  sql.run(
    "insert into role_grants (role_id, permission, position) select ?, permission, position from role_grants where permission = 'x:y' and role_id in (select role_id from user_roles where user_id = ?)",
    made.id,
    whose.id,
  );
  return made;
};

const plain = (id: string): Row => ({ id, target: id });

const serverIn =
  (state: string, suspendedAt: number | null = null) =>
  async () => {
    const id = insertServer(sql, (await organisation()).id);
    sql.run("update servers set state = ?, suspended_at = ? where id = ?", state, suspendedAt, id);
    return plain(id);
  };

const node = (maintenance: number) => () => {
  const id = insertNode(sql);
  sql.run("update nodes set maintenance = ? where id = ?", maintenance, id);
  return plain(id);
};

const egg = (visible: number) => () => {
  const id = insertEgg(sql);
  sql.run("update eggs set visible = ? where id = ?", visible, id);
  return plain(id);
};

const host = () =>
  inserted("database_hosts", {
    name: "Host",
    kind: "mariadb",
    host: `h${fresh()}.example.org`,
    port: 3306,
    username: "u",
    password: "sealed",
    tls: "off",
    state: "ok",
    created_at: 0,
    updated_at: 0,
  });

const post = (path: string, body?: object) => (id: string) =>
  ["POST", path.replace("ID", id), body] as [string, string, object?];
const patch = (path: string, body: object) => (id: string) =>
  ["PATCH", path.replace("ID", id), body] as [string, string, object];
const remove = (path: string, body?: object) => (id: string) =>
  ["DELETE", path.replace("ID", id), body] as [string, string, object?];

const DELETION = "/admin/deletions/ID";
const EXPORT = "/admin/export-jobs/ID";
const ANNOUNCEMENT = "/admin/announcements/ID";
const SHORT = { flag: "feature.short_urls" } as const;
const FEEDBACK = { flag: "feature.feedback", permission: "admin:access", make: said } as const;
const exports = { permission: "admin:export-jobs", ceiling: true } as const;
const deletions = { make: deletion, ceiling: true } as const;

const all: Many[] = [
  {
    act: "delete organisations",
    permission: "org:delete",
    make: organisation,
    ask: remove("/organisations/ID"),
    second: 404,
    lost: 404,
  },
  {
    act: "keep accounts",
    permission: "deletions:write",
    ask: post(`${DELETION}/cancel`),
    second: 409,
    ...deletions,
  },
  {
    act: "delete accounts now",
    permission: "users:delete",
    ask: post(`${DELETION}/expedite`),
    second: 200,
    ...deletions,
  },
  { act: "make exports again", make: exported("failed"), ask: post(`${EXPORT}/retry`), second: 409, ...exports },
  { act: "stop exports", make: exported("queued"), ask: post(`${EXPORT}/cancel`), second: 409, ...exports },
  { act: "delete exports", make: exported("expired"), ask: remove(EXPORT), second: 404, ...exports },
  {
    act: "withdraw announcements",
    permission: "admin:announcements",
    make: announced("sent"),
    ask: post(`${ANNOUNCEMENT}/cancel`),
    second: 409,
  },
  {
    act: "delete announcements",
    permission: "admin:announcements",
    make: announced("draft"),
    ask: remove(ANNOUNCEMENT),
    second: 404,
  },
  {
    act: "cancel mails",
    permission: "admin:outbound-emails",
    make: mail("queued"),
    ask: post("/admin/outbound-emails/ID/cancel"),
    second: 409,
  },
  {
    act: "switch short addresses off",
    permission: "admin.shorturl.edit",
    make: short(1),
    ask: patch("/admin/short-urls/ID", { enabled: false }),
    second: 200,
    ...SHORT,
  },
  {
    act: "switch short addresses on",
    permission: "admin.shorturl.edit",
    make: short(0),
    ask: patch("/admin/short-urls/ID", { enabled: true }),
    second: 200,
    ...SHORT,
  },
  {
    act: "delete short addresses",
    permission: "admin.shorturl.remove",
    make: short(1),
    ask: remove("/admin/short-urls/ID"),
    second: 404,
    ...SHORT,
  },
  {
    act: "mark feedback",
    ask: (id) => ["PUT", `/admin/feedback/${id}/status`, { status: "seen" }],
    second: 200,
    ...FEEDBACK,
  },
  { act: "delete feedback", ask: remove("/admin/feedback/ID"), second: 404, ...FEEDBACK },
  {
    act: "delete unused roles",
    permission: "roles:delete",
    make: role,
    ask: remove("/admin/roles/ID", { unused: true }),
    second: 404,
    ceiling: true,
  },
  {
    act: "suspend servers",
    permission: "admin:servers:suspend",
    make: serverIn("ready"),
    ask: post("/admin/servers/ID/suspend", { reason: "Many" }),
    second: 409,
  },
  {
    act: "lift suspensions",
    permission: "admin:servers:suspend",
    make: serverIn("ready", 1),
    ask: post("/admin/servers/ID/unsuspend"),
    second: 409,
  },
  {
    act: "delete servers",
    permission: "admin:servers:delete",
    make: serverIn("ready"),
    ask: remove("/admin/servers/ID", { name: "Lobby" }),
    second: 409,
  },
  {
    act: "forget servers",
    permission: "admin:servers:delete",
    make: serverIn("deleting"),
    ask: remove("/admin/servers/ID", { name: "Lobby", force: true }),
    second: 404,
  },
  {
    act: "begin maintenance",
    permission: "nodes:write",
    make: node(0),
    ask: patch("/admin/nodes/ID", { maintenance: true }),
    second: 200,
  },
  {
    act: "end maintenance",
    permission: "nodes:write",
    make: node(1),
    ask: patch("/admin/nodes/ID", { maintenance: false }),
    second: 200,
  },
  { act: "delete nodes", permission: "nodes:delete", make: node(0), ask: remove("/admin/nodes/ID"), second: 404 },
  {
    act: "show eggs",
    permission: "eggs:write",
    make: egg(0),
    ask: patch("/admin/eggs/ID", { visible: true }),
    second: 200,
  },
  {
    act: "hide eggs",
    permission: "eggs:write",
    make: egg(1),
    ask: patch("/admin/eggs/ID", { visible: false }),
    second: 200,
  },
  { act: "delete eggs", permission: "eggs:write", make: egg(1), ask: remove("/admin/eggs/ID"), second: 404 },
  {
    act: "remove database hosts",
    permission: "admin:databases:manage",
    make: host,
    ask: remove("/admin/database-hosts/ID"),
    second: 404,
  },
];

/** What the log says that these people did to it. */
const entriesOf = ({ target }: Row, people: readonly Person[], outcome = "done") =>
  sql.all<{ action: string }>(
    `select action from audit_log where target_id = ? and outcome = ? and actor_id in (${people.map(() => "?").join()})`,
    target,
    outcome,
    ...people.map(({ id }) => id),
  );

describe.each(all)("$act", ({ permission, make, ask, second, lost = 403, ceiling, flag }) => {
  const below = () => panel.person(`Below ${fresh()}`);
  const asks = (clerk: Person, id: string) => clerk.call<{ code?: string }>(...ask(id));

  test("by two at once: of each row done once there is one entry, and whoever came late is told what is", async () => {
    const clerks = [await clerkWith(permission), await clerkWith(permission)] as const;
    const rows = [await make(await below()), plain("nobody"), await make(await below())];
    const answers = await Promise.all(
      clerks.map(async (clerk) => {
        const statuses: number[] = [];
        for (const { id } of rows) statuses.push((await asks(clerk, id)).status);
        return statuses;
      }),
    );
    for (const [at, row] of rows.entries()) {
      const told = answers.map((statuses) => statuses[at] ?? 0).sort();
      if (row.id === "nobody") expect(told).toEqual([404, 404]);
      else expect(told).toEqual([200, second]);
      expect(entriesOf(row, clerks)).toHaveLength(row.id === "nobody" ? 0 : 1);
    }
  });

  test("with the permission gone half-way: the rest is refused, and nothing happens to it", async () => {
    const [clerk, other] = [await clerkWith(permission), await clerkWith(permission)];
    const [first, rest] = [await make(await below()), await make(await below())];
    expect((await asks(clerk, first.id)).status).toBe(200);
    sql.run("delete from user_roles where user_id = ?", clerk.id);
    expect((await asks(clerk, rest.id)).status).toBe(lost);
    expect([entriesOf(first, [clerk]).length, entriesOf(rest, [clerk]).length]).toEqual([1, 0]);
    expect((await asks(other, rest.id)).status).toBe(200);
    expect(entriesOf(rest, [other])).toHaveLength(1);
  });

  if (ceiling)
    test("above one's ceiling: refused, noted as refused, and as it was", async () => {
      const above = await panel.person(`Above ${fresh()}`, [...defaultRoleGrants, "x:y"]);
      const [clerk, row] = [await clerkWith(permission), await make(above)];
      expect(await asks(clerk, row.id)).toMatchObject({ status: 403, body: { missing: "x:y" } });
      expect(entriesOf(row, [clerk])).toEqual([]);
      expect(entriesOf(row, [clerk], "refused")).toHaveLength(1);
      expect((await asks(root, row.id)).status).toBe(200);
    });

  if (flag)
    test("with the feature switched off half-way: the rest says so, and nothing happens to it", async () => {
      const clerk = await clerkWith(permission);
      const [first, rest] = [await make(await below()), await make(await below())];
      expect((await asks(clerk, first.id)).status).toBe(200);
      if (flag) setSetting(flag, false);
      const off = await asks(clerk, rest.id);
      if (flag) setSetting(flag, true);
      expect(off).toMatchObject({ status: 503, body: { code: "feature_disabled" } });
      expect(entriesOf(rest, [clerk])).toEqual([]);
      expect((await asks(clerk, rest.id)).status).toBe(200);
      expect(entriesOf(rest, [clerk])).toHaveLength(1);
    });
});

describe("power over many servers", () => {
  const power = (clerk: Person, id: string) => clerk.call("POST", `/servers/${id}/power`, { action: "stop" });

  test("is noted as often as the node was asked, and where no answer came it says so", async () => {
    const clerks = [await clerkWith("commands:execute"), await clerkWith("commands:execute")] as const;
    const rows = [await ready(), await ready()];
    const answers = await Promise.all(
      clerks.map(async (clerk) => {
        const statuses: number[] = [];
        for (const id of [rows[0]?.id, "nobody", rows[1]?.id]) statuses.push((await power(clerk, `${id}`)).status);
        return statuses;
      }),
    );
    expect(answers).toEqual([
      [200, 404, 200],
      [200, 404, 200],
    ]);
    for (const { id } of rows) expect(entriesOf(plain(id), clerks)).toHaveLength(2);
  });

  test("which the node took without an answer is noted as that, and what it refused is not", async () => {
    const clerk = await clerkWith("commands:execute");
    const { id } = await ready();
    const noted = () =>
      sql
        .all<{ after: string }>("select after from audit_log where target_id = ? and actor_id = ?", id, clerk.id)
        .map(({ after }) => JSON.parse(after));
    wings.broken = { status: 500, body: "{}" };
    expect((await power(clerk, id)).status).toBe(502);
    expect(noted()).toEqual([]);
    wings.broken = null;
    wings.drops = true;
    expect((await power(clerk, id)).status).toBe(502);
    expect(noted()).toEqual([{ power: "stop", answer: "none" }]);
    wings.drops = false;
    sql.run("update nodes set port = 1 where id = ?", making.node);
    expect((await power(clerk, id)).status).toBe(502);
    sql.run("update nodes set port = ? where id = ?", wings.port, making.node);
    expect(noted()).toHaveLength(1);
  });
});

describe("what staff say of an organisation", () => {
  test("is in the log once, also where ten say it at once, and not of one that was deleted meanwhile", async () => {
    const clerks = await Promise.all(Array.from({ length: 10 }, () => clerkWith("org:write", "org:delete")));
    const [kept, gone] = [await organisation(), await organisation()];
    const edits = await Promise.all(
      clerks.map((clerk) => clerk.call("PATCH", `/organisations/${kept.id}`, { name: "The same" })),
    );
    expect(edits.map(({ status }) => status)).toEqual(clerks.map(() => 200));
    expect(entriesOf(kept, clerks)).toHaveLength(1);
    // Their cookies would be opened one after the other.
    const scripts = await Promise.all(clerks.map((clerk) => tokenOf(panel, clerk, { mode: "full", expiresAt: null })));
    const ends = await Promise.all(
      scripts.flatMap((script, at) => [
        script.call("PATCH", `/organisations/${gone.id}`, { name: `Name ${at}` }),
        script.call("DELETE", `/organisations/${gone.id}`),
      ]),
    );
    const done = (of: 0 | 1) => ends.filter(({ status }, at) => at % 2 === of && status === 200).length;
    const entries = entriesOf(gone, clerks).map(({ action }) => action);
    expect(entries.filter((action) => action === "organisations.edit")).toHaveLength(done(0));
    expect(entries.filter((action) => action === "organisations.remove")).toHaveLength(1);
    expect(done(1)).toBe(1);
    expect(ends.every(({ status }) => status === 200 || status === 404)).toBe(true);
  });
});

test("mails of an announcement are tried again by one of two, and the other has no entry", async () => {
  const clerks = [await clerkWith("admin:announcements"), await clerkWith("admin:announcements")] as const;
  const { id } = announced("sent")();
  sql.run(
    "insert into announcement_mails (announcement_id, user_id, status, due_at) values (?, ?, 'failed', 0)",
    id,
    owner.id,
  );
  sql.run("update announcements set failed = 1, total = 1 where id = ?", id);
  const retry = (clerk: Person) =>
    clerk.call<{ queued: number }>("POST", `/admin/announcements/${id}/retry`, { users: [owner.id] });
  const answers = await Promise.all(clerks.map(retry));
  expect(answers.map(({ body }) => body.queued).sort()).toEqual([0, 1]);
  expect(entriesOf(plain(id), clerks)).toHaveLength(1);
});

test("mails that two send again are as many as the answers and the log say", async () => {
  const clerks = [await clerkWith("admin:outbound-emails"), await clerkWith("admin:outbound-emails")] as const;
  const { id } = mail("failed")();
  const answers = await Promise.all(
    clerks.map((clerk) => clerk.call<{ mail: string }>("POST", `/admin/outbound-emails/${id}/resend`)),
  );
  const made = answers.map(({ body }) => body.mail);
  expect(new Set(made).size).toBe(2);
  for (const mail of made) expect(sql.get("select id from mails where id = ?", mail)).toBeDefined();
  expect(entriesOf(plain(id), clerks)).toHaveLength(2);
});

test("a deletion that something stood in the way of is tried again, with an entry of its own", async () => {
  const [clerk, whose] = [await clerkWith("users:delete"), await panel.person(`Below ${fresh()}`)];
  const row = await deletion(whose);
  const expedite = () => clerk.call("POST", `/admin/deletions/${row.id}/expedite`);
  for (const entries of [1, 1]) {
    expect((await expedite()).status).toBe(200);
    expect(entriesOf(row, [clerk])).toHaveLength(entries);
  }
  sql.run("update deletions set message = 'Its zone is busy.' where id = ?", row.id);
  expect((await expedite()).status).toBe(200);
  expect(entriesOf(row, [clerk])).toHaveLength(2);
  expect(sql.get("select message from deletions where id = ?", row.id)).toEqual({ message: "" });
  await settled();
  expect(sql.get("select id from users where id = ?", whose.id)).toBeUndefined();
});
