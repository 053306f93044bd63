/** The console of a server in the browser, straight to a daemon that runs it. */
import path from "node:path";
import Database from "better-sqlite3";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { accessibilityProblems, sharedBrowser, signedIn } from "../support/browser.ts";
import { paper } from "../support/egg-files.ts";
import { closeNodes } from "../support/place-server.ts";
import type { Person } from "../support/server.ts";
import { type SharedServer, sharedServer } from "../support/shared-server.ts";
import { startWings, type Wings } from "../support/wings.ts";

let panel: SharedServer;
let browser: Browser;
let wings: Wings;
let owner: Person;
let id: string;

/** It says what it reads, and writes what a hostile program would. */
const PROGRAM = String.raw`printf '\033]0;stolen\007\033[31m<b>Opened</b>\033[0m \033[38;2;1;2;3mfor all\033[0m \033[38;5;17mdark\033[0m \033[38;5;231;48;5;230mblock\033[0m \033[2mfaint\033[0m\n'; echo ')! For help, type "'; while read -r line; do [ "$line" = stop ] && exit; echo "heard $line"; done`;

beforeAll(async () => {
  panel = await sharedServer();
  closeNodes(panel);
  browser = await sharedBrowser();
  const root = await panel.person("Root of consoles", "root");
  wings = await startWings({ version: "1.13.1" });
  const given = { name: "Frankfurt 1", fqdn: "127.0.0.1", scheme: "http", port: wings.port };
  const node = await root.call<{ id: string }>("POST", "/admin/nodes", { ...given, memory: 65_536, disk: 65_536 });
  await root.call("POST", `/admin/nodes/${node.id}/allocations`, { ip: "192.0.2.1", ports: ["25565-25569"] });
  wings.config = parse((await root.call<{ text: string }>("POST", `/admin/nodes/${node.id}/configuration`)).text);
  await root.call("POST", `/admin/nodes/${node.id}/ask`);
  const text = JSON.stringify({
    ...paper,
    name: "Paper at the console",
    startup: PROGRAM,
    scripts: { installation: { script: "true", container: "i:1", entrypoint: "sh" } },
  });
  const egg = await root.call<{ id: string }>("POST", "/admin/eggs/import", { text });
  owner = await panel.person("Player at the console", ["servers:create"]);
  const body = { name: "Lobby", egg: egg.id, memory: 512, disk: 512, cpu: 50, start: false };
  id = (await owner.call<{ id: string }>("POST", "/servers", body)).id;
  await vi.waitFor(async () => {
    expect((await owner.call<{ state: string }>("GET", `/servers/${id}`)).state).toBe("ready");
  }, 60_000);
});
afterAll(async () => {
  await browser?.close();
  await wings?.close();
});

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const output = (page: Page) => page.getByRole("log");
const drawn = (page: Page) => page.locator(".xterm-rows");

/** What the page's policy refused, and what went wrong in it. */
function complaints(page: Page): string[] {
  const said: string[] = [];
  page.on("pageerror", (error) => void said.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") said.push(message.text());
  });
  return said;
}

test("a server is started, heard, spoken to, watched and stopped", async () => {
  const { page } = await signedIn(browser, owner);
  const wrong = complaints(page);
  await page.goto(`/dashboard/servers/${id}`);
  // From another page of the panel: the browser lets only a page that was loaded for it call the node.
  await page.getByRole("navigation", { name: "Server" }).getByRole("link", { name: "Console" }).click();
  await page.getByText("It is offline.").waitFor();
  const command = page.getByRole("textbox", { name: "Command" });
  expect(await command.isDisabled()).toBe(true);
  expect(await accessibilityProblems(page)).toEqual([]);

  await button(page, "Start").click();
  await page.getByText("Running", { exact: true }).waitFor();
  await output(page).getByText("<b>Opened</b> for all dark block faint").waitFor();
  await drawn(page).getByText("<b>Opened</b>").waitFor();
  expect(await page.title()).toMatch(/^Console/);
  // Drawn by style sheets and styles that the policy lets in.
  const red = drawn(page).getByText("<b>Opened</b>");
  expect(await red.evaluate((one) => getComputedStyle(one).color)).not.toBe(
    await command.evaluate((one) => getComputedStyle(one).color),
  );
  expect(await red.evaluate((one) => getComputedStyle(one).fontFamily)).toMatch(/JetBrains Mono/);

  await command.fill("say hello");
  await command.press("Enter");
  await output(page).getByText("heard say hello", { exact: true }).waitFor();
  await command.fill("say more");
  await command.press("Enter");
  await output(page).getByText("heard say more", { exact: true }).waitFor();
  await command.fill("draft");
  for (const [key, shown] of [
    ["ArrowUp", "say more"],
    ["ArrowUp", "say hello"],
    ["ArrowUp", "say hello"],
    ["ArrowDown", "say more"],
    ["ArrowDown", "draft"],
  ] as const) {
    await command.press(key);
    expect(await command.inputValue()).toBe(shown);
  }
  const now = page.getByRole("region", { name: "Now" });
  await now.getByText("1.5 %").waitFor();
  await now.getByText("10 MiB of 512 MiB").waitFor();
  await now.getByText("Up for").waitFor();
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await accessibilityProblems(page)).toEqual([]);
  }

  // What was written before is there again, once.
  await page.reload();
  await output(page).getByText("heard say more", { exact: true }).waitFor();
  expect(await output(page).getByText("heard say more").count()).toBe(1);

  await button(page, "Kill").click();
  await page.getByRole("alertdialog", { name: "Kill Lobby?" }).getByRole("button", { name: "Kill" }).click();
  await page.getByText("Offline", { exact: true }).waitFor();
  expect(wrong).toEqual([]);
  await page.context().close();
});

test("who is taken out of a server has its console closed, and is told", async () => {
  const friend = await panel.person("Frida Friend");
  const database = new Database(path.join(panel.dataDir, "panel.db"));
  database
    .prepare(
      "insert into server_subusers (server_id, user_id, capabilities, created_at, updated_at) values (?, ?, '[\"console\"]', 0, 0)",
    )
    .run(id, friend.id);
  database.close();
  const { page } = await signedIn(browser, friend);
  await page.goto(`/dashboard/servers/${id}/console`);
  await page.getByText("It is offline.").waitFor();
  await owner.call("DELETE", `/servers/${id}/people/${friend.id}`);
  await page.getByText("You no longer have access to this console.").waitFor();
  expect(await button(page, "Start").count()).toBe(0);
  expect(wings.servers.values().next().value?.sockets.size).toBe(0);
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.context().close();
});

test("a node that goes and comes back", async () => {
  const { page } = await signedIn(browser, owner);
  await page.goto(`/dashboard/servers/${id}/console`);
  await page.getByText("It is offline.").waitFor();
  const server = wings.servers.values().next().value;
  for (const socket of server?.sockets ?? []) socket.client.terminate();
  await page.getByText(/broke off/).waitFor();
  await page.getByText(/broke off/).waitFor({ state: "hidden" });
  await button(page, "Start").click();
  await page.getByText("Running", { exact: true }).waitFor();
  await page.context().close();
});
