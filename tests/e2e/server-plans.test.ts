/** What a server gets besides its files: databases, schedules, addresses, mounts, SFTP, tokens that name it, what it used, and the way out for those who were let in. */
import mysql from "mysql2/promise";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityProblems, sharedBrowser, signedIn } from "../support/browser.ts";
import { type DatabaseHost, startMariaDb } from "../support/database-hosts.ts";
import { fillUse } from "../support/demo-use.ts";
import { type PlacedServer, placeServer } from "../support/place-server.ts";
import type { Person } from "../support/server.ts";
import { type SharedServer, sharedServer } from "../support/shared-server.ts";
import { startWings, type Wings } from "../support/wings.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKhfb9ulfKLsiqnSnfTbOESeLYgSJ5RrVHhDZ0J2GdJ4 ada@laptop";

let panel: SharedServer;
let browser: Browser;
let wings: Wings;
let maria: DatabaseHost;
let page: Page;
let root: Person;
let owner: Person;
let place: PlacedServer;

beforeAll(async () => {
  [maria, panel] = await Promise.all([startMariaDb(), sharedServer()]);
  browser = await sharedBrowser();
  root = await panel.person("Root of plans", "root");
  wings = await startWings({ version: "1.13.1" });
  owner = await panel.person("Owner of a server", ["apikeys:read", "apikeys:create", "apikeys:delete"]);
  place = await placeServer(panel, wings, owner);
  const { host, port, username, password } = maria.address;
  const given = { name: "Oslo 1", kind: "mariadb", host, port, username, password, tls: "off" };
  await root.call("POST", "/admin/database-hosts", given);
  ({ page } = await signedIn(browser, owner));
});
afterAll(async () => {
  await browser?.close();
  await wings?.close();
  await maria?.stop();
});

const button = (name: string) => page.getByRole("button", { name, exact: true });
const dialog = () => page.getByRole("dialog");
const open = (rest: string) => page.goto(`/dashboard/servers/${place.id}${rest}`);

test("a database is made, got into with what is shown, given a new password, and deleted by its name", async () => {
  await open("/databases");
  await page.getByText("There are no databases yet").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await button("Create a database").click();
  await dialog().getByLabel("Name").fill("my shop");
  await dialog().getByRole("button", { name: "Create it" }).click();
  await dialog()
    .getByText(/Use up to 24 letters/)
    .waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await dialog().getByLabel("Name").fill("shop");
  await dialog().getByRole("button", { name: "Create it" }).click();
  const name = `s${place.uuid.slice(0, 8)}_shop`;
  await page.getByRole("cell", { name, exact: true }).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await button(`Credentials of ${name}`).click();
  const first = await dialog().getByLabel("URL").inputValue();
  expect(await accessibilityProblems(page)).toEqual([]);
  await dialog().getByRole("button", { name: "Done" }).click();
  await (await mysql.createConnection(first)).end();
  await button(`New password for ${name}`).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Change the password" }).click();
  await page.getByText("The password is changed").waitFor();
  await expect(mysql.createConnection(first)).rejects.toThrow(/denied/);
  await button(`Delete ${name}`).click();
  const asked = page.getByRole("alertdialog");
  await asked.getByRole("textbox").fill(name);
  await asked.getByRole("button", { name: "Delete database" }).click();
  await page.getByText("There are no databases yet").waitFor();
});

