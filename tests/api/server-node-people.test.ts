/** What a node holds for people: consoles, sessions over SFTP and what it says of them. Against daemons over the network. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { letIn, type Placed, placeNode } from "../support/placed-server.ts";
import { rsaKey, sshKey } from "../support/ssh-key.ts";
import { fresh, type Sql, sqlOf } from "../support/stage.ts";
import { openConsole } from "../support/wings/browser.ts";

interface Ticket {
  address: string;
  token: string;
  expiresAt: number;
  permissions: string[];
  code?: string;
}

const ORIGIN = "http://localhost:3000";

let panel: Panel;
let sql: Sql;
let placed: Placed;
let old: Placed;
let owner: Person;
let server: { id: string; uuid: string };

beforeAll(async () => {
  panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  sql = await sqlOf();
  placed = await placeNode(panel);
  old = await placeNode(panel, "1.11.13");
  owner = await panel.person("Owner of servers", []);
});
beforeEach(async () => {
  server = await placed.server(owner);
});
afterAll(async () => {
  await placed.wings.close();
  await old.wings.close();
  await panel.close();
});

const somebody = async (capabilities: string[], at = server.id, expiresAt: number | null = null): Promise<Person> => {
  const who = await panel.person(`Somebody ${fresh()}`, []);
  await letIn(at, who, capabilities, expiresAt);
  return who;
};
const ticket = (who: Person, at = server.id) => who.call<Ticket>("POST", `/servers/${at}/console`);
const claims = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

async function connected(who: Person, at = server) {
  const { body } = await ticket(who, at.id);
  const console = await openConsole(new URL(body.address).origin.replace(/^ws/, "http"), at.uuid, ORIGIN);
  console.say("auth", body.token);
  await console.next("auth success");
  return console;
}

describe("a console", () => {
  test("is opened with a token that carries what this person may do, and never everything", async () => {
    const basic = ["websocket.connect", "control.console", "control.start", "control.stop", "control.restart"];
    const rights = async (who: Person) => (await ticket(who)).body.permissions;
    expect(await rights(await somebody(["console"]))).toEqual(basic);
    expect(await rights(await somebody(["console", "backups", "files"]))).toEqual([...basic, "backup.read"]);
    for (const who of [owner, await somebody(["*"])]) expect(await rights(who)).not.toContain("*");
    const staff = await panel.person(`Staff ${fresh()}`, ["commands:execute"]);
    expect(await rights(staff)).toEqual(expect.arrayContaining(["admin.websocket.errors"]));
    for (const who of [owner, await somebody(["*"])]) expect(await rights(who)).not.toContain("admin.websocket.errors");
    const who = await somebody(["console"]);
    const { body } = await ticket(who);
    const { exp, iat, ...said } = claims(body.token) as { exp: number; iat: number };
    expect(exp - iat).toBe(600);
    expect(said).toMatchObject({ user_uuid: who.id, server_uuid: server.uuid, scope: "websocket", permissions: basic });
    expect(body.address).toBe(`ws://127.0.0.1:${placed.wings.port}/api/servers/${server.uuid}/ws`);
    expect(
      sql.all("select action, as_staff from audit_log where target_id = ? and actor_id = ?", server.id, staff.id),
    ).toEqual([{ action: "servers.console.open", as_staff: 1 }]);
  });

  test("nobody without the capability gets a token, and nobody but staff while the server is suspended", async () => {
    for (const one of ["files", "stats", "activity", "backups", "settings"])
      expect((await ticket(await somebody([one]))).status, one).toBe(403);
    expect((await ticket(await panel.person(`Stranger ${fresh()}`))).status).toBe(404);
    sql.run("update servers set suspended_at = 1 where id = ?", server.id);
    expect(await ticket(owner)).toMatchObject({ status: 409, body: { code: "suspended" } });
    expect((await ticket(await panel.person(`Staff ${fresh()}`, ["commands:execute"]))).status).toBe(200);
  });

  test("closes within ten seconds for who was removed, and for nobody else", async () => {
    const who = await somebody(["console"]);
    const [theirs, own] = [await connected(who), await connected(owner)];
    const from = Date.now();
    expect((await owner.call("DELETE", `/servers/${server.id}/people/${who.id}`)).status).toBe(200);
    await runJobs();
    await theirs.closed;
    expect(Date.now() - from).toBeLessThan(10_000);
    expect((await ticket(who)).status).toBe(404);
    own.say("send stats");
    own.close();
  });

  test("a daemon of old lets who was removed hear and do nothing more", async () => {
    const here = await old.server(owner);
    const who = await somebody(["console"], here.id);
    const theirs = await connected(who, here);
    expect((await owner.call("DELETE", `/servers/${here.id}/people/${who.id}`)).status).toBe(200);
    await runJobs();
    theirs.say("set state", "start");
    expect(await theirs.next("jwt error")).toMatch(/denylist/);
    expect(theirs.heard.some(({ event, args }) => event === "status" && args[0] === "starting")).toBe(false);
    theirs.close();
  });

  test("a daemon of old lets nobody of a suspended server do anything more", async () => {
    const here = await old.server(owner);
    const theirs = await connected(owner, here);
    const root = await panel.person(`Root ${fresh()}`, "root");
    expect((await root.call("POST", `/admin/servers/${here.id}/suspend`, { reason: "Unpaid" })).status).toBe(200);
    await runJobs();
    theirs.say("set state", "start");
    expect(await theirs.next("jwt error")).toMatch(/denylist/);
    theirs.close();
  });

  test.each([
    [
      "signed out",
      async (who: Person) => {
        const { endOtherSessions } = await import("#lib/auth/session.ts");
        endOtherSessions(who.id, null);
      },
    ],
    [
      "edited down",
      (who: Person) => owner.call("PATCH", `/servers/${server.id}/people/${who.id}`, { capabilities: ["stats"] }),
    ],
    [
      "over",
      async (who: Person) => {
        sql.run("update server_subusers set expires_at = 1 where user_id = ?", who.id);
        const { takeWhatEnded } = await import("#lib/servers/ended.ts");
        await takeWhatEnded.run({}, { retryAt: 0, signal: new AbortController().signal });
      },
    ],
  ])("closes when the right is %s", async (_what, act) => {
    const who = await somebody(["console"]);
    const theirs = await connected(who);
    await act(who);
    await runJobs();
    await theirs.closed;
  });
});

describe("SFTP", () => {
  const login = (who: Person, at = server.uuid) => `${who.email}.${at.slice(0, 8)}`;
  const password = async (who: Person, at = server.id) => {
    const { status, body } = await who.call<{ password: string }>("POST", `/servers/${at}/sftp/password`);
    expect(status).toBe(201);
    return body.password;
  };
  const refused = (promise: Promise<unknown>) => expect(promise).rejects.toThrow("credentials");

  test("takes the password of this person and this server, with the rights of files", async () => {
    const who = await somebody(["files"]);
    const secret = await password(who);
    expect(sql.all("select * from sftp_passwords where user_id = ?", who.id)[0]).not.toMatchObject({
      token_hash: secret,
    });
    const session = await placed.wings.sftpLogin(login(who), { password: secret });
    expect(session).toMatchObject({ user: who.id, server: server.uuid });
    expect(session.permissions.toSorted()).toEqual(
      ["file.create", "file.delete", "file.read", "file.read-content", "file.update"].toSorted(),
    );
    expect(
      (await who.call<{ login: string; password: object }>("GET", `/servers/${server.id}/sftp`)).body,
    ).toMatchObject({
      login: login(who),
      port: expect.any(Number),
      password: { lastUsedAt: expect.any(Number) },
    });
    const other = await placed.server(owner);
    await letIn(other.id, who, ["files"]);
    await refused(placed.wings.sftpLogin(login(who, other.uuid), { password: secret }));
    await refused(placed.wings.sftpLogin(login(owner), { password: secret }));
    await refused(placed.wings.sftpLogin(login(who), { password: "correct horse battery" }));
    const second = await password(who);
    await runJobs();
    expect(session.open, "what the old password opened is closed").toBe(false);
    await refused(placed.wings.sftpLogin(login(who), { password: secret }));
    await placed.wings.sftpLogin(login(who), { password: second });
  });

  test("takes a key of the account, which a query alone does not use", async () => {
    const who = await somebody(["files"]);
    const key = sshKey(fresh());
    await refused(placed.wings.sftpLogin(login(who), { key }));
    const added = await who.call<{ id: string }>("POST", "/account/ssh-keys", { name: "Laptop", key });
    expect(added.status).toBe(201);
    const audits = () =>
      sql.all("select id from audit_log where action = 'remote.sftp' and actor_id = ?", who.id).length;
    const session = await placed.wings.sftpLogin(login(who), { key });
    expect([session.user, audits()]).toEqual([who.id, 0]);
    expect((await who.call("DELETE", `/account/ssh-keys/${added.body.id}`)).status).toBe(200);
    await runJobs();
    expect(session.open).toBe(false);
    await refused(placed.wings.sftpLogin(login(who), { key }));
    const bad: [string, RegExp][] = [
      ["-----BEGIN OPENSSH PRIVATE KEY-----", /private key/],
      ["ssh-dss AAAA", /Paste one public key/],
      [sshKey(1).replace("AAAA", "AAAB"), /damaged/],
      [rsaKey(1024), /2048/],
    ];
    for (const [line, reason] of bad)
      expect(
        (await who.call<{ fields: { key: string } }>("POST", "/account/ssh-keys", { name: "K", key: line })).body.fields
          .key,
      ).toMatch(reason);
    expect((await who.call("POST", "/account/ssh-keys", { name: "K", key: rsaKey(2048) })).status).toBe(201);
    expect((await who.call("POST", "/account/ssh-keys", { name: "K", key: rsaKey(2048) })).status).toBe(409);
    expect((await owner.call("DELETE", `/account/ssh-keys/${added.body.id}`)).status).toBe(404);
  });

  test("opens to nobody without the capability, to no shut account, to no server at rest, to no other node", async () => {
    const who = await somebody(["files"]);
    const secret = await password(who);
    const tried = () => placed.wings.sftpLogin(login(who), { password: secret }, `203.0.113.${20 + (fresh() % 200)}:1`);
    const open = async () => void (await tried()).close();
    await open();
    for (const [table, column, during, after, id] of [
      ["servers", "suspended_at", 1, null, server.id],
      ["servers", "state", "installing", "ready", server.id],
      ["servers", "state", "transferring", "ready", server.id],
      ["users", "suspended_at", 1, null, who.id],
      ["users", "deletion_due_at", 1, null, who.id],
      ["nodes", "maintenance", 1, 0, placed.node],
      ["servers", "node_id", old.node, placed.node, server.id],
    ] as const) {
      sql.run(`update ${table} set ${column} = ? where id = ?`, during, id);
      await refused(tried());
      sql.run(`update ${table} set ${column} = ? where id = ?`, after, id);
      await open();
    }
    for (const capabilities of [["console"], ["stats", "settings"]]) {
      await letIn(server.id, who, capabilities);
      await refused(tried());
    }
    await letIn(server.id, who, ["files"], Date.now() - 1);
    await refused(tried());
    await letIn(server.id, who, ["files"]);
    await open();
    await owner.call("DELETE", `/servers/${server.id}/people/${who.id}`);
    await refused(tried());
    await letIn(server.id, who, ["files"]);
    await refused(tried());
    expect((await (await somebody(["console"])).call("POST", `/servers/${server.id}/sftp/password`)).status).toBe(403);
  });

  test("who guesses locks out themselves alone, and sees no difference between what there is and is not", async () => {
    const who = await somebody(["files"]);
    const secret = await password(who);
    const guess = (username: string, ip: string) =>
      panel.call<{ errors: { detail: string }[] }>(
        "POST",
        "/remote/sftp/auth",
        { type: "password", username, password: "guess", ip },
        { authorization: `Bearer ${placed.wings.config?.token_id}.${placed.wings.config?.token}` },
      );
    const answers = [
      await guess(login(who), "198.51.100.1:1"),
      await guess(login(owner), "198.51.100.1:1"),
      await guess(`nobody@example.org.${server.uuid.slice(0, 8)}`, "198.51.100.1:1"),
      await guess(`${who.email}.00000000`, "198.51.100.1:1"),
      await guess("nonsense", "198.51.100.1:1"),
    ];
    for (const { status, body } of answers) expect([status, body]).toEqual([403, answers[0]?.body]);
    for (let n = 0; n < 10; n++) await guess(login(who), "198.51.100.1:1");
    expect((await guess(login(who), "198.51.100.1:9")).status).toBe(429);
    await refused(placed.wings.sftpLogin(login(who), { password: secret }, "198.51.100.1:2"));
    await placed.wings.sftpLogin(login(who), { password: secret }, "[2001:db8::1]:2");
    for (let n = 2; n < 120; n++) await guess(login(who), `198.51.100.${n}:1`);
    expect((await guess(login(who), "203.0.113.1:1")).status).toBe(429);
    await placed.wings.sftpLogin(login(who), { password: secret }, "203.0.113.1:1");
    const key = sshKey(fresh());
    for (let n = 0; n < 15; n++) await refused(placed.wings.sftpLogin(login(who), { key }, "203.0.113.9:1"));
    await placed.wings.sftpLogin(login(who), { password: secret }, "203.0.113.9:1");
  });
});

describe("what nodes say was done", () => {
  interface Entry {
    source: string;
    what: string;
    by: string | null;
    details: object | null;
  }
  const activity = async (who = owner, query = "") =>
    (await who.call<{ items: Entry[]; next: string | null }>("GET", `/servers/${server.id}/activity${query}`)).body;
  const said = async (who = owner) => (await activity(who)).items.filter(({ source }) => source === "node");
  const tell = (data: unknown, from = placed) =>
    panel.call(
      "POST",
      "/remote/activity",
      { data },
      {
        authorization: `Bearer ${from.wings.config?.token_id}.${from.wings.config?.token}`,
      },
    );
  const item = (more: object = {}) => ({
    user: owner.id,
    server: server.uuid,
    event: "server:console.command",
    metadata: { command: "say hello" },
    ip: "192.0.2.9",
    timestamp: new Date().toISOString(),
    ...more,
  });

  test("is shown beside the panel’s own, each marked, once", async () => {
    const one = item();
    expect((await tell([one, one])).status).toBe(204);
    await tell([one]);
    await ticket(owner);
    expect((await activity()).items).toMatchObject([
      { source: "panel", what: "servers.console.open", by: owner.email },
      { source: "node", what: "server:console.command", by: owner.email, details: { command: "say hello" } },
    ]);
    const who = await somebody(["activity"]);
    expect((await activity(who)).items).toHaveLength(2);
    expect((await (await somebody(["console"])).call("GET", `/servers/${server.id}/activity`)).status).toBe(403);
  });

  test("what a node cannot know or does not report is dropped, and the rest is kept", async () => {
    const stranger = await panel.person(`Stranger ${fresh()}`);
    const theirs = await old.server(owner);
    const root = await panel.person(`Root ${fresh()}`, "root");
    const bad: unknown[] = [
      item({ user: stranger.id }),
      item({ user: root.id }),
      item({ user: "nobody" }),
      item({ event: "server:suspended" }),
      item({ event: "servers.people.remove" }),
      item({ event: "toString" }),
      item({ metadata: { command: 5 } }),
      item({ metadata: null }),
      item({ timestamp: "yesterday" }),
      item({ timestamp: new Date(Date.now() + 3_600_000).toISOString() }),
      item({ server: theirs.uuid }),
      item({ server: "none" }),
      null,
      5,
      "x",
      [],
    ];
    const good = item({ metadata: { command: "x".repeat(5000), more: "dropped" } });
    expect((await tell([...bad, good])).status).toBe(204);
    expect((await tell("nonsense")).status).toBe(204);
    expect((await tell([item()], old)).status).toBe(204);
    expect((await said()).map(({ details }) => details)).toEqual([{ command: "x".repeat(500) }]);
    const files = Array.from({ length: 50 }, (_, n) => `/${n}`);
    await tell([item({ event: "server:sftp.delete", metadata: { files } })]);
    expect((await said())[0]?.details).toEqual({ files: files.slice(0, 20), more: 30 });
    await tell([
      item({ user: null, event: "server:crashed", ip: null, metadata: { exit_code: 1, oomkilled: true, logs: ["a"] } }),
      item({ event: "server:sftp.rename", metadata: { from: "a", to: "b" }, ip: "not one" }),
    ]);
    expect((await said()).map(({ what }) => what)).toEqual(
      expect.arrayContaining(["server:crashed", "server:sftp.rename"]),
    );
  });

  test("a person who was removed meanwhile is still named: the node was told of them", async () => {
    const who = await somebody(["console"]);
    await ticket(who);
    await owner.call("DELETE", `/servers/${server.id}/people/${who.id}`);
    await tell([item({ user: who.id })]);
    expect(await said()).toMatchObject([{ by: who.email }]);
  });

  test("is read page by page, and what a daemon really sends arrives", async () => {
    const console = await connected(owner);
    console.say("set state", "start");
    await console.next("status", /running|starting/);
    console.close();
    await placed.wings.report();
    expect((await said()).map(({ what }) => what)).toContain("server:power.start");
    const at = Date.now();
    await tell(
      Array.from({ length: 120 }, (_, n) =>
        item({ metadata: { command: `${n}` }, timestamp: new Date(at - Math.floor(n / 3)).toISOString() }),
      ),
    );
    const seen: string[] = [];
    for (let next: string | null = ""; next !== null; ) {
      const page: Awaited<ReturnType<typeof activity>> = await activity(owner, next && `?before=${next}`);
      seen.push(...page.items.flatMap(({ details }) => (details as { command?: string } | null)?.command ?? []));
      next = page.next;
    }
    expect(seen.toSorted()).toEqual(Array.from({ length: 120 }, (_, n) => `${n}`).toSorted());
    expect((await owner.call("GET", `/servers/${server.id}/activity?before=x`)).status).toBe(422);
  });
});
