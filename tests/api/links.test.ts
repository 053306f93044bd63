import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { signIn } from "../support/sign-in.ts";
import { type MailServer, startMailServer } from "../support/smtp.ts";

const PASSWORD = "another tram at dawn";
let panel: Panel;
let server: MailServer;
let database: import("#db/client.ts").Db;
let root: Person;

beforeAll(async () => {
  server = await startMailServer();
  panel = await startPanel(server.environment);
  database = (await import("#db/client.ts")).db();
  root = await panel.person("Root", "root");
});
afterEach(() => {
  database.$client.prepare("delete from attempts").run();
});
afterAll(async () => {
  await panel.close();
  await server.close();
});

let sequence = 0;
const somebody = (grants?: string[]) => panel.person(`Somebody ${++sequence}`, grants);
const sql = (text: string, ...values: unknown[]) => database.$client.prepare(text).run(...values);
const all = (text: string, ...values: unknown[]) =>
  database.$client.prepare(text).all(...values) as Record<string, unknown>[];
const account = (id: string) => all("select * from users where id = ?", id)[0] ?? {};
const mailsTo = (email: string) => server.received.filter(({ to }) => to === email).map(({ mail }) => mail.subject);
const tokenOf = (link: string | null, page: string) => {
  const [, found = ""] = new RegExp(`^http://localhost:3000/${page}#token=([\\w-]{43})$`).exec(link ?? "") ?? [];
  if (!found) throw new Error(`no link to ${page}: ${link}`);
  return found;
};
/** Older than its hour. */
const age = () => sql("update account_links set expires_at = ?", Date.now() - 1);

async function resetLinkFor(email: string): Promise<string> {
  expect((await panel.call("POST", "/password-reset", { email })).status).toBe(200);
  await runJobs();
  return tokenOf((await server.next(email)).link, "reset");
}
const reset = (token: string, password = PASSWORD) =>
  panel.call<{ email: string }>("POST", "/password-reset/complete", { token, password });

