/** Staff move a server to another node in the browser, and whoever has it sees that; and what its installation wrote. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { accessibilityProblems, answerPrivacy, sharedBrowser, signedIn } from "../support/browser.ts";
import { paper } from "../support/egg-files.ts";
import type { Person } from "../support/server.ts";
import { type SharedServer, sharedServer } from "../support/shared-server.ts";
import { startWings, type Wings } from "../support/wings.ts";

let panel: SharedServer;
let browser: Browser;
let root: Person;
let owner: Person;
let here: Wings;
let there: Wings;
let id: string;

beforeAll(async () => {
  panel = await sharedServer();
  browser = await sharedBrowser();
  root = await panel.person("Root of moves", "root");
  owner = await panel.person("Player that moves");
  // Pelican's tells what installations wrote.
  [here, there] = [await startWings({ version: "1.0.0-beta29" }), await startWings({ version: "1.0.0-beta29" })];
  const node = await addNode("Frankfurt 1", here);
  await addNode("Amsterdam 1", there);
  const text = JSON.stringify({
    ...paper,
    name: "Paper that moves",
    scripts: { installation: { script: "echo Fetching the server", container: "i:1", entrypoint: "sh" } },
  });
  const egg = await root.call<{ id: string }>("POST", "/admin/eggs/import", { text });
  const body = { name: "Lobby", egg: egg.id, node, memory: 512, disk: 512, owner: owner.email, start: false };
  id = (await root.call<{ id: string }>("POST", "/admin/servers", { ...body, backupLimit: 2 })).id;
  await becomes("ready");
});
afterAll(async () => {
  await browser?.close();
  await here?.close();
  await there?.close();
});

async function addNode(name: string, wings: Wings): Promise<string> {
  const given = { name, fqdn: "127.0.0.1", scheme: "http", port: wings.port, memory: 65_536, disk: 65_536 };
  const { id: node } = await root.call<{ id: string }>("POST", "/admin/nodes", given);
  await root.call("POST", `/admin/nodes/${node}/allocations`, { ip: "192.0.2.1", ports: ["25565-25569"] });
  wings.config = parse((await root.call<{ text: string }>("POST", `/admin/nodes/${node}/configuration`)).text);
  await root.call("POST", `/admin/nodes/${node}/ask`);
  return node;
}

const becomes = (state: string) =>
  vi.waitFor(async () => {
    expect((await owner.call<{ state: string }>("GET", `/servers/${id}`)).state).toBe(state);
  }, 60_000);
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

test("it is begun, called off, begun again, and is there; its backup is gone", async () => {
  await owner.call("POST", `/servers/${id}/backups`, { name: "Before" });
  await vi.waitFor(async () => {
    const { items } = await owner.call<{ items: { state: string }[] }>("GET", `/servers/${id}/backups`);
    expect(items).toMatchObject([{ state: "done" }]);
  }, 60_000);
  const { page } = await signedIn(browser, root);
  await answerPrivacy(page, panel.origin, "visible");
  await page.goto(`/dashboard/admin?tab=servers&open=${id}`, { waitUntil: "networkidle" });
  // The node takes it, and does not begin: so it goes on until somebody calls it off.
  Object.assign(here, { broken: { status: 202, body: "" }, only: /^POST .*\/transfer$/ });
  await button(page, "Move to another node").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Its backup lies on the node’s own disk").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await button(page, "Move it").click();
  await dialog.getByText("1 backup stays behind and is deleted. Say that this may be.").waitFor();
  await dialog.getByLabel("Node").selectOption({ label: "Amsterdam 1" });
  await dialog.getByLabel("Main address there").selectOption("192.0.2.1:25567");
  await dialog.getByLabel("Its backup may be deleted").check();
  await button(page, "Move it").click();
  await page.getByText("Moving from Frankfurt 1 to Amsterdam 1").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);

  const { page: theirs } = await signedIn(browser, owner);
  await theirs.goto(`/dashboard/servers/${id}`);
  await theirs
    .getByText(/^It is moving to another node, Amsterdam 1,.* Its address will be 192\.0\.2\.1:25567\.$/)
    .waitFor();
  expect(await accessibilityProblems(theirs)).toEqual([]);

  await button(page, "Call it off").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Call it off", exact: true }).click();
  await button(page, "Move to another node").waitFor();
  await theirs.getByText("It is moving to another node").waitFor({ state: "detached" });

  Object.assign(here, { broken: null, only: null });
  // What came of the first is cleared away before the second.
  await vi.waitFor(async () => {
    const { moves } = await root.call<{ moves: { cleared: boolean }[] }>("GET", `/admin/servers/${id}/transfer`);
    expect(moves).toMatchObject([{ state: "cancelled", cleared: true }]);
  }, 60_000);
  await button(page, "Move to another node").click();
  await dialog.getByText("Called off").waitFor();
  await dialog.getByLabel("Its backup may be deleted").check();
  await button(page, "Move it").click();
  await becomes("ready");
  await page.getByRole("link", { name: "Amsterdam 1" }).waitFor();
  expect([...there.servers.keys()]).toHaveLength(1);
  await theirs.goto(`/dashboard/servers/${id}/backups`);
  await theirs.getByText("Gone with the move").waitFor();
  expect(await accessibilityProblems(theirs)).toEqual([]);
  await page.context().close();
  await theirs.context().close();
});

test("what the installation wrote is read in the settings, and where it failed", async () => {
  const { page } = await signedIn(browser, owner);
  await page.goto(`/dashboard/servers/${id}/settings`);
  await button(page, "Install again").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Install again", exact: true }).click();
  await page.getByText("It is being installed").waitFor();
  await becomes("ready");
  await button(page, "Installation log").click();
  await page.getByRole("dialog").getByText("Fetching the server").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();

  there.failsInstalls = true;
  await button(page, "Install again").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Install again", exact: true }).click();
  await page.getByText(/^It could not be installed/).waitFor();
  await expect.poll(() => button(page, "Installation log").count()).toBe(2);
  await button(page, "Installation log").first().click();
  await page.getByRole("dialog").getByText("Nothing was written").waitFor();
  await page.context().close();
});
