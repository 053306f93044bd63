/** Deletions, export jobs, announcements, mails, short addresses and feedback: each tab for those it is for, and the pages of everybody else. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityProblems, sharedBrowser, signedIn, visitor } from "../support/browser.ts";
import { type SharedServer, sharedServer } from "../support/shared-server.ts";

type Person = Awaited<ReturnType<SharedServer["person"]>>;

let server: SharedServer;
let browser: Browser;
let root: Person;
let ada: Person;
let code: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([sharedServer(), sharedBrowser()]);
  root = await server.person("Posts Root", "root");
  ada = await server.person("Ada Poste");
  const leaving = await server.person("Leaving Poste");
  await leaving.ask("POST", "/organisations", { name: "Poste and Sons", handle: "poste-and-sons" });
  const { effects } = (await leaving.ask<{ effects: { organisations: { id: string }[] } }>("GET", "/account/deletion"))
    .body;
  const choices = effects.organisations.map(({ id }) => ({ organisation: id, handOverTo: null }));
  expect((await leaving.ask("DELETE", "/account", { email: leaving.email, choices })).status).toBe(200);
  await ada.ask("POST", "/feedback", { rating: 4, message: "The search finds everything." });
  await root.ask("POST", "/admin/export-jobs", { user: ada.email });
  code = `poste${Date.now()}`;
  await root.ask("POST", "/admin/short-urls", { target: "https://example.org/poste", code });
});
afterAll(() => browser.close());

const TABS = [
  { tab: "deletions", title: "Deletions", needs: "deletions:write", api: "deletions", row: /^l•••@e•••\.org$/ },
  { tab: "export-jobs", title: "Export Jobs", needs: "admin:export-jobs", api: "export-jobs", row: /^a•••@e•••\.org$/ },
  {
    tab: "outbound-emails",
    title: "Outbound Emails",
    needs: "admin:outbound-emails",
    api: "outbound-emails",
    row: /•••@e•••\.org$/,
  },
  { tab: "short-urls", title: "Short URLs", needs: "admin.shorturl.add", api: "short-urls", row: /^\/s\/poste/ },
  { tab: "feedback", title: "Feedback", needs: "admin:access", api: "feedback", row: /^a•••@e•••\.org$/ },
  { tab: "announcements", title: "Announcements", needs: "admin:announcements", api: "announcements", row: null },
] as const;

describe.each(TABS)("the tab $title", ({ tab, title, needs, api, row }) => {
  test("opens to exactly its permission, with what is private hidden, and to nobody else", async () => {
    const clerk = await server.person(`Clerk ${title}`, [needs]);
    const { page, context } = await signedIn(browser, clerk);
    await page.goto(`/dashboard/admin?tab=${tab}`);
    await page.getByRole("button", { name: "Keep them hidden" }).click();
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    if (row) {
      const link = page.getByRole("main").getByRole("link", { name: row }).first();
      await link.waitFor();
      // Not in what the server sent either.
      const html = await (await context.request.get(`/dashboard/admin?tab=${tab}`)).text();
      expect(html).not.toContain("leaving.poste@example.org");
      expect(html).not.toContain("ada.poste@example.org");
      expect(await accessibilityProblems(page)).toEqual([]);
      await link.click();
      await page.getByRole("link", { name: /^All / }).waitFor();
    }
    expect(await accessibilityProblems(page)).toEqual([]);
    await context.close();

    // That its page opens to nobody else is looked at for every tab, in staff-portal.test.ts.
    const other = await server.person(`Other ${title}`, ["roles:read"]);
    for (const person of [other, ada]) expect((await person.ask("GET", `/admin/${api}`)).status).toBe(403);
  });
});

describe("an announcement", () => {
  test("is written, looked at and sent, stands above every page, and is closed on every device", async () => {
    const { page, context } = await signedIn(browser, root);
    await page.goto("/dashboard/admin?tab=announcements");
    await page.getByRole("button", { name: "Keep them hidden" }).click();
    await page.getByRole("button", { name: "Write an announcement" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Title").fill("Posts are moving");
    await dialog.getByLabel("Text").fill("On **Sunday**. See [the plan](https://example.org/plan). <b>x</b>");
    await dialog.getByLabel("Audience").selectOption("accounts");
    await dialog.getByLabel("Their e-mail addresses").fill(ada.email);
    await dialog.getByRole("button", { name: "Preview" }).click();
    await dialog.getByText("For 1 account").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Save draft" }).click();
    await page.getByRole("link", { name: "Posts are moving" }).click();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Send", exact: true }).click();
    await page.getByText("Sent", { exact: true }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await context.close();

    const [first, second] = await Promise.all([signedIn(browser, ada), signedIn(browser, ada)]);
    await first.page.goto("/dashboard");
    const banner = first.page.getByRole("region", { name: "Announcements" });
    await banner.getByText("Posts are moving").waitFor();
    expect(await banner.getByRole("link", { name: "the plan" }).getAttribute("rel")).toContain("noopener");
    expect(await banner.innerHTML()).not.toContain("<b>");
    expect(await accessibilityProblems(first.page)).toEqual([]);
    await banner.getByRole("button", { name: /^Close/ }).click();
    await banner.waitFor({ state: "detached" });
    await second.page.goto("/dashboard/announcements");
    await second.page.getByRole("heading", { name: "Posts are moving" }).waitFor();
    expect(await second.page.getByRole("region", { name: "Announcements" }).count()).toBe(0);
    await second.page.getByLabel("Send me announcements by mail too").uncheck();
    await second.page.getByText("You will get no more announcements by mail").waitFor();
    expect(await accessibilityProblems(second.page)).toEqual([]);
  });
});

test("one's data is made, and fetched as a file", async () => {
  const person = await server.person("Data Poste");
  const { page } = await signedIn(browser, person);
  await page.goto("/dashboard/settings/data");
  await page.getByRole("button", { name: "Request your data" }).click();
  const link = page.getByRole("link", { name: "Download" });
  await link.waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  expect(download.suggestedFilename()).toMatch(/^account-.*\.zip$/);
});

test("leaving says what goes, asks what becomes of an organisation, and signing in again keeps the account", async () => {
  const person = await server.person("Parting Poste");
  await person.ask("POST", "/organisations", { name: "Parting Ltd", handle: "parting-ltd" });
  const { page } = await signedIn(browser, person);
  await page.goto("/dashboard/settings/security");
  await page.getByLabel("What happens to Parting Ltd").selectOption("delete");
  await page.getByRole("button", { name: "Delete account" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText("Deleted with their zones: Parting Ltd").waitFor();
  await dialog.getByRole("textbox").fill(person.email);
  await dialog.getByRole("button", { name: "Delete account" }).click();
  await page.waitForURL("**/login");
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL("**/dashboard");
});

