/** From an invitation to being in: new people, people with accounts, and guests, with the mails that a real server takes. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityProblems, sharedBrowser, signedIn, signIn, visitor } from "../support/browser.ts";
import { PASSWORD } from "../support/people.ts";
import { startServer } from "../support/server.ts";
import { startMailServer } from "../support/smtp.ts";

const NEW_PASSWORD = "a quiet harbour at dawn";
const path = "/dashboard/organisations/northwind";
const zonePath = `${path}/zones/harbour.example`;

let mail: Awaited<ReturnType<typeof startMailServer>>;
let server: Awaited<ReturnType<typeof startServer>>;
let browser: Browser;
let owner: Page;
const problems: string[] = [];

beforeAll(async () => {
  mail = await startMailServer();
  server = await startServer({ environment: mail.environment });
  await server.person("Root", "root");
  await server.person("Known Person", [], "known@example.org");
  await server.setting("zone_claims", "trusted");
  const client = await server.person("Ada Owner", [], "owner@example.org");
  await client.call("POST", "/organisations", { name: "Northwind", handle: "northwind" });
  for (const name of ["harbour.example", "hidden.example"])
    await client.call("POST", "/organisations/northwind/dns/zones", { name, connection: "local" });
  browser = await sharedBrowser();
  owner = watched((await signedIn(browser, client)).page);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await mail?.close();
});

const fresh = async (): Promise<Page> => watched((await visitor(browser, server.origin)).page);

function watched(page: Page): Page {
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) problems.push(message.text());
  });
  return page;
}

async function linkTo(address: string): Promise<string> {
  const { link } = await mail.next(address);
  if (!link?.startsWith(`${server.origin}/invite#token=`)) throw new Error(`no link to the panel, but ${link}`);
  return link;
}

async function inviteMember(email: string): Promise<void> {
  await owner.goto(`${path}/members`);
  await owner.getByRole("button", { name: "Add member" }).click();
  const dialog = owner.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill(email);
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await dialog.waitFor({ state: "hidden" });
  await owner.getByRole("region", { name: "Invitations" }).getByText(email).waitFor();
}

test("a new person makes an account with the link, and is in", async () => {
  await inviteMember("new@example.net");
  expect(await accessibilityProblems(owner)).toEqual([]);
  const link = await linkTo("new@example.net");
  const page = await fresh();
  await page.goto(link);
  await page.getByRole("heading", { name: "Join Northwind" }).waitFor();
  expect(page.url(), "the token is taken out of the address").toBe(`${server.origin}/invite`);
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.reload();
  await page.getByLabel("Name").fill("New Person");
  expect(await page.getByLabel("E-mail").inputValue()).toBe("new@example.net");
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Create account and accept" }).click();
  await page
    .getByText(/at least 10 characters/i)
    .first()
    .waitFor();
  await page.getByLabel("Password").fill(NEW_PASSWORD);
  await page.getByRole("button", { name: "Create account and accept" }).click();
  await page.waitForURL(`**${path}`);
  await page.getByRole("heading", { name: "Northwind" }).waitFor();
  await owner.goto(`${path}/members`);
  await owner.getByRole("table", { name: "Members" }).getByText("new@example.net").waitFor();

  const again = await fresh();
  await again.goto(link);
  await again.getByRole("heading", { name: "This invitation cannot be used" }).waitFor();
  expect(await accessibilityProblems(again)).toEqual([]);
});

test("who has an account signs in and comes back; another account is offered to change", async () => {
  await inviteMember("known@example.org");
  const link = await linkTo("known@example.org");
  const page = await fresh();
  await signIn(page, "new@example.net", NEW_PASSWORD);
  await page.goto(link);
  await page.getByText("You are signed in with another address").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  expect(await page.getByRole("button", { name: "Accept" }).count()).toBe(0);
  await page.getByRole("button", { name: "Sign out and go on" }).click();
  await page.getByRole("link", { name: "Sign in to accept" }).click();
  await page.getByLabel("E-mail").fill("known@example.org");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL("**/invite");
  await page.getByRole("button", { name: "Accept" }).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Accept" }).click();
  await page.waitForURL(`**${path}`);
  expect((await mail.next("owner@example.org")).mail.subject).toMatch(/accepted your invitation/);
});

