/** The Staff Portal when something is wrong: what cannot be loaded says so, leaves the rest alone, and is tried again. */
import path from "node:path";
import Database from "better-sqlite3";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allTabs, type TabId } from "#lib/staff/tabs.ts";
import { accessibilityProblems, answerPrivacy, sharedBrowser, signedIn } from "../support/browser.ts";
import type { Person } from "../support/server.ts";
import { type SharedServer, sharedServer } from "../support/shared-server.ts";

const PORTAL = "/dashboard/admin";

let server: SharedServer;
let browser: Browser;
let root: Person;
let page: Page;

beforeAll(async () => {
  server = await sharedServer();
  browser = await sharedBrowser();
  root = await server.person("Root of failures", "root");
  ({ page } = await signedIn(browser, root));
  await answerPrivacy(page, server.origin, "visible");
});
afterAll(() => browser?.close());

function sql(text: string, file = "panel.db"): void {
  const database = new Database(path.join(server.dataDir, file));
  // Deletions of a test's own rows are no business of what else belongs to them.
  database.pragma("foreign_keys = off");
  database.exec(text);
  database.close();
}

const title = (text: string) => page.getByRole("heading", { name: text, level: 1, exact: true });
const retry = () => page.getByRole("button", { name: "Try again" });

/** A moment that no answer can hold, so that the list with it is none. */
const NEVER = "9007199254740993";
/** More than any other has, so that it is on the first page. */
const FIRST = "9000000000000000";

interface Fault {
  query?: string;
  file?: string;
  breaks: string;
  mends: string;
}

const row = (table: string, columns: string, values: string): Fault => ({
  breaks: `insert into ${table} (id, created_at, ${columns}) values ('broken', ${NEVER}, ${values})`,
  mends: `delete from ${table} where id = 'broken'`,
});

const faults: Partial<Record<TabId, Fault>> = {
  users: row("users", "name, email, updated_at", "'Broken', 'broken@example.org', 0"),
  organisations: row("organisations", "handle, name", "'broken', 'Broken'"),
  roles: row("roles", "name", "'Broken'"),
  deletions: row("deletions", "asked_by, choices, state, chosen_at, due_at", "'self', '[]', 'done', 0, 0"),
  "export-jobs": row("export_jobs", "user_id, state", "(select id from users limit 1), 'failed'"),
  announcements: row(
    "announcements",
    "title, body, audience, banner, mail, state, updated_at",
    `'Broken', '', '{"kind":"everyone"}', 1, 0, 'draft', 0`,
  ),
  "outbound-emails": row(
    "mails",
    "template, recipient, subject, text, status, message_id, due_at",
    "'broken', 'broken@example.org', 'Broken', '', 'sent', 'broken', 0",
  ),
  "short-urls": row("short_urls", "code, target, updated_at", "'broken', 'https://example.org', 0"),
  feedback: row(
    "feedback",
    "user_id, release, rating, message, updated_at",
    "(select id from users limit 1), 'broken', 5, '', 0",
  ),
  rollouts: row("rollouts", "key, treatments, updated_at", "'records.density', '[]', 0"),
  settings: {
    breaks: `insert into settings (key, value, updated_at) values ('accounts.deletion_days', '14', ${NEVER})`,
    mends: "delete from settings where key = 'accounts.deletion_days'",
  },
  metrics: {
    file: "logs.db",
    breaks: "alter table route_times rename to route_times_elsewhere",
    mends: "alter table route_times_elsewhere rename to route_times",
  },
  logs: {
    file: "logs.db",
    query: "&view=slow",
    breaks: `insert into statements (id, text, times, total_micros, max_micros, last_at) values (123456789, 'broken', ${NEVER}, ${FIRST}, ${FIRST}, 1)`,
    mends: "delete from statements where text = 'broken'",
  },
};
const tried = allTabs.flatMap((tab) => {
  const fault = faults[tab.id];
  return fault ? [{ ...tab, fault }] : [];
});

test.each(tried)("$title: its list cannot be loaded, and then it can", async ({ id, title: name, fault }) => {
  const { query = "", file, breaks, mends } = fault;
  sql(breaks, file);
  try {
    await page.goto(`${PORTAL}?tab=${id}${query}`);
    await page.getByRole("alert").getByText("This tab could not be loaded").waitFor();
    expect(await title(name).count()).toBe(1);
    // The others can be opened.
    expect(await page.getByRole("navigation", { name: "Staff Portal" }).getByRole("link").count()).toBe(allTabs.length);
    expect(await page.locator("body").innerText()).not.toMatch(/SQLITE|route_times|Invalid|expected/i);
    expect(await accessibilityProblems(page)).toEqual([]);
  } finally {
    sql(mends, file);
  }
  await retry().click();
  await retry().waitFor({ state: "detached" });
  await title(name).waitFor();
});

describe("what a row's page asks for by itself", () => {
  test("says what was wrong, and is asked for again", async () => {
    const answered = { organisation: "busy" as "busy" | "off" };
    await page.route("**/api/rpc/accounts/theirOrganisations", async (route) => {
      if (answered.organisation === "off") await route.continue();
      else await route.abort();
    });
    await page.goto(`${PORTAL}?tab=users&open=${root.id}`);
    const panel = page.getByRole("region", { name: "Organisations", exact: true });
    await panel.getByRole("alert").getByText("The panel did not answer.").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    answered.organisation = "off";
    await panel.getByRole("button", { name: "Try again" }).click();
    await panel.getByText("It is in none.").waitFor();
    await page.unroute("**/api/rpc/accounts/theirOrganisations");
  });

  test("a row that is gone is said to be gone, and its list is there", async () => {
    for (const { id, open, title: name } of allTabs) {
      if (open === undefined) continue;
      await page.goto(`${PORTAL}?tab=${id}&open=nobody`);
      await page.getByText("What you wanted to open is not there any more.").waitFor();
      await title(name).waitFor();
    }
  });
});

test("a permission that is taken away while a tab is open: the act says so, and the tab is gone with the next look", async () => {
  const clerk = await server.person("Clerk of failures", ["users:read", "users:suspend"]);
  const somebody = await server.person("Somebody of failures");
  const { page: theirs } = await signedIn(browser, clerk);
  await answerPrivacy(theirs, server.origin, "visible");
  await theirs.goto(`${PORTAL}?tab=users&open=${somebody.id}`);
  await theirs.getByRole("button", { name: "Suspend" }).click();
  await theirs.getByLabel("Reason, for other staff").fill("A reason");
  sql(`delete from user_roles where user_id = '${clerk.id}'`);
  await theirs.getByRole("alertdialog").getByRole("button", { name: "Suspend" }).click();
  await theirs.getByRole("list", { name: "What could not be done" }).getByText(somebody.email).waitFor();
  expect(await accessibilityProblems(theirs)).toEqual([]);
  await theirs.goto(`${PORTAL}?tab=users`);
  await theirs.waitForURL("**/dashboard");
});

test("what is switched off while its tab is open: the act says so, and the tab is gone with the next look", async () => {
  await page.goto(`${PORTAL}?tab=short-urls`);
  await page.getByRole("button", { name: "Create short address" }).first().click();
  const dialog = page.getByRole("dialog");
  await server.setting("feature.short_urls", false);
  await dialog.getByLabel("Leads to").fill("https://example.org");
  await dialog.getByRole("button", { name: "Create" }).click();
  await dialog.getByText("Short addresses are switched off on this panel.").waitFor();
  await page.goto(`${PORTAL}?tab=short-urls`);
  await title("Users").waitFor();
  await server.setting("feature.short_urls", true);
});