test("feedback is given once for this release, and its answer is read", async () => {
  const person = await server.person("Feedback Poste");
  const { page } = await signedIn(browser, person);
  await page.goto("/dashboard/feedback");
  await page.getByRole("radio", { name: "5 Very good" }).check({ force: true });
  await page.getByLabel("What should change").fill("Nothing.");
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Thank you for your feedback").waitFor();
  const list = await root.ask<{ items: { id: string; userId: string }[] }>("GET", "/admin/feedback");
  const id = list.body.items.find(({ userId }) => userId === person.id)?.id;
  await root.ask("POST", `/admin/feedback/${id}/reply`, { text: "We are glad." });
  await page.reload();
  await page.getByText("We are glad.").waitFor();
});

test("a short address leads there for people, and nowhere once it is off, over or unknown", async () => {
  const follow = (path: string, userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0") =>
    fetch(`${server.origin}${path}`, { redirect: "manual", headers: { "user-agent": userAgent } });
  const answer = await follow(`/s/${code.toUpperCase()}`);
  expect([answer.status, answer.headers.get("location")]).toEqual([302, "https://example.org/poste"]);
  await follow(`/s/${code}`, "Slackbot-LinkExpanding 1.0");
  await fetch(`${server.origin}/s/${code}`, { method: "HEAD", redirect: "manual" });
  const one = async () => {
    const { body } = await root.ask<{ items: { id: string; code: string; clicks: number }[] }>(
      "GET",
      `/admin/short-urls?q=${code}`,
    );
    return body.items[0];
  };
  await expect.poll(async () => (await one())?.clicks, { timeout: 30_000 }).toBe(1);
  expect((await root.ask("POST", "/admin/short-urls", { target: "javascript:alert(1)" })).status).toBe(422);
  expect((await root.ask("POST", "/admin/short-urls", { target: "https://a:b@example.org" })).status).toBe(422);
  const unknown = await follow("/s/none-of-that-name");
  await root.ask("PATCH", `/admin/short-urls/${(await one())?.id}`, { enabled: false });
  const off = await follow(`/s/${code}`);
  expect([off.status, await off.text()]).toEqual([unknown.status, await unknown.text()]);
  expect(off.status).toBe(404);
});

test("the link that ends announcements by mail asks before it does so", async () => {
  const { page } = await visitor(browser, server.origin);
  await page.goto("/unsubscribe/none-that-was-given");
  await page.waitForURL("**/unsubscribe#token=none-that-was-given");
  await page.getByRole("button", { name: "Unsubscribe" }).click();
  await page.getByText("This link does not work any more").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
});
