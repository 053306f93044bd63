/** A server from the form to its end in the browser, on a daemon that runs it. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { accessibilityProblems, answerPrivacy, sharedBrowser, signedIn } from "../support/browser.ts";
import { paper } from "../support/egg-files.ts";
import { closeNodes } from "../support/place-server.ts";
import type { Person } from "../support/server.ts";
import { type SharedServer, sharedServer } from "../support/shared-server.ts";
import { startWings, type Wings } from "../support/wings.ts";

let panel: SharedServer;
let browser: Browser;
let wings: Wings;
let root: Person;
let egg: string;

beforeAll(async () => {
  panel = await sharedServer();
  closeNodes(panel);
  browser = await sharedBrowser();
  root = await panel.person("Root of servers", "root");
  wings = await startWings({ version: "1.13.1" });
  const given = { name: "Frankfurt 1", location: "Frankfurt", fqdn: "127.0.0.1", scheme: "http", port: wings.port };
  const node = await root.call<{ id: string }>("POST", "/admin/nodes", { ...given, memory: 65_536, disk: 65_536 });
  await root.call("POST", `/admin/nodes/${node.id}/allocations`, { ip: "192.0.2.1", ports: ["25565-25569"] });
  wings.config = parse((await root.call<{ text: string }>("POST", `/admin/nodes/${node.id}/configuration`)).text);
  await root.call("POST", `/admin/nodes/${node.id}/ask`);
  const text = JSON.stringify({
    ...paper,
    // The first of all, which the form proposes.
    name: "A server of blocks",
    startup: `echo ')! For help, type "'; while read line; do [ "$line" = stop ] && exit; done`,
    scripts: { installation: { script: "echo there > /mnt/server/installed.txt", container: "i:1", entrypoint: "sh" } },
  });
  egg = (await root.call<{ id: string }>("POST", "/admin/eggs/import", { text })).id;
});
afterAll(async () => {
  await browser?.close();
  await wings?.close();
});

const title = (page: Page, text: string) => page.getByRole("heading", { name: text, level: 1, exact: true });
const now = (page: Page) => page.getByRole("region", { name: "Now" });

test("a server is made, runs, is stopped, set up and deleted", async () => {
  const { page } = await signedIn(browser, await panel.person("Player of servers", ["servers:create"]));
  await page.goto("/dashboard/servers");
  await page.getByText("No servers yet").waitFor();
  await page.getByRole("link", { name: "New server" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Lobby");
  await page.getByLabel("Memory (MiB)").fill("much");
  await page.getByLabel("Players").fill("900");
  await page.getByRole("button", { name: "Make the server" }).click();
  await page.getByText(/Enter a whole number from 64/).waitFor();
  await page.getByLabel("Memory (MiB)").fill("1024");
  await page.getByRole("button", { name: "Make the server" }).click();
  await page.getByText("Enter a number from 1 to 200.").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByLabel("Players").fill("30");
  await page.getByRole("button", { name: "Make the server" }).click();
  await title(page, "Lobby").waitFor();
  await now(page).getByText("Running", { exact: true }).waitFor();
  await page.getByText("192.0.2.1:25565").first().waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await now(page).getByRole("button", { name: "Stop" }).click();
  await now(page).getByText("Offline", { exact: true }).waitFor();

  const tabs = page.getByRole("navigation", { name: "Server" });
  await tabs.getByRole("link", { name: "Startup" }).click();
  await page.getByLabel("Players").fill("0");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Enter a number from 1 to 200.").waitFor();
  await page.getByLabel("Players").fill("7");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved. It counts from the next start.").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  expect(await page.getByText("Build").count()).toBe(0);
  await tabs.getByRole("link", { name: "Network" }).click();
  await page.getByRole("button", { name: "Add a port" }).click();
  await page.getByRole("button", { name: "Make main: 192.0.2.1:25566" }).click();
  await page.getByText("It is the main one now").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await tabs.getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Lobby of old");
  await page.getByRole("button", { name: "Save" }).click();
  await title(page, "Lobby of old").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Delete server" }).click();
  await page.getByRole("alertdialog").getByRole("textbox").fill("Lobby of old");
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete server" }).click();
  await title(page, "Servers").waitFor();
  const gone = async () => {
    await page.reload();
    return page.getByText("No servers yet").isVisible();
  };
  await expect.poll(gone, { timeout: 45_000 }).toBe(true);
  await page.context().close();
});

test("staff find a server, suspend it with a reason and lift that; its owner reads why", async () => {
  const owner = await panel.person("Owner of one", ["servers:create"]);
  const body = { name: "Arena", egg, memory: 512, disk: 512, cpu: 50, start: false };
  const { id } = await owner.call<{ id: string }>("POST", "/servers", body);
  const staff = await panel.person("Keeper of servers", ["servers:read", "admin:servers:suspend"]);
  const { page } = await signedIn(browser, staff);
  await answerPrivacy(page, panel.origin, "hidden");
  await page.goto("/dashboard/admin?tab=servers", { waitUntil: "networkidle" });
  await page.getByRole("searchbox", { name: "Search name or id" }).fill("aren");
  await page.getByRole("link", { name: "Arena" }).click();
  await title(page, "Arena").waitFor();
  expect(await page.content()).not.toContain(owner.email);
  expect(await page.getByRole("button", { name: "Delete" }).count()).toBe(0);
  await page.getByRole("button", { name: "Suspend" }).click();
  await page
    .getByRole("alertdialog")
    .getByLabel(/Reason/)
    .fill("Unpaid since May");
  await page.getByRole("alertdialog").getByRole("button", { name: "Suspend" }).click();
  await page.getByText("Unpaid since May").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  const theirs = (await signedIn(browser, owner)).page;
  await theirs.goto(`/dashboard/servers/${id}`);
  await theirs.getByText("Unpaid since May").waitFor();
  expect(await now(theirs).count()).toBe(0);
  await page.getByRole("button", { name: "Lift suspension" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Lift suspension" }).click();
  await page.getByText("No longer suspended").waitFor();
  await theirs.context().close();
  await page.context().close();
});