test("a schedule is written, run at once, and says what came of it", async () => {
  await open("/schedules");
  await page.getByText("Nothing is done by the clock yet").waitFor();
  await button("Add a schedule").click();
  await dialog().getByLabel("Name").fill("Nightly restart");
  await dialog().getByLabel("When").fill("at night");
  await dialog().getByRole("button", { name: "Add a step" }).click();
  await dialog().getByLabel("What").nth(1).selectOption("backup");
  await dialog().getByRole("button", { name: "Add the schedule" }).click();
  await dialog()
    .getByText(/Enter minute, hour, day/)
    .waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await dialog().getByLabel("When").fill("30 4 * * *");
  await dialog().getByLabel("Time zone").selectOption("Europe/Oslo");
  await dialog().getByRole("button", { name: "Add the schedule" }).click();
  const schedule = page.getByRole("region", { name: "Nightly restart" });
  await schedule.getByText("Every day at 04:30").waitFor();
  await schedule.getByText("Make a backup").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await schedule.getByRole("button", { name: "Run now" }).click();
  await schedule.getByText("Done", { exact: true }).waitFor();
  await schedule.getByRole("button", { name: "History" }).click();
  await dialog()
    .getByText("by Owner of a server")
    .or(dialog().getByText(`by ${owner.email}`))
    .waitFor();
  expect(await dialog().getByText("Done", { exact: true }).count()).toBe(3);
  expect(await accessibilityProblems(page)).toEqual([]);
  await dialog().getByRole("button", { name: "Close" }).click();
  await schedule.getByRole("button", { name: "Edit" }).click();
  await dialog().getByLabel("Switched on").uncheck();
  await dialog().getByRole("button", { name: "Remove step 2" }).click();
  await dialog().getByRole("button", { name: "Save" }).click();
  await schedule.getByText("Switched off").waitFor();
  expect(await schedule.getByText("Make a backup").count()).toBe(0);
  await button("Delete Nightly restart").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete schedule" }).click();
  await page.getByText("Nothing is done by the clock yet").waitFor();
});

test("files are reached over SFTP with a password of their own, or with a key of the account", async () => {
  await open("/files");
  await button("SFTP").click();
  const login = await dialog().getByLabel("User name").inputValue();
  expect(login).toBe(`${owner.email}.${place.uuid.slice(0, 8)}`);
  await dialog().getByRole("button", { name: "Make a password" }).click();
  const password = await dialog().getByLabel("Password").inputValue();
  expect(await accessibilityProblems(page)).toEqual([]);
  const getsIn = (credential: { password: string } | { key: string }) =>
    wings.sftpLogin(login, credential).then(
      () => true,
      () => false,
    );
  expect([await getsIn({ password }), await getsIn({ key: KEY })]).toEqual([true, false]);
  await dialog().getByRole("button", { name: "Done" }).click();
  await page.goto("/dashboard/settings/security");
  await button("Add SSH key").click();
  await dialog().getByLabel("Name").fill("Laptop");
  await dialog().getByLabel("Public key").fill("no key");
  await dialog().getByRole("button", { name: "Add key" }).click();
  await dialog().locator("[aria-invalid=true]").waitFor();
  await dialog().getByLabel("Public key").fill(KEY);
  await dialog().getByRole("button", { name: "Add key" }).click();
  await page.getByRole("cell", { name: "Laptop", exact: true }).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  expect(await getsIn({ key: KEY })).toBe(true);
  await button("Remove the SSH key Laptop").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove key" }).click();
  await page.getByText("The SSH key Laptop is removed").waitFor();
  expect(await getsIn({ key: KEY })).toBe(false);
});

