/** Staff set up what servers are made of, in the browser. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityProblems, answerPrivacy, sharedBrowser, signedIn } from "../support/browser.ts";
import { paper } from "../support/egg-files.ts";
import { type SharedServer, sharedServer } from "../support/shared-server.ts";

let server: SharedServer;
let browser: Browser;

beforeAll(async () => {
  server = await sharedServer();
  browser = await sharedBrowser();
});
afterAll(() => browser?.close());

async function staffPage(name: string, grants: string[]): Promise<Page> {
  const { page } = await signedIn(browser, await server.person(name, grants));
  await answerPrivacy(page, server.origin, "hidden");
  return page;
}

test("a node is added with its addresses, and gets a command that configures its daemon", async () => {
  const page = await staffPage("Keeper of nodes", ["nodes:*"]);
  await page.goto("/dashboard/admin?tab=nodes", { waitUntil: "networkidle" });
  await page.getByRole("button", { name: "Add a node" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Browser 1");
  await dialog.getByLabel("Host name").fill("not a name");
  await dialog.getByLabel("Memory (MiB)").fill("much");
  await dialog.getByLabel("Disk (MiB)").fill("200000");
  await dialog.getByRole("button", { name: "Add it" }).click();
  await dialog.getByText("Enter a name such as node1.example.org, or an address.").waitFor();
  await dialog.getByText("Enter a number.").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await dialog.getByLabel("Host name").fill("browser1.nodes.invalid");
  await dialog.getByLabel("Memory (MiB)").fill("65536");
  await dialog.getByRole("button", { name: "Add it" }).click();
  await page.getByRole("link", { name: "Browser 1" }).click();
  await title(page, "Browser 1").waitFor();
  await page.getByText("Not seen yet").waitFor();

  await page.getByRole("button", { name: "Add addresses" }).click();
  await dialog.getByLabel("Address", { exact: true }).fill("192.0.2.10");
  await dialog.getByLabel("Ports").fill("25565, 25570-25572");
  await dialog.getByRole("button", { name: "Add them" }).click();
  await page.getByText("4, 4 of them free").waitFor();
  await page.getByRole("checkbox", { name: "Choose 192.0.2.10 port 25570" }).check();
  await page.getByRole("region", { name: "Chosen addresses" }).getByRole("button", { name: "Remove" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("3, 3 of them free").waitFor();

  await page.getByRole("button", { name: "Make a command" }).click();
  await page.getByText(/^sudo wings configure --panel-url .* --token papp_\w{43} --node \d+/).waitFor();
  await page.getByRole("button", { name: "Show config.yml" }).click();
  const config = page.getByRole("textbox", { name: "config.yml" });
  await config.waitFor();
  expect(await config.inputValue()).toContain(`remote: ${server.origin}`);
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Hide it" }).click();

  await page.getByRole("button", { name: "Ask now" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Ask now" }).click();
  await page.getByText("This name has no address.").or(page.getByText("The daemon cannot be reached.")).waitFor();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove", exact: true }).click();
  await title(page, "Nodes").waitFor();
  await page.context().close();
});

const title = (page: Page, text: string) => page.getByRole("heading", { name: text, level: 1, exact: true });

test("an egg is imported from a file, changed, tried and exported again", async () => {
  const page = await staffPage("Keeper of eggs", ["eggs:read", "eggs:write"]);
  await page.goto("/dashboard/admin?tab=eggs", { waitUntil: "networkidle" });
  await page.getByRole("button", { name: "Import" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Or paste it").fill("{}");
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await dialog.getByText(/meta.version has to be one of/).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  const name = "Paper in the browser";
  const buffer = Buffer.from(JSON.stringify({ ...paper, name, tags: ["x"] }));
  await dialog
    .getByLabel("Egg", { exact: true })
    .setInputFiles({ name: "egg.json", mimeType: "application/json", buffer });
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await title(page, name).waitFor();
  await page.getByText("Kept from its file").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);

  await page
    .getByLabel("try.MAX_PLAYERS")
    .or(page.getByRole("textbox", { name: "MAX_PLAYERS" }))
    .fill("900");
  await page.getByRole("button", { name: "Try them" }).click();
  await page.getByText("Enter a number from 1 to 200.").waitFor();

  await page.getByRole("button", { name: "Edit MAX_PLAYERS" }).click();
  await page.getByRole("dialog").getByLabel("Rules").fill("required\ninteger\nno_such:1");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByText("no_such:1: This panel does not know this rule.").waitFor();
  await page.getByRole("dialog").getByLabel("Rules").fill("required\ninteger\nmax:64");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: "required | integer | max:64" }).waitFor();

  await page.getByLabel("Stop command").fill("end");
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.getByText("The egg is saved").waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "PTDL_v2" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("egg-paper-in-the-browser.json");
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  const file = JSON.parse(Buffer.concat(chunks).toString());
  expect(file).toMatchObject({ name, tags: ["x"], config: { stop: "end" }, docker_images: paper.docker_images });
  expect(file.variables[1].rules).toBe("required|integer|max:64");

  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete", exact: true }).click();
  await title(page, "Eggs").waitFor();
  await page.context().close();
});

test("a database host that does not answer is not added, and says why", async () => {
  const page = await staffPage("Keeper of hosts", ["databases:read", "admin:databases:manage"]);
  await page.goto("/dashboard/admin?tab=databases", { waitUntil: "networkidle" });
  await page.getByRole("button", { name: "Add a host" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Nowhere");
  await dialog.getByLabel("Host name").fill("nowhere.databases.invalid");
  await dialog.getByLabel("User").fill("panel");
  await dialog.getByLabel("Password").fill("a password");
  await dialog.getByRole("button", { name: "Add it" }).click();
  await dialog.getByText(/has no address|cannot be reached/).waitFor();
  expect(await dialog.getByLabel("Name", { exact: true }).inputValue()).toBe("Nowhere");
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.context().close();
});

test("staff make a server for an account that they name, of an egg that people do not see", async () => {
  const page = await staffPage("Maker of servers", ["servers:read", "admin:servers:write"]);
  const owner = await server.person("Owner of a made server");
  const importer = await server.person("Importer of eggs", ["eggs:write"]);
  const egg = "Hidden from people";
  const text = JSON.stringify({ ...paper, name: egg });
  const { id } = await importer.call<{ id: string }>("POST", "/admin/eggs/import", { text });
  await importer.call("PATCH", `/admin/eggs/${id}`, { visible: false });
  await page.goto("/dashboard/admin?tab=servers", { waitUntil: "networkidle" });
  await page.getByRole("link", { name: "New server" }).first().click();
  await title(page, "New server").waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Made by staff");
  await page.getByLabel("Owner").fill("nobody.of.this.name@example.org");
  await page.getByLabel("Egg", { exact: true }).selectOption({ label: egg });
  await page.getByLabel("Backups").fill("many");
  await page.getByRole("button", { name: "Make the server" }).click();
  await page
    .getByText(/^Enter a whole number/)
    .first()
    .waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByLabel("Backups").fill("3");
  await page.getByRole("button", { name: "Make the server" }).click();
  await page.getByText("There is no account with this address").waitFor();
  await page.getByLabel("Owner").fill(owner.email);
  // More than any node of another test has.
  await page.getByLabel("Memory (MiB)").fill("1073741824");
  await page.getByRole("button", { name: "Make the server" }).click();
  await page.getByText(/No node has room for this server now/).waitFor();
  await page.context().close();
});
