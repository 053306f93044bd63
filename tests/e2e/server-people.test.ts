/** Letting others into a server, in the browser, and what was done on it. */
import path from "node:path";
import Database from "better-sqlite3";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityProblems, sharedBrowser, signedIn } from "../support/browser.ts";
import type { Person } from "../support/server.ts";
import { type SharedServer, sharedServer } from "../support/shared-server.ts";
import { insertServer } from "../support/stage.ts";

let panel: SharedServer;
let browser: Browser;
let owner: Person;
let friend: Person;
let at: string;

beforeAll(async () => {
  panel = await sharedServer();
  browser = await sharedBrowser();
  owner = await panel.person("Olga Owner", []);
  friend = await panel.person("Fred Friend", []);
  const keeper = await panel.person("Keeper of more nodes", ["nodes:*"]);
  const given = { name: "People node", fqdn: "people.nodes.invalid", memory: 4096, disk: 4096 };
  const node = (await keeper.call<{ id: string }>("POST", "/admin/nodes", given)).id;
  const { id: organisation } = await owner.call<{ id: string }>("POST", "/organisations", {
    name: "Letters",
    handle: "letters",
  });
  const database = new Database(path.join(panel.dataDir, "panel.db"));
  const run = (text: string, ...values: unknown[]) => void database.prepare(text).run(...values);
  at = `/dashboard/servers/${insertServer({ run }, organisation, node)}`;
  database.close();
});
afterAll(() => browser?.close());

test("somebody is invited, accepts, is given more and is removed; the activity tells of it", async () => {
  const { page } = await signedIn(browser, owner);
  await page.goto(`${at}/people`, { waitUntil: "networkidle" });
  await page.getByText("Nobody else was let in").waitFor();
  await page.getByRole("button", { name: "Invite somebody" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill("not an address");
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await dialog.locator("[aria-invalid=true]").waitFor();
  await dialog.getByLabel("E-mail").fill(friend.email);
  await dialog.getByRole("checkbox", { name: "Files" }).check();
  expect(await accessibilityProblems(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  const invitations = page.getByRole("region", { name: "Invitations" });
  await invitations.getByRole("row", { name: friend.email }).getByText("Console, Files").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);

  await accepted();
  await page.reload({ waitUntil: "networkidle" });
  const row = page.getByRole("table", { name: "Sub-users" }).getByRole("row", { name: friend.email });
  await row.getByText("Console, Files").waitFor();
  await page.getByRole("button", { name: "Change Fred Friend" }).click();
  await dialog.getByRole("checkbox", { name: "Everything" }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await row.getByText("Everything").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);

  await page.getByRole("button", { name: "Remove Fred Friend" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove sub-user" }).click();
  await page.getByText("Nobody else was let in").waitFor();

  await page.goto(`${at}/activity`, { waitUntil: "networkidle" });
  const first = page.getByRole("table", { name: "Activity" }).getByRole("row").nth(1);
  await first.getByText(`Removed a sub-user: ${friend.email}`).waitFor();
  await first.getByText("Panel", { exact: true }).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
});

/** From the dashboard, where the invitation waits. */
async function accepted(): Promise<void> {
  const { page }: { page: Page } = await signedIn(browser, friend);
  await page.goto("/dashboard", { waitUntil: "networkidle" });
  await page.getByText("The server Lobby of Letters: Console, Files").waitFor();
  await page.getByRole("button", { name: "Accept the invitation to Lobby" }).click();
  await page.getByText("You are in Lobby now").waitFor();
  await page.close();
}
