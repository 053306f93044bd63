/** The Staff Portal in the browser: for each of its tabs who gets in, what privacy mode leaves of people, and how it reads. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allTabs } from "#lib/staff/tabs.ts";
import { accessibilityProblems, answerPrivacy, sharedBrowser, signedIn } from "../support/browser.ts";
import type { Client } from "../support/server.ts";
import { type SharedServer, sharedServer } from "../support/shared-server.ts";

const PORTAL = "/dashboard/admin";
const SOMEBODY = { name: "Wilhelmina Quartermaine", email: "wilhelmina.quartermaine@private.example" };

let server: SharedServer;
let browser: Browser;
let ordinary: Client;

beforeAll(async () => {
  server = await sharedServer();
  browser = await sharedBrowser();
  ordinary = await server.person("Ordinary of the portal");
  await server.person(SOMEBODY.name, [], SOMEBODY.email);
});
afterAll(() => browser?.close());

const opened = async (person: Client, path: string, privacy?: "hidden" | "visible"): Promise<Page> => {
  const { page } = await signedIn(browser, person);
  if (privacy) await answerPrivacy(page, server.origin, privacy);
  await page.goto(path);
  return page;
};

const title = (page: Page, text: string) => page.getByRole("heading", { name: text, level: 1, exact: true });

describe.each(allTabs.map((tab) => [tab.id, tab] as const))("%s", (id, tab) => {
  test("opens to staff with just its permission, alone, and says nothing of people while they are hidden", async () => {
    const staff = await server.person(`Only opens ${id}`, [tab.permissions[0]]);
    const page = await opened(staff, `${PORTAL}?tab=${id}`, "hidden");
    await title(page, tab.title).waitFor();
    const also = allTabs.filter(({ permissions }) => permissions.some((one) => one === tab.permissions[0]));
    const nav = page.getByRole("navigation", { name: "Staff Portal" });
    expect(await nav.getByRole("link").count()).toBe(also.length);
    expect(await page.content()).not.toMatch(/quartermaine/i);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.context().close();
  });
});

// One browser for all of them: it has loaded the scripts, and is what the next page is opened in.
describe("no tab opens", () => {
  test("to staff without its permission, who are led to another", async () => {
    const [first, other] = allTabs;
    if (!first || !other) throw new Error("There are no two tabs.");
    const walk = async (holder: typeof first, tabs: readonly (typeof first)[]) => {
      const staff = await server.person(`Only holds ${holder.id}`, [holder.permissions[0]]);
      const page = await opened(staff, PORTAL, "hidden");
      for (const tab of tabs.filter(({ permissions }) => !permissions.includes(holder.permissions[0]))) {
        await page.goto(`${PORTAL}?tab=${tab.id}`, { waitUntil: "domcontentloaded" });
        await title(page, holder.title).waitFor();
        expect(await title(page, tab.title).count(), tab.id).toBe(0);
        expect((await staff.ask("GET", `/admin/tabs/${tab.id}/csv`)).status, tab.id).toBe(404);
      }
      await page.context().close();
    };
    await walk(first, allTabs);
    await walk(other, [first]);
  });

  test("to an ordinary account, for which there is no portal", async () => {
    const page = await opened(ordinary, "/dashboard");
    for (const { id } of allTabs) {
      await page.goto(`${PORTAL}?tab=${id}`, { waitUntil: "domcontentloaded" });
      await page.waitForURL("**/dashboard");
      await page.getByRole("link", { name: "Account settings" }).waitFor();
      expect(await page.getByRole("link", { name: /Staff Portal/ }).count(), id).toBe(0);
      expect((await ordinary.ask("GET", `/admin/tabs/${id}/csv`)).status, id).toBe(403);
    }
    await page.context().close();
  });
});