describe("a forgotten password", () => {
  test("from the mail to a new password: all sessions end, and the owner is told", async () => {
    const ada = await somebody();
    const token = await resetLinkFor(ada.email);
    expect(await panel.call("POST", "/password-reset/open", { token })).toMatchObject({ body: { email: ada.email } });
    expect((await ada.call("GET", "/account")).status).toBe(200);
    expect(await reset(token)).toMatchObject({ status: 200, body: { email: ada.email } });
    expect((await ada.call("GET", "/account")).status).toBe(401);
    expect((await signIn(ada.email, PASSWORD)).status).toBe(200);
    await runJobs();
    const { mail, link } = await server.next(ada.email);
    expect(mail).toMatchObject({ subject: "Your password was changed" });
    expect(link).toBe(null);
    expect(all("select * from audit_log where target_id = ? and action = 'links.reset'", ada.id)).toMatchObject([
      { actor_type: "anonymous", outcome: "done", after: '{"password":"[changed]","sessionsEnded":1}' },
    ]);
  });

  test("a link works once, for an hour, and shuts all others of the account", async () => {
    const ada = await somebody();
    const [first, second, third] = [
      await resetLinkFor(ada.email),
      await resetLinkFor(ada.email),
      await resetLinkFor(ada.email),
    ];
    sql(
      "update account_links set expires_at = 0 where user_id = ? and created_at = (select min(created_at) from account_links where user_id = ?)",
      ada.id,
      ada.id,
    );
    for (const path of ["open", "complete"]) {
      const body = path === "open" ? { token: first } : { token: first, password: PASSWORD };
      const answer = await panel.call("POST", `/password-reset/${path}`, body);
      expect(answer).toMatchObject({ status: 403, body: { code: "wrong_token", message: /older than an hour/ } });
    }
    const answers = await Promise.all([reset(second), reset(second, "yet another tram"), reset(third)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 403, 403]);
    expect((await reset(third)).status).toBe(403);
    expect(all("select * from account_links where user_id = ?", ada.id)).toEqual([]);
  });

  test("a mail that has not left when its link is ended does not leave", async () => {
    const ada = await somebody();
    const token = await resetLinkFor(ada.email);
    server.mode("defer");
    await panel.call("POST", "/password-reset", { email: ada.email });
    await runJobs();
    await reset(token);
    server.mode("accept");
    sql("update jobs set due_at = 0");
    await runJobs();
    expect(mailsTo(ada.email)).toEqual(["Set a new password", "Your password was changed"]);
    expect(all("select status from mails where recipient = ? and template = 'reset' order by id", ada.email)).toEqual([
      { status: "sent" },
      { status: "cancelled" },
    ]);
    expect(all("select * from mail_secrets")).toEqual([]);
  });

  test("the link is nowhere but in the mail", async () => {
    const ada = await somebody();
    const token = await resetLinkFor(ada.email);
    await reset("x".repeat(43));
    await reset(token, "short");
    const tables = all("select name from sqlite_master where type = 'table'").map(({ name }) => String(name));
    for (const table of tables) expect(JSON.stringify(all(`select * from "${table}"`)), table).not.toContain(token);
    expect((await reset(token)).status).toBe(200);
  });

  test("a weak password is refused at its field with why and what helps, and the link is still good", async () => {
    const ada = await somebody();
    const token = await resetLinkFor(ada.email);
    for (const [weak, why] of [
      ["short", /10 characters/],
      ["password1234", /many people use\. Add another word/],
      [`${ada.email.split("@")[0]}1`, /your name, your address/i],
    ] as const) {
      const refused = await reset(token, weak);
      expect(refused, weak).toMatchObject({ status: 422, body: { fields: { password: expect.stringMatching(why) } } });
    }
    expect((await reset(token)).status).toBe(200);
  });

  test("a suspended account gets no mail, and no way in by a link it had", async () => {
    const ada = await somebody();
    const token = await resetLinkFor(ada.email);
    sql("update users set suspended_at = 1 where id = ?", ada.id);
    const before = account(ada.id).password_hash;
    expect((await reset(token)).status).toBe(403);
    expect(await panel.call("POST", "/password-reset", { email: ada.email })).toMatchObject({ status: 200 });
    await runJobs();
    expect(mailsTo(ada.email)).toHaveLength(1);
    expect(account(ada.id).password_hash).toBe(before);
  });

  test("an account without a password gets one; two-step sign-in stays on", async () => {
    const ada = await somebody();
    sql("update users set password_hash = null, email_verified_at = null where id = ?", ada.id);
    sql("insert into totp_factors (user_id, secret, confirmed_at, created_at) values (?, 'sealed', 1, 1)", ada.id);
    await reset(await resetLinkFor(ada.email));
    expect(account(ada.id)).toMatchObject({ email_verified_at: expect.any(Number) });
    expect(all("select * from totp_factors where user_id = ?", ada.id)).toHaveLength(1);
    const answer = await signIn(ada.email, PASSWORD);
    expect(answer.cookie).toBe(null);
  });

  test("a link that was mailed to another address than the account has now is worth nothing", async () => {
    const ada = await somebody();
    const token = await resetLinkFor(ada.email);
    sql("update users set email = ? where id = ?", `moved.${ada.email}`, ada.id);
    expect((await reset(token)).status).toBe(403);
  });
});

