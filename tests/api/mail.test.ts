import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, startPanel } from "../support/panel.ts";
import { type MailServer, startMailServer } from "../support/smtp.ts";

const SECRET = "https://panel.example/reset#token=a-secret-that-nobody-sees";
let panel: Panel;
let server: MailServer;
let database: import("#db/client.ts").Db;

beforeAll(async () => {
  server = await startMailServer({ user: "panel", password: "p@ss:word" });
  panel = await startPanel({ ...server.environment, NEXTAUTH_URL: "https://panel.example" });
  const { db } = await import("#db/client.ts");
  database = db();
});
afterEach(() => {
  server.mode("accept");
  server.received.length = 0;
});
afterAll(async () => {
  await panel.close();
  await server.close();
});

let sequence = 0;
async function post(given: Partial<import("#lib/mail/outbox.ts").NewMail> = {}): Promise<string> {
  const { transaction } = await import("#db/client.ts");
  const { queueMail } = await import("#lib/mail/outbox.ts");
  return transaction((tx) =>
    queueMail(tx, {
      template: "test",
      userId: null,
      recipient: `somebody.${++sequence}@example.org`,
      subject: "A test",
      text: "Hello.\n\n[link]\n\nGood bye.",
      link: { url: SECRET, expiresAt: Date.now() + 3_600_000 },
      ...given,
    }),
  );
}

const row = (id: string) =>
  database.$client.prepare("select * from mails where id = ?").get(id) as Record<string, string | number | null>;
const secrets = (id: string) => database.$client.prepare("select * from mail_secrets where mail_id = ?").all(id);
const jobOf = (id: string) =>
  database.$client.prepare("select * from jobs where json_extract(payload, '$.mail') = ?").get(id) as {
    state: string;
    attempts: number;
    due_at: number;
    error: string | null;
  };
const everything = () =>
  JSON.stringify(
    ["mails", "mail_secrets", "jobs", "audit_log"].map((table) =>
      database.$client.prepare(`select * from ${table}`).all(),
    ),
  );
/** As if the back-off, or the lease, had passed. */
const passTime = () => database.$client.prepare("update jobs set due_at = 0 where kind = 'mail.send'").run();

describe("a mail", () => {
  test("is a row first; sent, it says what the server answered, and its link is gone", async () => {
    const id = await post({ recipient: "ada@example.org" });
    expect(row(id)).toMatchObject({ status: "queued", attempts: 0, text: "Hello.\n\n[link]\n\nGood bye." });
    expect(secrets(id)).toHaveLength(1);
    expect(everything()).not.toContain("a-secret");
    await runJobs();
    const [{ mail, from, to, link } = never()] = server.received;
    expect({ from, to, link }).toEqual({ from: "no-reply@panel.example", to: "ada@example.org", link: SECRET });
    expect(mail).toMatchObject({ subject: "A test", messageId: row(id).message_id, from: { name: "Zonegate" } });
    expect(mail.text?.trim()).toBe(`Hello.\n\n${SECRET}\n\nGood bye.`);
    expect(mail.html).toContain(`<a href="${SECRET}"`);
    expect(Object.fromEntries(mail.headers.map(({ key, value }) => [key, value]))).toMatchObject({
      "auto-submitted": "auto-generated",
    });
    expect(row(id)).toMatchObject({ status: "sent", attempts: 1, answer: "250 2.0.0 Taken" });
    expect(row(id).sent_at).toBeGreaterThan(0);
    expect(secrets(id)).toEqual([]);
    expect(jobOf(id)).toMatchObject({ state: "done" });
    await runJobs();
    expect(server.received).toHaveLength(1);
  });

  test("says what it was told, not more: names become neither headers, nor links, nor HTML", async () => {
    await post({
      subject: "Hello\r\nBcc: eve@example.org\r\n\r\nGotcha",
      text: 'From <img src=x onerror="alert(1)"> & [link] & co.\n\n[link]',
    });
    await runJobs();
    const [{ mail, raw } = never()] = server.received;
    expect(mail.subject).toBe("Hello Bcc: eve@example.org Gotcha");
    expect(mail.bcc ?? []).toEqual([]);
    expect(raw).not.toMatch(/^Bcc:/im);
    expect(mail.html).not.toMatch(/<img/);
    expect(mail.html).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; [link] &amp; co.");
    expect(mail.text).toContain("& [link] & co.");
  });

  test("goes to one address alone, whatever that looks like", async () => {
    await post({ recipient: "ada@example.org, eve@example.org" });
    await runJobs();
    expect(server.received.map(({ to }) => to)).not.toContain("eve@example.org");
  });
});