test("the first time it asks how people are shown; the answer is kept, and can be changed at any time", async () => {
  const staff = await server.person("First time in", ["users:read"]);
  const page = await opened(staff, `${PORTAL}?tab=users&q=quartermaine`);
  const question = page.getByRole("dialog");
  await question.getByText("How should personal details be shown?").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await question.getByRole("button", { name: "Keep them hidden" }).click();
  await page.getByRole("link", { name: "W••• Q•••" }).waitFor();
  expect(await page.content()).not.toMatch(/quartermaine@|wilhelmina/i);
  await page.reload();
  await page.getByRole("link", { name: "W••• Q•••" }).waitFor();
  expect(await page.getByRole("dialog").count()).toBe(0);
  await page.getByRole("button", { name: "Show details" }).click();
  await page.getByRole("link", { name: SOMEBODY.name }).waitFor();
  await page.goto("/dashboard");
  await page.goto(`${PORTAL}?tab=users&q=quartermaine`);
  await page.getByRole("link", { name: SOMEBODY.name }).waitFor();
  await page.getByRole("button", { name: "Hide details" }).click();
  await page.getByRole("link", { name: "W••• Q•••" }).click();
  await page.getByRole("heading", { name: "Profile" }).waitFor();
  await page.getByRole("button", { name: "Show the e-mail address" }).click();
  await page.getByText(SOMEBODY.email).first().waitFor();
  await page.context().close();
});

test("an address opens just what was on screen, and the way back leads to the same list", async () => {
  const staff = await server.person("Sends addresses", ["users:read"]);
  const page = await opened(staff, `${PORTAL}?tab=users`, "visible");
  await page.getByRole("searchbox").fill("quartermaine");
  await page.waitForURL(/q=quartermaine/);
  await page.getByRole("link", { name: "Name", exact: false }).first().click();
  await page.waitForURL(/sort=name/);
  await page.getByRole("link", { name: SOMEBODY.name }).click();
  await page.waitForURL(/open=/);
  const row = page.url();
  await page.getByRole("link", { name: "All users" }).click();
  await page.waitForURL(({ searchParams }) => !searchParams.has("open") && searchParams.get("sort") === "name");
  await page.getByRole("searchbox").and(page.locator('[value="quartermaine"]')).waitFor();
  await page.goto(row);
  await title(page, SOMEBODY.name).waitFor();
  await page.goto(`${PORTAL}?tab=users&open=nobody`);
  await title(page, "Users").waitFor();
  await page.goto(`${PORTAL}?tab=nothing&sort=rich&at=nonsense`);
  await title(page, "Users").waitFor();
  await page.context().close();
});

