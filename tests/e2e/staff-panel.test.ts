/** The Staff Portal's tabs about the panel itself: Metrics, Logs, Settings, Rollouts. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityProblems, answerPrivacy, sharedBrowser, signedIn } from "../support/browser.ts";
import type { Person } from "../support/server.ts";
import { type SharedServer, sharedServer } from "../support/shared-server.ts";

let server: SharedServer;
let browser: Browser;

beforeAll(async () => {
  server = await sharedServer();
  browser = await sharedBrowser();
});
afterAll(async () => {
  await browser?.close();
});

async function staffPage(
  name: string,
  permissions: string[],
  privacy: "hidden" | "visible" = "hidden",
): Promise<{ page: Page; person: Person }> {
  const person = await server.person(name, permissions);
  const { page } = await signedIn(browser, person);
  await answerPrivacy(page, server.origin, privacy);
  return { page, person };
}

test("metrics are drawn, and told in words", async () => {
  const { page } = await staffPage("Reader of metrics", ["admin:metrics"]);
  await page.goto("/dashboard/admin?tab=metrics");
  await page
    .getByRole("img", { name: /^Memory, MB: Process/ })
    .locator("canvas")
    .waitFor();
  await page.getByLabel("Range").selectOption("7d");
  await page.waitForURL("**range=7d**");
  await page.getByRole("heading", { name: "Routes, by the hour" }).waitFor();
});

test("logs are searched, opened and followed, with what is private hidden", async () => {
  const { page } = await staffPage("Reader of logs", ["logs:read"]);
  const writer = await server.person("Writer of logs", "root");
  await writer.call("PATCH", "/account", { name: "Writer of the logs" });
  await page.goto(`/dashboard/admin?tab=logs&actor=${writer.id}`);
  await page.getByRole("link", { name: "users.rename" }).first().click();
  await page.getByRole("heading", { name: "users.rename", level: 1 }).waitFor();
  const text = await page.locator("body").innerText();
  expect(text).not.toContain(writer.email);
  expect(text).toContain("w•••@e•••.org");
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole("link", { name: "All log entries" }).click();
  await page.getByRole("link", { name: "Requests" }).click();
  await page.waitForURL("**view=requests**");
  await page.getByRole("button", { name: "Follow live" }).click();
  await page.getByText("Rows appear here as they are written.").waitFor();
  await writer.call("GET", "/account/sessions");
  await page.getByRole("list", { name: "Live rows" }).getByText("GET /account/sessions").first().waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
});

test("settings: what is wrong is said at its field, what is changed is in force, and goes back", async () => {
  const { page, person } = await staffPage("Keeper of settings", ["admin:settings"]);
  await page.goto("/dashboard/admin?tab=settings", { waitUntil: "networkidle" });
  const days = page.getByLabel("Grace period before deletion (days)");
  await days.fill("9999");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Enter a whole number from 0 to 365.").waitFor();
  await days.fill("21");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Setting saved").waitFor();
  const value = async () => {
    const body = await person.call<{ items: { key: string; value: unknown }[] }>("GET", "/admin/settings");
    return body.items.find(({ key }) => key === "accounts.deletion_days")?.value;
  };
  expect(await value()).toBe(21);
  await page.getByRole("button", { name: /: Grace period before deletion/ }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("No unsaved changes").waitFor();
  expect(await value()).toBe(14);
});

test("a rollout gives one account denser records, and takes them back", async () => {
  const { page } = await staffPage("Keeper of rollouts", ["admin:access"]);
  const owner = await server.person("Owner of records");
  await owner.call("POST", "/organisations", { name: "Dense", handle: "dense-records" });
  await owner.call("POST", "/organisations/dense-records/dns/zones", { name: "dense.example", connection: "local" });
  const { page: theirs } = await signedIn(browser, owner);
  const room = async () => {
    await theirs.goto("/dashboard/organisations/dense-records/zones/dense.example");
    const row = theirs.getByRole("table", { name: "Records" }).locator("tbody tr").first();
    return row
      .locator("td")
      .first()
      .evaluate((cell) => Number.parseFloat(getComputedStyle(cell).paddingTop));
  };
  const before = await room();
  await page.goto("/dashboard/admin?tab=rollouts");
  await page.getByRole("button", { name: "Start a rollout" }).click();
  await page.getByRole("heading", { name: "Denser records", level: 1 }).waitFor();
  await page.getByRole("checkbox", { name: "On", exact: true }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Running", { exact: true }).waitFor();
  await page.getByRole("textbox", { name: "Account", exact: true }).fill(owner.email);
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByText("1 always get it").waitFor();
  expect(await room()).toBeLessThan(before);
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.getByRole("list", { name: "Who gets it" }).getByText("o•••@e•••.org").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Start a rollout" }).waitFor();
  expect(await room()).toBe(before);
});

test("a rollout is aimed at roles and organisations that are found by a search, and by hand at accounts", async () => {
  const permissions = ["admin:access", "roles:read", "org:read", "users:read"];
  const { page } = await staffPage("Aims rollouts", permissions, "visible");
  const member = await server.person("Member of the aimed at");
  await member.call("POST", "/organisations", { name: "Aimed at", handle: "aimed-at" });
  const [holder, outside] = [await server.person("Holder aimed at", ["x:z"]), await server.person("Outside the aim")];
  const gets = async (who: Person) => (await who.call<{ items: Record<string, string> }>("GET", "/rollouts")).items;

  await page.goto("/dashboard/admin?tab=rollouts");
  await page.getByRole("button", { name: "Start a rollout" }).click();
  await page.getByRole("checkbox", { name: "On", exact: true }).check();
  await page.getByRole("radio", { name: "Only some" }).check();
  const pick = async (button: string, search: string, text: string) => {
    await page.getByRole("button", { name: button }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("combobox", { name: search }).fill(text);
    await dialog.getByRole("option", { name: text }).first().click();
    await dialog.waitFor({ state: "detached" });
  };
  await pick("Add a role", "Search roles", `Role of ${holder.email}`);
  await pick("Add a role", "Search roles", "default");
  await pick("Add an organisation", "Search organisations", "Aimed at");
  await page.getByRole("button", { name: "Remove default" }).click();
  expect(await accessibilityProblems(page)).toEqual([]);
  const share = page.getByLabel("Share (%)");
  await share.fill("100");
  await share.press("Enter");
  await page.getByText("Running", { exact: true }).waitFor();
  // What was typed in keeps the focus.
  await share.and(page.locator('[name="share"]:focus')).waitFor();
  expect([await gets(member), await gets(holder), await gets(outside)]).toEqual([
    { "records.density": "compact" },
    { "records.density": "compact" },
    {},
  ]);

  const byHand = async (who: Person, way: string, told: string) => {
    await page.getByRole("button", { name: "Account: Choose an account" }).click();
    // Nobody waits for the list, which still has others.
    await page.getByRole("dialog").getByRole("option").first().waitFor();
    await page.getByRole("dialog").getByRole("combobox").fill(who.email);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByLabel("Gets it", { exact: true }).selectOption({ label: way });
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText(told).waitFor();
  };
  await byHand(member, "Never", "0 always get it and 1 never do");
  await byHand(outside, "Always “dense”", "1 always get it and 1 never do");
  expect([await gets(member), await gets(outside)]).toEqual([{}, { "records.density": "dense" }]);
  await page.reload();
  await page.getByRole("button", { name: "Remove Aimed at" }).waitFor();
  const table = page.getByRole("table", { name: "Accounts added by hand" });
  await table.getByRole("row").nth(2).waitFor();
  await table
    .getByRole("row", { name: "Never" })
    .getByRole("button", { name: /^Leave to chance: / })
    .click();
  await page.getByText("1 always get it and 0 never do").waitFor();
  expect(await gets(member)).toEqual({ "records.density": "compact" });
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Start a rollout" }).waitFor();
  expect(await gets(outside)).toEqual({});
});
