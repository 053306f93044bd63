/** What staff do about one account in the browser, and what the person notices of it. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityProblems, answerPrivacy, sharedBrowser, signedIn, signIn, visitor } from "../support/browser.ts";
import { PASSWORD } from "../support/people.ts";
import type { Person } from "../support/server.ts";
import { type SharedServer, sharedServer } from "../support/shared-server.ts";

const NEW_PASSWORD = "a lantern above the quay";
const PERSON = "ingrid@accounts.example";

let server: SharedServer;
let browser: Browser;
let root: Page;
let person: Page;
let clerk: Person;

beforeAll(async () => {
  server = await sharedServer();
  const operator = await server.person("Root of accounts", "root");
  clerk = await server.person("Clerk of accounts", ["users:read", "users:suspend"]);
  await server.person("Ingrid Solheim", [], PERSON);
  await operator.call("POST", "/admin/roles", {
    name: "Clerks",
    parent: "default",
    grants: ["users:read", "users:suspend"],
  });
  browser = await sharedBrowser();
  ({ page: root } = await signedIn(browser, operator));
  ({ page: person } = await visitor(browser, server.origin));
  for (const page of [root, person]) await answerPrivacy(page, server.origin, "visible");
  await signIn(person, PERSON, PASSWORD);
});
afterAll(() => browser?.close());

async function open(page: Page, name: string): Promise<void> {
  await page.goto("/dashboard/admin?tab=users");
  await page.getByRole("link", { name, exact: true }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
}

async function confirm(page: Page, label: string): Promise<void> {
  await page.getByRole("button", { name: label, exact: true }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByRole("button", { name: label, exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
}

test("roles: what a change comes to is said first", async () => {
  await open(root, "Ingrid Solheim");
  expect(await accessibilityProblems(root)).toEqual([]);
  await root.getByLabel("Clerks").check();
  await root.getByRole("button", { name: "See what changes" }).click();
  await root.getByText(/users:suspend/).waitFor();
  await confirm(root, "Change roles");
  await root.getByText("It has Clerks.").waitFor();
  await person.goto("/dashboard/admin?tab=users");
  await person.getByRole("link", { name: "Clerk of accounts", exact: true }).waitFor();
  await root.getByLabel("Clerks").uncheck();
  await root.getByRole("button", { name: "See what changes" }).click();
  await confirm(root, "Change roles");
  await root.getByText(/^This account has no role/).waitFor();
});

test("a suspension signs out at once, and its end lets in again", async () => {
  await open(root, "Ingrid Solheim");
  await root.getByRole("button", { name: "Suspend", exact: true }).click();
  const dialog = root.getByRole("alertdialog");
  await dialog.getByRole("button", { name: "Suspend", exact: true }).click();
  expect(await dialog.getByLabel("Reason").evaluate((field: HTMLTextAreaElement) => field.validity.valueMissing)).toBe(
    true,
  );
  await dialog.getByLabel("Reason").fill("Unpaid since spring");
  await dialog.getByRole("button", { name: "Suspend", exact: true }).click();
  await root.getByText("Suspended: Unpaid since spring").waitFor();
  await person.goto("/dashboard");
  await person.waitForURL("**/login**");
  await confirm(root, "End the suspension");
  await root.getByRole("button", { name: "Suspend", exact: true }).waitFor();
  await signIn(person, PERSON, PASSWORD);
});

test("a reset link is shown once, and sets a new password", async () => {
  await open(root, "Ingrid Solheim");
  await root.getByRole("button", { name: "Make a reset link" }).click();
  const dialog = root.getByRole("dialog");
  const link = await dialog.getByLabel("Link").inputValue();
  expect(await accessibilityProblems(root)).toEqual([]);
  await dialog.getByRole("button", { name: "Done" }).click();
  const { page } = await visitor(browser, server.origin);
  await page.goto(link);
  await page.getByLabel("New password").fill(NEW_PASSWORD);
  await page
    .getByRole("button", { name: /password/i })
    .first()
    .click();
  await page.waitForURL(/login|dashboard/);
  await person.goto("/dashboard");
  await person.waitForURL("**/login**");
  await signIn(person, PERSON, NEW_PASSWORD);
});

test("a clerk sees what they may do, and nothing they may not", async () => {
  const { page } = await signedIn(browser, clerk);
  await answerPrivacy(page, server.origin, "visible");
  await open(page, "Ingrid Solheim");
  await page.getByRole("button", { name: "Suspend", exact: true }).waitFor();
  for (const name of ["Delete account", "Make a reset link", "Remove password", "Save name", "See what changes"])
    expect(await page.getByRole("button", { name }).count(), name).toBe(0);
  await open(page, "Root of accounts");
  await page.getByText("This account may do more than you").waitFor();
  expect(await page.getByRole("button", { name: "Suspend", exact: true }).count()).toBe(0);
});

test("deleted, kept, and deleted by its owner", async () => {
  await open(root, "Ingrid Solheim");
  await root.getByRole("button", { name: "Delete account" }).click();
  const dialog = root.getByRole("alertdialog");
  await dialog.getByRole("textbox").fill(PERSON);
  await dialog.getByRole("button", { name: "Delete account" }).click();
  await root.getByText("Will be deleted", { exact: true }).waitFor();
  await person.goto("/dashboard");
  await person.waitForURL("**/login**");
  await confirm(root, "Keep the account");
  await signIn(person, PERSON, NEW_PASSWORD);
  await person.goto("/dashboard/settings/security");
  await person.getByRole("button", { name: "Delete account" }).click();
  const own = person.getByRole("alertdialog");
  await own.getByRole("textbox").fill(PERSON);
  await own.getByRole("button", { name: "Delete account" }).click();
  await person.waitForURL("**/login**");
  await open(root, "Ingrid Solheim");
  await root.getByText("Will be deleted", { exact: true }).waitFor();
});