test("an address is added, made the main one, and another removed", async () => {
  const { items } = await root.call<{ items: { id: string }[] }>("GET", "/admin/nodes");
  await root.call("POST", `/admin/nodes/${items[0]?.id}/allocations`, { ip: "2001:db8::5", ports: ["25570"] });
  await root.call("PATCH", `/admin/servers/${place.id}/limits`, { allocationLimit: 2 });
  await open("/network");
  await page.getByText("0 of 2 ports").waitFor();
  await button("Add a port").click();
  await page.getByText("1 of 2 ports").waitFor();
  await button("Add a port").click();
  await page.getByText("2 of 2 ports").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  const other = page.getByRole("row").filter({ hasText: "Additional" }).getByRole("cell").first();
  const address = await other.textContent();
  await button(`Make main: ${address}`).click();
  await page.getByRole("row", { name: `${address} Main` }).waitFor();
  await page.getByRole("button", { name: /^Remove / }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("1 of 2 ports").waitFor();
});

test("a mount is given and taken away, and what staff alone give says so", async () => {
  await open("/mounts");
  await page.getByText("There are no mounts for this server").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  const { items } = await root.call<{ items: { id: string }[] }>("GET", "/admin/nodes");
  const mount = (name: string, more: object) =>
    root.call<{ id: string }>("POST", "/admin/mounts", { name, nodes: items.map(({ id }) => id), ...more });
  await mount("Maps", { source: "/srv/maps", target: "/mnt/maps", selfService: true });
  const { id } = await mount("Archive", { source: "/srv/archive", target: "/mnt/archive" });
  await root.call("PUT", `/servers/${place.id}/mounts/${id}`);
  await open("/mounts");
  await page.getByRole("row", { name: "Archive" }).getByText("Only staff change it").waitFor();
  await button("Give Maps").click();
  await page.getByText("Maps is given").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await button("Take away Maps").click();
  await page.getByText("Maps is taken away").waitFor();
});

test("what it used is drawn, also where it was seen once, and can be read as figures", async () => {
  await open("/stats");
  await page.getByText("Nothing to show of the last hour").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  fillUse(panel.dataDir, [{ server: place.id, since: 0 }]);
  await open("/stats");
  const processors = page.getByRole("region", { name: "Processors" });
  // A lone point is a dot in the colour of its line.
  await page.waitForFunction(() => {
    const canvas = document.querySelector("canvas");
    const { data } = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    for (let at = 0; at < data.length; at += 4)
      if ((data[at] ?? 0) < 130 && (data[at + 2] ?? 0) > 200 && (data[at + 3] ?? 0) > 200) return true;
    return false;
  });
  await processors.getByText("Average").waitFor();
  await page.getByText("All figures").click();
  expect(await page.getByRole("table", { name: "What it used" }).getByRole("row").count()).toBe(2);
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await accessibilityProblems(page)).toEqual([]);
  }
  await open("/stats?range=30d");
  await processors.waitFor();
});

test("a token lists a server with what it may do there", async () => {
  await page.goto("/dashboard/settings/tokens");
  await button("Make a token").first().click();
  await dialog().getByLabel("Name").first().fill("Backups at night");
  await dialog().getByRole("button", { name: "Add server" }).click();
  await dialog().getByLabel("Backups", { exact: true }).check();
  expect(await accessibilityProblems(page)).toEqual([]);
  await dialog().getByRole("button", { name: "Make token" }).click();
  const secret = await dialog().getByLabel("Token").inputValue();
  await dialog().getByRole("button", { name: "Done" }).click();
  await page.getByText("Backups on the server Lobby").waitFor();
  const ask = async (rest: string) =>
    (await fetch(`${panel.origin}/api/servers/${place.id}${rest}`, { headers: { authorization: `Bearer ${secret}` } }))
      .status;
  expect([await ask("/backups"), await ask("/databases")]).toEqual([200, 403]);
});

test("whoever was let in sees what is theirs, and leaves", async () => {
  const friend = await panel.person("Friend", []);
  await owner.call("POST", `/servers/${place.id}/people`, { email: friend.email, capabilities: ["databases"] });
  const { items } = await friend.call<{ items: { id: string }[] }>("GET", "/account/invites");
  await friend.call("POST", `/account/invites/${items[0]?.id}`, { accept: true });
  const { page: theirs } = await signedIn(browser, friend);
  await theirs.goto(`/dashboard/servers/${place.id}`);
  const tabs = theirs.getByRole("navigation", { name: "Server" });
  await tabs.getByRole("link", { name: "Databases" }).waitFor();
  expect(await tabs.getByRole("link").allTextContents()).toEqual(["Overview", "Databases"]);
  expect(await accessibilityProblems(theirs)).toEqual([]);
  await theirs.getByRole("button", { name: "Leave this server" }).click();
  await theirs.getByRole("alertdialog").getByRole("button", { name: "Leave", exact: true }).click();
  await theirs.waitForURL("**/dashboard/servers");
  expect((await friend.ask("GET", `/servers/${place.id}`)).status).toBe(404);
});
