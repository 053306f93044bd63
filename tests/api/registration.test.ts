import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, startPanel } from "../support/panel.ts";
import { signIn } from "../support/sign-in.ts";
import { type MailServer, startMailServer } from "../support/smtp.ts";

const PASSWORD = "another tram at dawn";
let panel: Panel;
let server: MailServer;
let settings: typeof import("#lib/settings/settings.ts");
let database: import("#db/client.ts").Db;

beforeAll(async () => {
  server = await startMailServer();
  panel = await startPanel(server.environment);
  settings = await import("#lib/settings/settings.ts");
  database = (await import("#db/client.ts")).db();
  settings.setSetting("feature.registration", true);
});
afterEach(() => {
  settings.setSetting("feature.registration", true);
  settings.setSetting("registration.domains", []);
  database.$client.prepare("delete from attempts").run();
});
afterAll(async () => {
  await panel.close();
  await server.close();
});

const all = (text: string, ...values: unknown[]) =>
  database.$client.prepare(text).all(...values) as Record<string, unknown>[];
const ask = (email: string) => panel.call("POST", "/registration", { email });
const complete = (token: string, more: object = {}) =>
  panel.call("POST", "/registration/complete", { token, name: "Ada", password: PASSWORD, ...more });

async function linkFor(email: string): Promise<string> {
  expect((await ask(email)).status).toBe(200);
  await runJobs();
  const [, token = ""] =
    /^http:\/\/localhost:3000\/register#token=([\w-]{43})$/.exec((await server.next(email)).link ?? "") ?? [];
  expect(token).not.toBe("");
  return token;
}

describe("making one's own account", () => {
  test("an address, a mail, and then the account, with no role and its address verified", async () => {
    const token = await linkFor("ada@example.org");
    expect(all("select * from users where email = 'ada@example.org'")).toEqual([]);
    expect(await panel.call("POST", "/registration/open", { token })).toMatchObject({
      body: { email: "ada@example.org" },
    });
    expect(await complete(token)).toMatchObject({ status: 201, body: { email: "ada@example.org", roles: [] } });
    expect(all("select * from users where email = 'ada@example.org'")).toMatchObject([
      { name: "Ada", email_verified_at: expect.any(Number) },
    ]);
    expect((await signIn("ada@example.org", PASSWORD)).cookie).not.toBe(null);
    expect((await complete(token)).status).toBe(403);
    const entries = all(
      "select action, actor_type, target_label from audit_log where action like 'registration.%' order by id",
    );
    expect(entries).toEqual([
      { action: "registration.ask", actor_type: "anonymous", target_label: "ada@example.org" },
      { action: "registration.complete", actor_type: "anonymous", target_label: "ada@example.org" },
    ]);
  });

  test("a link is good for an hour, and one account comes of several", async () => {
    const tokens = [
      await linkFor("bob@example.org"),
      await linkFor("bob@example.org"),
      await linkFor("bob@example.org"),
    ];
    database.$client
      .prepare(
        "update registrations set expires_at = 0 where token_hash = (select token_hash from registrations order by created_at limit 1)",
      )
      .run();
    expect((await complete(tokens[0] ?? "")).status).toBe(403);
    const answers = await Promise.all(tokens.slice(1).map((token) => complete(token)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 403]);
    expect(all("select * from users where email = 'bob@example.org'")).toHaveLength(1);
  });

  test("weak passwords and impossible names are refused at their fields; the link stays good", async () => {
    const token = await linkFor("carla.fontaine@example.org");
    for (const [wrong, field] of [
      [{ password: "carla fontaine" }, "password"],
      [{ password: "1234567890" }, "password"],
      [{ name: "" }, "name"],
      [{ name: "A\nB" }, "name"],
    ] as const)
      expect(await complete(token, wrong)).toMatchObject({
        status: 422,
        body: { fields: { [field]: expect.any(String) } },
      });
    expect((await complete(token)).status).toBe(201);
  });

  test("an account that was made meanwhile is not made again", async () => {
    const token = await linkFor("dora@example.org");
    const root = await panel.person("Root", "root");
    await root.call("POST", "/admin/users", { name: "Dora", email: "dora@example.org", password: PASSWORD });
    expect((await complete(token)).status).toBe(409);
  });
});

describe("whether an address has an account", () => {
  test("is told to its owner, by mail, and to nobody else", async () => {
    const { email } = await panel.person("Eva");
    const known = await ask(email);
    const unknown = await ask("nobody@example.org");
    expect(known.status).toBe(200);
    expect({ status: unknown.status, body: unknown.body }).toEqual({ status: known.status, body: known.body });
    await runJobs();
    const { mail, raw } = await server.next(email);
    expect(mail.subject).toBe("You have an account");
    expect(raw).not.toMatch(/token=/);
  });

  test("nobody's mailbox is filled", async () => {
    for (let n = 0; n < 8; n++) await ask("often@example.org");
    await runJobs();
    expect(server.received.filter(({ to }) => to === "often@example.org")).toHaveLength(5);
  });
});

describe("where it is not open", () => {
  const everything = () =>
    Promise.all([
      ask("nobody@example.org"),
      panel.call("POST", "/registration/open", { token: "x" }),
      complete("x"),
      panel.call("POST", "/registration", { nonsense: true }),
    ]);

  test("by default: off, before anything is looked at", async () => {
    const { db } = await import("#db/client.ts");
    db().$client.prepare("delete from settings where key = 'feature.registration'").run();
    for (const { status, body } of await everything())
      expect({ status, body }).toMatchObject({ status: 503, body: { code: "feature_disabled" } });
    expect((await panel.call("GET", "/setup")).body).toMatchObject({ registration: false, mail: true });
  });

  test("other domains are refused, those below an allowed one included; the list may become shorter later", async () => {
    const token = await linkFor("frida@sub.example.net");
    settings.setSetting("registration.domains", ["example.net", "example.com"]);
    for (const email of ["a@example.org", "a@sub.example.net", "a@example.net.evil.test", "a@notexample.net"]) {
      const refused = await ask(email);
      expect(refused, email).toMatchObject({
        status: 422,
        body: { fields: { email: expect.stringMatching(/example\.net, example\.com/) } },
      });
    }
    expect((await complete(token)).status).toBe(422);
    expect((await ask("a@Example.COM")).status).toBe(200);
  });

  test("the list is set in words on the command line", () => {
    expect(settings.setSettingFromText("registration.domains", "Example.org, example.net", panel.system)).toBe(null);
    expect(settings.setting("registration.domains")).toEqual(["example.org", "example.net"]);
    expect(settings.setSettingFromText("registration.domains", "not a domain", panel.system)).toMatch(
      /must be domains/,
    );
    expect(settings.setSettingFromText("registration.domains", "", panel.system)).toBe(null);
    expect(settings.setting("registration.domains")).toEqual([]);
  });
});
