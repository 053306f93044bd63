import path from "node:path";
import Database from "better-sqlite3";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { accessibilityProblems, sharedBrowser, signIn, visitor } from "../support/browser.ts";
import { PASSWORD } from "../support/people.ts";
import { dataDirectory, type PanelServer, panelCommand, type ServerOptions, startServer } from "../support/server.ts";
import { type MailServer, startMailServer } from "../support/smtp.ts";

const ADA = "ada@example.org";
let mails: MailServer;
let options: ServerOptions & { dataDir: string };
let remove: () => void;
let server: PanelServer;
let browser: Browser;

beforeAll(async () => {
  mails = await startMailServer();
  const directory = dataDirectory();
  remove = directory.remove;
  options = { dataDir: directory.dataDir, environment: mails.environment };
  browser = await sharedBrowser();
  server = await startServer(options);
  await server.person("Ada", "root", ADA);
});
afterEach(() => mails.mode("accept"));
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await mails?.close();
  remove?.();
});

const fresh = async (): Promise<Page> => (await visitor(browser, server.origin)).page;

describe("in the browser", () => {
  test("a forgotten password: from the sign-in page over the mail to the overview", async () => {
    const elsewhere = await fresh();
    await signIn(elsewhere, ADA, PASSWORD);
    const page = await fresh();
    await page.goto("/login");
    await page.getByRole("link", { name: "Forgotten your password?" }).click();
    await page.waitForURL("**/forgot");
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByLabel("E-mail").fill(ADA);
    await page.getByRole("button", { name: "Send a link" }).click();
    await page.getByText("Look into your mail").waitFor();
    const { link } = await mails.next(ADA);
    await page.goto(link ?? "");
    await page.getByLabel("New password").fill("password1234");
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Set password" }).click();
    await page.getByText(/many people use\. Add another word/).waitFor();
    await page.getByLabel("New password").fill("a tram in the fog");
    await page.getByRole("button", { name: "Set password" }).click();
    await page.waitForURL("**/dashboard");
    expect((await mails.next(ADA)).mail.subject).toBe("Your password was changed");
    await elsewhere.goto("/dashboard/settings");
    await elsewhere.waitForURL("**/login**");
    const again = await fresh();
    await again.goto(link ?? "");
    await again.getByText(/has been used, or is older than an hour/).waitFor();
    expect(await accessibilityProblems(again)).toEqual([]);
    await again.getByRole("link", { name: "Ask for another link" }).click();
    await again.waitForURL("**/forgot");
    expect(server.output()).not.toContain(new URL(link ?? "").hash.slice(7));
  });

  test("another address: asked for, and in force once its mail is answered", async () => {
    const page = await fresh();
    await signIn(page, ADA, "a tram in the fog");
    await page.goto("/dashboard/settings");
    await page.getByRole("textbox", { name: "E-mail" }).fill("lovelace@example.org");
    await page.getByRole("button", { name: "Change address" }).click();
    await page.getByText("Look into your mail").waitFor();
    const { link } = await mails.next("lovelace@example.org");
    const elsewhere = await fresh();
    await elsewhere.goto(link ?? "");
    expect(await accessibilityProblems(elsewhere)).toEqual([]);
    await elsewhere.getByRole("button", { name: "Verify address" }).click();
    await elsewhere.getByText("From now on you sign in with lovelace@example.org.").waitFor();
    expect(await accessibilityProblems(elsewhere)).toEqual([]);
    await signIn(elsewhere, "lovelace@example.org", "a tram in the fog");
  });

  test("registration is nowhere to be seen, and then leads from a mail to an account", async () => {
    const page = await fresh();
    await page.goto("/login");
    await page.getByRole("link", { name: "Forgotten your password?" }).waitFor();
    expect(await page.getByRole("link", { name: "Register" }).count()).toBe(0);
    expect((await page.goto("/register"))?.status()).toBe(404);
    await server.setting("feature.registration", true);
    await page.goto("/login");
    await page.getByRole("link", { name: "Register" }).click();
    await page.waitForURL("**/register");
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByLabel("E-mail").fill("grace@example.org");
    await page.getByRole("button", { name: "Send a link" }).click();
    await page.getByText("Look into your mail").waitFor();
    const { link } = await mails.next("grace@example.org");
    await page.goto("/login");
    await page.goto(link ?? "");
    await page.getByLabel("Name").fill("Grace Hopper");
    await page.getByLabel("Password").fill("grace hopper");
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText(/Your name, your address .* easy to guess/).waitFor();
    await page.getByLabel("Password").fill("a moth in the relay");
    await page.getByRole("button", { name: "Create account" }).click();
    await page.waitForURL("**/dashboard");
    const again = await fresh();
    await signIn(again, "grace@example.org", "a moth in the relay");
  });
});