describe("the server", () => {
  test("puts it off (4xx): tried again later, with the same Message-ID, and not before", async () => {
    const id = await post();
    server.mode("defer");
    await runJobs();
    expect(row(id)).toMatchObject({ status: "queued", attempts: 1, answer: "451 4.7.1 Try again later" });
    expect(secrets(id)).toHaveLength(1);
    const { due_at: first } = jobOf(id);
    expect(first).toBeGreaterThan(Date.now() + 25_000);
    expect(row(id).due_at).toBe(first);
    server.mode("accept");
    await runJobs();
    expect(server.received).toEqual([]);
    passTime();
    await runJobs();
    expect(row(id)).toMatchObject({ status: "sent", attempts: 2 });
    expect(server.received.map(({ mail }) => mail.messageId)).toEqual([row(id).message_id]);
  });

  test("puts it off each time longer, and at last it has failed", async () => {
    const id = await post();
    server.mode("defer");
    const waits: number[] = [];
    for (let n = 0; n < 20 && row(id).status === "queued"; n++) {
      passTime();
      const now = Date.now();
      await runJobs();
      if (row(id).status === "queued") waits.push(jobOf(id).due_at - now);
    }
    expect(row(id)).toMatchObject({ status: "failed", attempts: 9, answer: "451 4.7.1 Try again later" });
    expect(jobOf(id)).toMatchObject({ state: "failed", error: "451 4.7.1 Try again later" });
    expect(secrets(id)).toEqual([]);
    expect(waits).toHaveLength(8);
    for (const [n, wait] of waits.slice(1).entries()) expect(wait).toBeGreaterThan((waits[n] ?? 0) * 1.5);
  });

  test("refuses it (5xx): it has failed at once", async () => {
    const id = await post();
    server.mode("refuse");
    await runJobs();
    expect(row(id)).toMatchObject({
      status: "failed",
      attempts: 1,
      answer: "550 5.1.1 There is nobody here of that name",
    });
    expect(secrets(id)).toEqual([]);
    expect(jobOf(id)).toMatchObject({ state: "failed", attempts: 1 });
  });

  test("breaks off after it has the message: unknown, and not sent again", async () => {
    const id = await post();
    server.mode("drop");
    await runJobs();
    expect(server.received).toHaveLength(1);
    expect(row(id)).toMatchObject({ status: "unknown", attempts: 1 });
    expect(secrets(id)).toEqual([]);
    server.mode("accept");
    passTime();
    await runJobs();
    expect(server.received).toHaveLength(1);
  });

  test("is not there, or does not know the panel: tried again", async () => {
    const { deliver } = await import("#lib/mail/smtp.ts");
    const { env } = await import("#lib/env.ts");
    const { server: known } = env().mail ?? never();
    const envelope = { from: "a@example.org", to: "b@example.org" };
    const signal = new AbortController().signal;
    for (const wrong of [
      { port: 1 },
      { password: "wrong" },
      { tls: "required" as const },
      { tls: "implicit" as const },
    ]) {
      const outcome = await deliver({ ...known, ...wrong }, envelope, Buffer.from("Subject: x\r\n\r\nx"), signal);
      expect(outcome, JSON.stringify(wrong)).toMatchObject({ result: "later", answer: expect.stringMatching(/\w/) });
      expect(outcome.answer).not.toContain("p@ss:word");
    }
    expect(server.received).toEqual([]);
  });

  test("on this machine may encrypt with a certificate that nobody vouches for; elsewhere it may not", async () => {
    // It says that its key is known to everybody.
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const encrypting = await startMailServer({ starttls: true });
    said.mockRestore();
    const { deliver } = await import("#lib/mail/smtp.ts");
    const { parseEnv } = await import("#lib/env.ts");
    const { server: found } = parseEnv(encrypting.environment).mail ?? never();
    const send = (tls: "optional" | "required") =>
      deliver(
        { ...found, tls },
        { from: "a@example.org", to: "b@example.org" },
        Buffer.from("Subject: x\r\n\r\nx"),
        new AbortController().signal,
      );
    expect(await send("required")).toMatchObject({ result: "later", answer: expect.stringMatching(/certificate/) });
    expect(encrypting.received).toEqual([]);
    expect(await send("optional")).toMatchObject({ result: "sent" });
    await encrypting.close();
  });

  test("is asked whether it would take mails", async () => {
    const { verifyMail } = await import("#lib/mail/smtp.ts");
    expect(await verifyMail()).toEqual({ state: "works" });
  });
});

test("a mail whose sender died while it was being sent is unknown, and nobody gets it twice", async () => {
  const id = await post();
  database.$client.prepare("update mails set status = 'sending' where id = ?").run(id);
  database.$client
    .prepare("update jobs set state = 'running', attempts = 1 where json_extract(payload, '$.mail') = ?")
    .run(id);
  passTime();
  await runJobs();
  expect(row(id)).toMatchObject({ status: "unknown" });
  expect(secrets(id)).toEqual([]);
  expect(server.received).toEqual([]);
});

test("a mail that comes too late is not sent", async () => {
  const id = await post({ link: { url: SECRET, expiresAt: Date.now() - 1 } });
  await runJobs();
  expect(row(id)).toMatchObject({ status: "failed", answer: "It could not be sent while it made sense." });
  expect(secrets(id)).toEqual([]);
  expect(server.received).toEqual([]);
});

test("a link that was sealed elsewhere is not sent, and says why", async () => {
  const [id, other] = [await post(), await post()];
  database.$client
    .prepare("update mail_secrets set link = (select link from mail_secrets where mail_id = ?) where mail_id = ?")
    .run(other, id);
  await runJobs();
  expect(row(id)).toMatchObject({ status: "failed", answer: expect.stringMatching(/another place/) });
  expect(row(other)).toMatchObject({ status: "sent" });
});

function never(): never {
  throw new Error("it is not there");
}