describe("asking", () => {
  test("says and does the same whatever the address is", async () => {
    const [ada, suspended, keyless] = [await somebody(), await somebody(), await somebody()];
    sql("update users set suspended_at = 1 where id = ?", suspended.id);
    sql("update users set password_hash = null where id = ?", keyless.id);
    const seen = [];
    for (const email of [ada.email, suspended.email, keyless.email, "nobody@example.org", "Nobody@Example.NET "]) {
      const before = work();
      const { status, body, headers } = await panel.call("POST", "/password-reset", { email });
      const names = [...headers.keys()].filter((name) => name !== "x-request-id").toSorted();
      seen.push({ status, body, names, work: difference(before, work()) });
    }
    expect(seen[0]).toMatchObject({ status: 200, body: { sent: true } });
    expect(seen[0]?.work).toMatchObject({ jobs: 1, audit_log: 1, mails: 0, account_links: 0 });
    for (const answer of seen) expect(answer).toEqual(seen[0]);
    await runJobs();
    expect(all("select * from jobs where kind = 'links.reset'")).toEqual([]);
  });

  test("too often from one network is refused for a while, whatever the address is", async () => {
    const from = { "x-zonegate-address": "198.51.100.9" };
    const ask = (n: number) => panel.call("POST", "/password-reset", { email: `nobody.${n}@example.org` }, from);
    for (let n = 0; n < 10; n++) expect((await ask(n)).status).toBe(200);
    await ask(10);
    const refused = await ask(11);
    expect(refused).toMatchObject({ status: 429, body: { code: "rate_limited" } });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await panel.call("POST", "/password-reset", { email: "nobody@example.org" })).status).toBe(200);
  });

  test("for one address from everywhere sends at most five mails an hour, and nobody can tell", async () => {
    const ada = await somebody();
    for (let n = 0; n < 8; n++) {
      const from = { "x-zonegate-address": `203.0.113.${n}` };
      expect(await panel.call("POST", "/password-reset", { email: ada.email }, from)).toMatchObject({ status: 200 });
    }
    await runJobs();
    expect(mailsTo(ada.email)).toHaveLength(5);
    sql("update mails set created_at = created_at - 3600001 where recipient = ?", ada.email);
    await resetLinkFor(ada.email);
  });

  /** Rows of every table, and everything that was ever written. */
  function work(): Record<string, number> {
    const tables = all("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'");
    const counts = tables.map(({ name }) => [name, all(`select count(*) as n from "${name}"`)[0]?.n]);
    return { ...Object.fromEntries(counts), written: all("select total_changes() as n")[0]?.n };
  }
  const difference = (before: Record<string, number>, after: Record<string, number>) => {
    // That a network is counted for the first time is about the network.
    const { attempts: _, ...rest } = after;
    return Object.fromEntries(Object.entries(rest).map(([key, n]) => [key, n - (before[key] ?? 0)]));
  };
});

describe("verifying an address", () => {
  test("by link, once; opening the page does nothing by itself", async () => {
    const ada = await somebody();
    sql("update users set email_verified_at = null where id = ?", ada.id);
    expect((await ada.call("POST", "/account/verification")).status).toBe(200);
    await runJobs();
    const token = tokenOf((await server.next(ada.email)).link, "verify");
    expect((await panel.call("GET", `/verification?token=${token}`)).status).toBeGreaterThanOrEqual(400);
    expect(account(ada.id).email_verified_at).toBe(null);
    expect(await panel.call("POST", "/verification", { token })).toMatchObject({
      status: 200,
      body: { email: ada.email, changed: false },
    });
    expect(account(ada.id)).toMatchObject({ email_verified_at: expect.any(Number) });
    expect((await panel.call("POST", "/verification", { token })).status).toBe(403);
    expect((await ada.call("POST", "/account/verification")).status).toBe(409);
  });

  test("no link of one kind does what another is for", async () => {
    const ada = await somebody();
    const token = await resetLinkFor(ada.email);
    expect((await panel.call("POST", "/verification", { token })).status).toBe(403);
    sql("update users set email_verified_at = null where id = ?", ada.id);
    await ada.call("POST", "/account/verification");
    await runJobs();
    expect((await reset(tokenOf((await server.next(ada.email)).link, "verify"))).status).toBe(403);
  });

  test("is not mailed without end", async () => {
    const ada = await somebody();
    sql("update users set email_verified_at = null where id = ?", ada.id);
    for (let n = 0; n < 5; n++) expect((await ada.call("POST", "/account/verification")).status).toBe(200);
    expect(await ada.call("POST", "/account/verification")).toMatchObject({ status: 429 });
  });
});