describe("the process", () => {
  const ask = (email: string) =>
    fetch(`${server.origin}/api/password-reset`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email }),
    });
  const mailTo = (recipient: string) => {
    const database = new Database(path.join(options.dataDir, "panel.db"), { readonly: true });
    const read = (sql: string) => database.prepare(sql).all(recipient) as Record<string, unknown>[];
    const rows = read("select id, status, message_id, attempts from mails where recipient = ? order by id");
    const secrets = read("select s.mail_id from mail_secrets s join mails m on m.id = s.mail_id where m.recipient = ?");
    database.close();
    return { rows, secrets };
  };
  const until = async (holds: () => boolean, seconds: number) => {
    const deadline = Date.now() + seconds * 1000;
    while (!holds()) {
      if (Date.now() > deadline) throw new Error("it did not come to pass in time");
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const account = async (email: string) => {
    const made = await panelCommand(options.dataDir, ["users", "add", email], `${PASSWORD}\n`);
    expect(made.code, made.error).toBe(0);
  };

  test("killed while a mail is being sent: the next one finds out that nobody knows, and sends it no second time", async () => {
    await account("kill@example.org");
    mails.mode("hold");
    expect((await ask("kill@example.org")).status).toBe(200);
    await mails.next("kill@example.org");
    expect(mailTo("kill@example.org").rows).toMatchObject([{ status: "sending" }]);
    server.process.kill("SIGKILL");
    expect(await server.ended).toEqual({ code: null, signal: "SIGKILL" });
    mails.mode("accept");
    // Nobody waits here for half a minute to go by, after which whoever held the job is taken to be gone.
    const database = new Database(path.join(options.dataDir, "panel.db"));
    expect(database.prepare("update jobs set due_at = 0 where state = 'running'").run().changes).toBe(1);
    database.close();
    server = await startServer(options);
    await until(() => mailTo("kill@example.org").rows[0]?.status !== "sending", 60);
    expect(mailTo("kill@example.org")).toMatchObject({ rows: [{ status: "unknown", attempts: 1 }], secrets: [] });
    expect(mails.received.filter(({ to }) => to === "kill@example.org")).toHaveLength(1);
    expect((await ask("kill@example.org")).status).toBe(200);
    expect((await mails.next("kill@example.org")).mail.subject).toBe("Set a new password");
  });

  test("stopped while a mail is being sent, it waits for the answer", async () => {
    await account("stop@example.org");
    mails.mode("hold");
    await ask("stop@example.org");
    await mails.next("stop@example.org");
    const stopped = server.stop();
    await until(() => server.output().includes("Stopping"), 10);
    mails.mode("accept");
    expect(await stopped).toEqual({ code: 0, signal: null });
    expect(mailTo("stop@example.org").rows).toMatchObject([{ status: "sent" }]);
  });

  test("without a mail server mails wait, the pages say so, and they leave once there is one", async () => {
    await account("wait@example.org");
    server = await startServer({ dataDir: options.dataDir });
    await ask("wait@example.org");
    await until(() => mailTo("wait@example.org").rows.length > 0, 20);
    const page = await fresh();
    await page.goto("/login");
    await page.getByText("Forgotten your password? Ask whoever runs this panel.").waitFor();
    expect((await page.goto("/register"))?.status()).toBe(404);
    await page.goto("/forgot");
    await page.getByText(/sends no mail/).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await server.stop();
    expect(mailTo("wait@example.org").rows).toMatchObject([{ status: "queued", attempts: 0 }]);
    server = await startServer(options);
    expect((await mails.next("wait@example.org")).mail.subject).toBe("Set a new password");
  });
});