test("many at once: each with its own result, and what is refused says why", async () => {
  const clerk = await server.person("Bulk clerk", ["users:read", "users:suspend"]);
  for (const name of ["Bulk one", "Bulk two"]) await server.person(name);
  await server.person("Bulk above", ["roles:write"]);
  const page = await opened(clerk, `${PORTAL}?tab=users&q=bulk.`, "visible");
  for (const email of ["bulk.one@example.org", "bulk.two@example.org", "bulk.above@example.org"])
    await page.getByRole("checkbox", { name: `Choose ${email}` }).check();
  await page.getByText("3 accounts chosen").waitFor();
  await page.getByRole("button", { name: "Suspend" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByLabel("Reason, for other staff").fill("A test of many");
  expect(await accessibilityProblems(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Suspend", exact: true }).click();
  await dialog.getByText("3 of 3").waitFor();
  await dialog.getByRole("listitem").filter({ hasText: "bulk.above@example.org" }).waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page
    .getByRole("row", { name: /bulk\.one/ })
    .getByText("Suspended")
    .waitFor();
  await page
    .getByRole("row", { name: /bulk\.above/ })
    .getByText("Active")
    .waitFor();
  await page.context().close();
});

test("several accounts are deleted: of each it is decided what becomes of what it owns, and the others go on", async () => {
  const staff = await server.person("Deletes many", "root");
  const owner = await server.person("Severance Owner");
  await server.person("Severance Plain");
  await owner.call("POST", "/organisations", { name: "Severed", handle: "severed" });
  const page = await opened(staff, `${PORTAL}?tab=users&q=severance`, "visible");
  await page.getByRole("checkbox", { name: "Choose all accounts on this page" }).check();
  const ask = () => page.getByRole("region", { name: "Chosen rows" }).getByRole("button", { name: /^Delete/ });
  await ask().click();
  const dialog = page.getByRole("alertdialog");
  const fate = dialog.getByLabel("What happens to Severed");
  await fate.waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Delete 1 of 2" }).click();
  await dialog
    .getByRole("list", { name: "What could not be done" })
    .getByText("nothing was chosen for Severed")
    .waitFor();
  await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
  const plain = page.getByRole("row", { name: /severance\.plain/ });
  await plain.getByText("Will be deleted").waitFor();
  await page.getByRole("checkbox", { name: `Choose ${owner.email}` }).check();
  await ask().click();
  await fate.selectOption({ label: "Delete it with its zones and servers" });
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  const { items } = await staff.call<{ items: { deleting: boolean }[] }>("GET", "/admin/users?q=severance");
  expect(items.map(({ deleting }) => deleting)).toEqual([true, true]);
  await page.context().close();
});

test("accounts are filtered by a role that is found by a search, and the address of the list keeps it", async () => {
  const staff = await server.person("Filters by role", ["users:read", "roles:read"]);
  const [held, other] = [await server.person("Tessellate Holder", ["x:y"]), await server.person("Tessellate Other")];
  const page = await opened(staff, `${PORTAL}?tab=users&q=tessellate`, "visible");
  const names = page.getByRole("table").getByRole("link", { name: /^Tessellate/ });
  await names.nth(1).waitFor();
  await page.getByRole("button", { name: "Role: Any role" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("option").nth(1).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await dialog.getByRole("combobox", { name: "Search roles" }).fill("of tessellate.hold");
  // What was offered before anything was typed is gone by then.
  await dialog.getByRole("option").nth(1).waitFor({ state: "detached" });
  await dialog.getByRole("option", { name: `Role of ${held.email}` }).click();
  await page.waitForURL(({ searchParams }) => searchParams.get("role") === `Role of ${held.email}`);
  await page.getByRole("link", { name: other.name }).waitFor({ state: "detached" });
  expect(await names.allTextContents()).toEqual([held.name]);
  await page.reload();
  await names.first().waitFor();
  expect(await names.allTextContents()).toEqual([held.name]);
  await page.getByRole("button", { name: `Role: Role of ${held.email}` }).click();
  await dialog.getByRole("option", { name: "Any role" }).click();
  await page.waitForURL(({ searchParams }) => !searchParams.has("role") && searchParams.get("q") === "tessellate");
  await names.nth(1).waitFor();
  await page.context().close();
});

test("`/` searches everything, and the file of a tab is what the list shows", async () => {
  const staff = await server.person("Searches everything", ["users:read"]);
  const page = await opened(staff, `${PORTAL}?tab=users`, "visible");
  await title(page, "Users").waitFor();
  await page.waitForLoadState("networkidle");
  await page.keyboard.press("/");
  await page.getByRole("dialog").getByRole("combobox").fill("quartermaine");
  await page.getByRole("option", { name: new RegExp(SOMEBODY.name) }).click();
  await title(page, SOMEBODY.name).waitFor();
  await page.goto(`${PORTAL}?tab=users&q=quartermaine`);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("users.csv");
  const stream = await download.createReadStream();
  const text = Buffer.concat(await stream.toArray()).toString("utf8");
  expect(text.trimEnd().split("\r\n")).toHaveLength(2);
  expect(text).toContain(SOMEBODY.email);
  await page.context().close();
});

test("on a phone the tabs are a list to choose from, and nothing is wider than the screen", async () => {
  const staff = await server.person("On a phone", ["users:read", "roles:read", "admin:settings"]);
  const { page } = await signedIn(browser, staff, { viewport: { width: 390, height: 844 } });
  await answerPrivacy(page, server.origin, "visible");
  await page.goto(`${PORTAL}?tab=users`);
  await page.getByRole("combobox", { name: "Tab" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.context().close();
});