test("an invitation is sent again with another link, and declined without an account", async () => {
  await inviteMember("unsure@example.net");
  const first = await linkTo("unsure@example.net");
  await owner.getByRole("button", { name: "Send again: the invitation to unsure@example.net" }).click();
  const second = await linkTo("unsure@example.net");
  expect(second).not.toBe(first);
  const page = await fresh();
  await page.goto(first);
  await page.getByRole("heading", { name: "This invitation cannot be used" }).waitFor();
  await page.goto(second);
  await page.getByRole("heading", { name: "Join Northwind" }).waitFor();
  await page.getByRole("button", { name: "Decline" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Decline invitation" }).click();
  await page.getByRole("heading", { name: "Invitation declined" }).waitFor();
  await owner.reload();
  await owner.getByRole("heading", { name: "Members" }).waitFor();
  expect(await owner.getByText("unsure@example.net").count()).toBe(0);
});

test("a guest of a zone sees that zone, works in it, and leaves it", async () => {
  await owner.goto(`${zonePath}/access`);
  await owner.getByRole("button", { name: "Invite guest" }).click();
  const dialog = owner.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill("guest@example.net");
  await dialog.getByLabel("Level").selectOption("edit");
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await dialog.getByText("Say until when").waitFor();
  expect(await accessibilityProblems(owner)).toEqual([]);
  const inAMonth = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  await dialog.getByLabel("Until the end of").fill(inAMonth);
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await owner.getByRole("region", { name: "Invitations" }).getByText("guest@example.net").waitFor();
  expect(await accessibilityProblems(owner)).toEqual([]);

  const page = await fresh();
  await page.goto(await linkTo("guest@example.net"));
  await page.getByRole("heading", { name: "Guest of harbour.example" }).waitFor();
  await page.getByLabel("Name").fill("Gustav Guest");
  await page.getByLabel("Password").fill(NEW_PASSWORD);
  await page.getByRole("button", { name: "Create account and accept" }).click();
  await page.waitForURL(`**${zonePath}`);
  await page.getByText("You are a guest of Northwind in this zone.").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  expect(await page.getByRole("button", { name: /add (your first )?record/i }).count()).toBeGreaterThan(0);
  const nav = page.getByRole("navigation", { name: "Main" });
  for (const name of ["Members", "Settings"])
    expect(await nav.getByRole("link", { name, exact: true }).count()).toBe(0);
  expect(await nav.locator("[aria-current=page]").allInnerTexts()).toEqual(["DNS zones"]);
  const crumbs = page.getByRole("navigation", { name: "Breadcrumb" });
  expect(await crumbs.getByRole("link").allInnerTexts()).toEqual(["DNS zones"]);

  for (const hidden of ["", "/members", "/zones", "/settings", "/zones/hidden.example"])
    expect((await page.goto(`${path}${hidden}`))?.status(), hidden).toBe(404);
  expect((await page.goto(`${zonePath}/access`))?.status()).toBe(403);
  await page.getByRole("heading", { name: "Your account may not open this page" }).waitFor();
  expect(await page.getByText("owner@example.org").count()).toBe(0);
  await page.goto("/dashboard/zones");
  await page.getByRole("link", { name: "harbour.example" }).waitFor();
  expect(await page.getByText("hidden.example").count()).toBe(0);
  expect(await page.getByRole("link", { name: "Northwind" }).count()).toBe(0);
  await page.goto(`${zonePath}/history`);
  await page.getByText("Northwind").first().waitFor();
  expect(await page.getByText("owner@example.org").count()).toBe(0);

  await owner.goto(`${path}/members`);
  await owner.getByRole("region", { name: "Guests" }).getByText("guest@example.net").waitFor();
  expect(await accessibilityProblems(owner)).toEqual([]);
  await owner.goto(`${zonePath}/access`);
  await owner.getByRole("button", { name: "Remove: Gustav Guest" }).waitFor();
  await page.getByRole("button", { name: "Leave zone" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Leave zone" }).click();
  await page.waitForURL("**/dashboard/zones");
  expect((await page.goto(zonePath))?.status()).toBe(404);
});

test("a page of an invitation that is none says so, and no page complained", async () => {
  const page = await fresh();
  for (const target of ["/invite", "/invite#token=garbage"]) {
    await page.goto(target);
    await page.getByRole("heading", { name: "This invitation cannot be used" }).waitFor();
  }
  expect(problems).toEqual([]);
});
