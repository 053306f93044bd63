/** Mails that staff send again or take back, short addresses, and feedback. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lastToken, outboxOf } from "../support/outbox.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type Sql, sqlOf } from "../support/stage.ts";
import { unmasked } from "../support/unmasked.ts";

let panel: Panel;
let root: Person;
let sql: Sql;
let sequence = 0;

beforeAll(async () => {
  panel = await startPanel({ SMTP_URL: "smtp://127.0.0.1:1", MAIL_FROM: "panel@example.org" });
  root = unmasked(panel, await panel.person("Root", "root"));
  sql = await sqlOf();
});
afterAll(() => panel.close());

const somebody = () => panel.person(`Somebody ${++sequence}`);

describe("a mail", () => {
  test("with a one-time link is sent again with another one, and the first works no more", async () => {
    const person = await somebody();
    sql.run("update users set email_verified_at = null where id = ?", person.id);
    await person.call("POST", "/account/verification");
    const [first] = await outboxOf(person.email);
    const token = await lastToken(person.email);
    // It waits still: nothing is sent twice by mistake.
    expect((await root.call("POST", `/admin/outbound-emails/${first?.id}/resend`)).status).toBe(409);
    sql.run("update mails set status = 'failed' where id = ?", first?.id);
    const { body } = await root.call<{ mail: string }>("POST", `/admin/outbound-emails/${first?.id}/resend`);
    const next = await lastToken(person.email);
    expect(next).not.toBe(token);
    expect((await panel.call("POST", "/verification", { token })).status).toBe(403);
    const shown = await root.call("GET", `/admin/outbound-emails/${body.mail}`);
    expect(JSON.stringify(shown.body)).not.toContain(next);
    expect(shown.body).toMatchObject({ recipient: person.email, text: expect.stringContaining("[link]") });
    expect((await panel.call("POST", "/verification", { token: next })).status).toBe(200);
    // There is nothing to verify any more.
    expect((await root.call("POST", `/admin/outbound-emails/${first?.id}/resend`)).status).toBe(409);
  });

  test("to another address goes again while that is wished still, and not once the wish has ended", async () => {
    const person = await somebody();
    const { runJobs } = await import("../support/jobs.ts");
    const email = `elsewhere.${sequence}@example.org`;
    await person.call("POST", "/account/email", { email });
    await runJobs();
    const [first] = await outboxOf(email);
    const again = () => root.call<{ mail: string }>("POST", `/admin/outbound-emails/${first?.id}/resend`);
    sql.run("update mails set status = 'sent' where recipient = ?", email);
    expect((await again()).status).toBe(200);
    sql.run("update mails set status = 'sent' where recipient = ?", email);
    // What the mail to the present address says one should do.
    expect((await person.call("POST", "/account/password", { newPassword: "another tram at dawn" })).status).toBe(200);
    expect((await again()).status).toBe(409);
    expect(sql.all("select id from account_links where user_id = ?", person.id)).toEqual([]);
  });

  test("of an invitation goes again with another link that ends when the first would have", async () => {
    const owner = await somebody();
    const handle = `mailing-${sequence}`;
    await owner.call("POST", "/organisations", { name: "Mailing", handle });
    const email = `invited.${sequence}@example.org`;
    await owner.call("POST", `/organisations/${handle}/members`, { email, role: "member" });
    const [first] = await outboxOf(email);
    const token = /token=(.*)$/.exec(first?.link ?? "")?.[1];
    const ends = sql.get("select expires_at from organisation_invites where email = ?", email);
    sql.run("update mails set status = 'unknown' where id = ?", first?.id);
    expect((await root.call("POST", `/admin/outbound-emails/${first?.id}/resend`)).status).toBe(200);
    const again = (await outboxOf(email)).at(-1);
    expect(again).toMatchObject({ text: first?.text, status: "queued" });
    expect((await panel.call("POST", "/invites/look", { token })).status).toBe(404);
    expect(sql.get("select expires_at from organisation_invites where email = ?", email)).toEqual(ends);
  });

  test("of an invitation whose sender may not invite any more does not go again, until somebody else sends it", async () => {
    const [owner, admin] = [await somebody(), await somebody()];
    const handle = `withdrawn-${sequence}`;
    await owner.call("POST", "/organisations", { name: "Withdrawn", handle });
    await root.call("POST", `/organisations/${handle}/members`, { email: admin.email, role: "admin" });
    const email = `withdrawn.${sequence}@example.org`;
    expect((await admin.call("POST", `/organisations/${handle}/members`, { email, role: "member" })).status).toBe(201);
    const again = async () => {
      sql.run("update mails set status = 'sent' where recipient = ?", email);
      const mail = (await outboxOf(email)).at(-1);
      return root.call<{ message: string }>("POST", `/admin/outbound-emails/${mail?.id}/resend`);
    };
    expect((await again()).status).toBe(200);
    sql.run("update users set suspended_at = 1 where id = ?", admin.id);
    const mails = (await outboxOf(email)).length;
    const refused = await again();
    expect([refused.status, refused.body.message]).toEqual([409, expect.stringContaining("is over")]);
    expect(await outboxOf(email)).toHaveLength(mails);
    const [invite] = (await owner.call<{ items: { id: string }[] }>("GET", `/organisations/${handle}/invites`)).body
      .items;
    await owner.call("POST", `/organisations/${handle}/invites/${invite?.id}/resend`);
    expect((await again()).status).toBe(200);
  });

  test("without a link keeps its Message-ID where nobody knows what became of it; one that waits can be taken back", async () => {
    const person = await somebody();
    await person.call("POST", "/account/email", { email: `moved.${sequence}@example.org` });
    const [mail] = await outboxOf(person.email);
    sql.run("update mails set status = 'unknown' where id = ?", mail?.id);
    const { body } = await root.call<{ mail: string }>("POST", `/admin/outbound-emails/${mail?.id}/resend`);
    const ids = sql.all<{ id: string }>(
      "select distinct message_id as id from mails where recipient = ?",
      person.email,
    );
    expect(ids).toHaveLength(1);
    expect((await root.call("POST", `/admin/outbound-emails/${body.mail}/cancel`)).status).toBe(200);
    expect(sql.get("select status from mails where id = ?", body.mail)).toEqual({ status: "cancelled" });
    expect((await root.call("POST", `/admin/outbound-emails/${body.mail}/cancel`)).status).toBe(409);
  });

  test("is found by how its recipient begins, and hidden from whoever keeps details hidden", async () => {
    const clerk = await panel.person("Postmaster", ["admin:outbound-emails"]);
    const hidden = await clerk.call<{ items: { recipient: string; subject: string }[] }>(
      "GET",
      "/admin/outbound-emails",
    );
    expect(hidden.body.items.length).toBeGreaterThan(0);
    for (const { recipient, subject } of hidden.body.items) expect([recipient, subject].join()).toMatch(/•/);
    const found = await root.call<{ items: { recipient: string }[] }>("GET", "/admin/outbound-emails?q=invited.");
    expect(found.body.items.length).toBeGreaterThan(0);
    for (const { recipient } of found.body.items) expect(recipient).toMatch(/^invited\./);
  });
});

describe("a short address", () => {
  const follow = async (code: string, userAgent = "Mozilla/5.0 Firefox/140.0", method = "GET") => {
    const { followShortUrl } = await import("#lib/short-urls/redirect.ts");
    return followShortUrl(
      new Request(`http://localhost:3000/s/${code}`, { method, headers: { "user-agent": userAgent } }),
      code,
    );
  };
  const make = async (given: object) =>
    (
      await root.call<{ id: string; code: string }>("POST", "/admin/short-urls", {
        target: "https://example.org/",
        ...given,
      })
    ).body;

  test("counts people, written together, and says nothing of who they were", async () => {
    const { writeClicks } = await import("#lib/short-urls/redirect.ts");
    const { id, code } = await make({});
    expect(code).toMatch(/^[2-9a-z]{7}$/);
    for (let n = 0; n < 3; n++) expect((await follow(code)).status).toBe(302);
    await follow(code, "Googlebot/2.1");
    await follow(code, "Mozilla/5.0", "HEAD");
    expect(sql.get("select clicks from short_urls where id = ?", id)).toEqual({ clicks: 0 });
    writeClicks();
    expect((await root.call("GET", `/admin/short-urls/${id}`)).body).toMatchObject({
      clicks: 3,
      days: [{ day: new Date().toISOString().slice(0, 10), clicks: 3 }],
    });
    const columns = sql.all<{ name: string }>("select name from pragma_table_info('short_url_clicks')");
    expect(columns.map(({ name }) => name)).toEqual(["short_url_id", "day", "clicks"]);
  });

  test("leads to http and https alone, has its code to itself, and ends", async () => {
    for (const target of [
      "javascript:alert(1)",
      "//example.org",
      "/dashboard",
      "data:text/html,x",
      "https://a:b@example.org",
      // Two of the panel's own would lead to each other.
      "http://LOCALHOST:3000/s/fair",
    ])
      expect((await root.call("POST", "/admin/short-urls", { target })).status, target).toBe(422);
    const { id } = await make({ code: "Fair" });
    expect(
      await root.call("POST", "/admin/short-urls", { target: "https://example.org/", code: "fair" }),
    ).toMatchObject({
      body: { fields: { code: "This code is taken." } },
    });
    expect((await follow("FAIR")).status).toBe(302);
    await root.call("PATCH", `/admin/short-urls/${id}`, { target: "https://example.org/new" });
    expect((await follow("fair")).headers.get("location")).toBe("https://example.org/new");
    const unknown = await (await follow("none")).text();
    for (const change of [
      "update short_urls set enabled = 0",
      "update short_urls set enabled = 1, expires_at = 1",
      "insert into settings (key, value, updated_at) values ('feature.short_urls', 'false', 0)",
    ]) {
      sql.run(change);
      const answer = await follow("fair");
      expect([answer.status, await answer.text()], change).toEqual([404, unknown]);
    }
    expect((await root.call("GET", "/admin/short-urls")).status).toBe(503);
    sql.run("delete from settings where key = 'feature.short_urls'");
  });

  test("is changed and deleted by those who may, each by itself", async () => {
    const { id } = await make({});
    const maker = await panel.person("Maker", ["admin.shorturl.add"]);
    expect((await maker.call("PATCH", `/admin/short-urls/${id}`, { enabled: false })).status).toBe(403);
    expect((await maker.call("DELETE", `/admin/short-urls/${id}`)).status).toBe(403);
    expect((await root.call("DELETE", `/admin/short-urls/${id}`)).status).toBe(200);
  });
});

test("feedback is given once a release, answered by mail and on the page, and shows a trend", async () => {
  const person = await somebody();
  expect((await person.call("POST", "/feedback", { rating: 6 })).status).toBe(422);
  const { id } = (await person.call<{ id: string }>("POST", "/feedback", { rating: 2, message: "Slow." })).body;
  expect((await person.call("POST", "/feedback", { rating: 5 })).status).toBe(409);
  expect((await root.call("POST", `/admin/feedback/${id}/reply`, { text: "It is quick now." })).status).toBe(200);
  expect((await person.call("GET", "/feedback")).body).toMatchObject({
    open: false,
    items: [{ rating: 2, reply: "It is quick now." }],
  });
  expect((await outboxOf(person.email)).at(-1)?.text).toContain("It is quick now.");
  await root.call("PUT", `/admin/feedback/${id}/status`, { status: "done" });
  expect((await (await somebody()).call("POST", "/feedback", { rating: 4 })).status).toBe(201);
  const list = await root.call("GET", "/admin/feedback?status=done&rating=2&q=somebody");
  expect(list.body).toMatchObject({ items: [{ id, email: person.email }], trend: [{ n: 2, average: 3 }] });
  const none = await root.call<{ items: unknown[] }>("GET", "/admin/feedback?status=planned");
  expect(none.body.items).toEqual([]);
});