describe("another address", () => {
  const ask = async (person: Person, email: string) => {
    const answer = await person.call("POST", "/account/email", { email });
    await runJobs();
    return answer;
  };

  test("counts once its mail was answered; the old one is told before and after", async () => {
    const ada = await somebody();
    const email = `new.${ada.email}`;
    expect(await ask(ada, email)).toMatchObject({ status: 200, body: { sent: true } });
    expect(account(ada.id).email).toBe(ada.email);
    expect(mailsTo(ada.email)).toEqual(["Another address for your account"]);
    const token = tokenOf((await server.next(email)).link, "verify");
    expect(await panel.call("POST", "/verification", { token })).toMatchObject({ body: { email, changed: true } });
    expect(account(ada.id)).toMatchObject({ email, email_verified_at: expect.any(Number) });
    await runJobs();
    expect(mailsTo(ada.email)).toEqual(["Another address for your account", "The address of your account was changed"]);
    expect((await panel.call("POST", "/verification", { token })).status).toBe(403);
    expect((await ada.call("GET", "/account")).body).toMatchObject({ email });
  });

  test("that is somebody's says nothing here, and tells them there", async () => {
    const [ada, bob] = [await somebody(), await somebody()];
    expect(await ask(ada, bob.email)).toMatchObject({ status: 200, body: { sent: true } });
    const { mail, link } = await server.next(bob.email);
    expect(mail.subject).toBe("This address has an account");
    expect(link).toBe(null);
    expect(account(ada.id).email).toBe(ada.email);
  });

  test("of two that want the same one gets it", async () => {
    const [ada, bob] = [await somebody(), await somebody()];
    const email = `wanted.${sequence}@example.org`;
    await ask(ada, email);
    await ask(bob, email);
    const tokens = [await server.next(email), await server.next(email)].map(({ link }) => tokenOf(link, "verify"));
    const answers = await Promise.all(tokens.map((token) => panel.call("POST", "/verification", { token })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(all("select id from users where email = ?", email)).toHaveLength(1);
  });

  test("ends with a changed password, and with an older wish", async () => {
    const ada = await somebody();
    await ask(ada, `first.${ada.email}`);
    await ask(ada, `second.${ada.email}`);
    const first = tokenOf((await server.next(`first.${ada.email}`)).link, "verify");
    const second = tokenOf((await server.next(`second.${ada.email}`)).link, "verify");
    expect((await panel.call("POST", "/verification", { token: first })).status).toBe(403);
    await server.next(ada.email);
    await server.next(ada.email);
    await reset(await resetLinkFor(ada.email));
    expect((await panel.call("POST", "/verification", { token: second })).status).toBe(403);
    expect(account(ada.id).email).toBe(ada.email);
  });

  test("ends with a changed password also while its link waits to be made, and not with an older wish", async () => {
    const ada = await somebody();
    for (const name of ["older", "newer"]) await ada.call("POST", "/account/email", { email: `${name}.${ada.email}` });
    await runJobs();
    expect(mailsTo(`newer.${ada.email}`)).toHaveLength(1);
    await ada.call("POST", "/account/email", { email: `elsewhere.${ada.email}` });
    expect((await ada.call("POST", "/account/password", { newPassword: PASSWORD })).status).toBe(200);
    await runJobs();
    expect(mailsTo(`elsewhere.${ada.email}`)).toEqual([]);
    expect(all("select id from account_links where user_id = ?", ada.id)).toEqual([]);
  });

  test("asks for a fresh confirmation, and for an address that can be one", async () => {
    const ada = await somebody();
    expect(await ask(ada, ada.email)).toMatchObject({ status: 422, body: { fields: { email: expect.any(String) } } });
    expect(await ask(ada, "nobody")).toMatchObject({ status: 422 });
    sql("update sessions set confirmed_at = 0 where user_id = ?", ada.id);
    expect(await ask(ada, `new.${ada.email}`)).toMatchObject({ body: { code: "confirmation_required" } });
    expect(mailsTo(ada.email)).toEqual([]);
  });
});

describe("a link from staff", () => {
  const make = (person: Person, user: string) =>
    person.call<{ url: string; expiresAt: number }>("POST", `/admin/users/${user}/reset-link`);

  test("is shown once, sets the password, and proves no address", async () => {
    const ada = await somebody();
    sql("update users set email_verified_at = null where id = ?", ada.id);
    const { status, body } = await make(root, ada.id);
    expect(status).toBe(201);
    const entries = all("select * from audit_log where target_id = ? and action = 'accounts.resetLink'", ada.id);
    expect(entries).toMatchObject([{ actor_id: root.id, outcome: "done" }]);
    expect(JSON.stringify(entries)).not.toContain(tokenOf(body.url, "reset"));
    expect((await reset(tokenOf(body.url, "reset"))).status).toBe(200);
    expect(account(ada.id).email_verified_at).toBe(null);
  });

  test("ends once the account holds more than it did, by a role that it is given or by one that grows", async () => {
    const helper = await somebody(["admin:user:edit", "soc:read"]);
    const role = (await root.call<{ id: string; name: string }>("POST", "/admin/roles", { name: "Grows" })).body;
    const give = (user: string, roles: string[]) => root.call("PUT", `/admin/users/${user}/roles`, { roles });
    const tokenFor = async (user: string) => tokenOf((await make(helper, user)).body.url, "reset");

    const risen = await somebody([]);
    const [first, mailed] = [await tokenFor(risen.id), await resetLinkFor(risen.email)];
    expect((await give(risen.id, ["rootAdmin"])).status).toBe(200);
    expect(await reset(first)).toMatchObject({ status: 403, body: { code: "wrong_token" } });
    expect((await reset(mailed)).status).toBe(200);

    const [grown, other] = [await somebody([]), await somebody([])];
    await give(grown.id, ["Grows"]);
    const [second, kept] = [await tokenFor(grown.id), await tokenFor(other.id)];
    const grants = (list: string[]) => root.call("PUT", `/admin/roles/${role.id}/grants`, { grants: list });
    expect((await grants(["soc:read"])).status).toBe(200);
    expect((await reset(second)).status).toBe(403);
    const third = await tokenFor(grown.id);
    expect((await grants([])).status).toBe(200);
    expect((await reset(third)).status).toBe(200);
    expect((await reset(kept)).status).toBe(200);
  });

  test("is made for nobody above one's own ceiling, for nobody suspended, and for nobody who is not there", async () => {
    const helper = await somebody(["admin:user:edit", "soc:read"]);
    const bare = await somebody([]);
    expect((await make(helper, bare.id)).status).toBe(201);
    expect(await make(helper, root.id)).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect((await make(helper, "nobody")).status).toBe(404);
    sql("update users set suspended_at = 1 where id = ?", bare.id);
    expect((await make(helper, bare.id)).status).toBe(409);
    expect(all("select * from account_links where user_id = ?", root.id)).toEqual([]);
  });
});

test("changing one's password tells the owner, and does not undo a reset that came in between", async () => {
  const ada = await somebody();
  await reset(await resetLinkFor(ada.email));
  const { cookie } = await signIn(ada.email, PASSWORD);
  const change = (newPassword: string) =>
    panel.call("POST", "/account/password", { newPassword }, { cookie: cookie ?? "" });
  const weak = await change("qwertyuiop123");
  expect(weak).toMatchObject({
    status: 422,
    body: { fields: { newPassword: expect.stringMatching(/easy|many people/) } },
  });
  const { url } = (await root.call<{ url: string }>("POST", `/admin/users/${ada.id}/reset-link`)).body;
  const [changed, done] = await Promise.all([
    change("a harbour in the fog"),
    reset(tokenOf(url, "reset"), "the owner's own words"),
  ]);
  expect([changed.status, done.status]).toContain(200);
  const good = done.status === 200 ? "the owner's own words" : "a harbour in the fog";
  expect((await signIn(ada.email, good)).status).toBe(200);
  expect([changed, done].filter(({ status }) => status === 200)).toHaveLength(1);
});

test("nothing is left of links that are too old", async () => {
  const ada = await somebody();
  const token = await resetLinkFor(ada.email);
  age();
  expect((await reset(token)).status).toBe(403);
});
