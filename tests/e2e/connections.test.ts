/** Connections in the browser: an organisation's own in its settings, the panel's for staff, and adding a zone at one. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityProblems, sharedBrowser, signedIn } from "../support/browser.ts";
import { startPowerDns } from "../support/powerdns.ts";
import { startServer } from "../support/server.ts";

const SETTINGS = "/dashboard/organisations/northwind/settings";

let server: Awaited<ReturnType<typeof startServer>>;
let powerdns: Awaited<ReturnType<typeof startPowerDns>>;
let browser: Browser;
let ada: Page;
let root: Page;

beforeAll(async () => {
  powerdns = await startPowerDns();
  server = await startServer({
    environment: { ALLOW_PRIVATE_NETWORKS: "127.0.0.1", ORGANISATION_NETWORKS: "127.0.0.1" },
  });
  const operator = await server.person("Root", "root");
  const owner = await server.person("Ada Lovelace");
  await owner.call("POST", "/organisations", { name: "Northwind", handle: "northwind" });
  browser = await sharedBrowser();
  [{ page: ada }, { page: root }] = await Promise.all([signedIn(browser, owner), signedIn(browser, operator)]);
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([server?.stop(), powerdns?.stop()]);
});

const dialog = (page: Page) => page.getByRole("dialog");
const row = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name });

async function fillIn(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(fields))
    await dialog(page).getByLabel(label, { exact: true }).fill(value);
}

describe("an organisation's own connection", () => {
  test("is added from the settings; what is wrong stands at its field, and what was typed stays", async () => {
    await ada.goto(SETTINGS);
    await ada.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Connections" }).click();
    await ada.getByText("No connections yet").waitFor();
    expect(await accessibilityProblems(ada)).toEqual([]);
    await ada.getByRole("button", { name: "Add connection" }).click();
    await fillIn(ada, { Name: "Berlin", "Address of its API": "http://169.254.169.254", "API key": "wrong" });
    expect(await accessibilityProblems(ada)).toEqual([]);
    await dialog(ada).getByRole("button", { name: "Test and add" }).click();
    await dialog(ada).getByText("in a network that the panel does not call for organisations").waitFor();
    await fillIn(ada, { "Address of its API": powerdns.apiUrl });
    await dialog(ada).getByRole("button", { name: "Test and add" }).click();
    await dialog(ada).getByText("PowerDNS did not accept the API key.").waitFor();
    expect(await dialog(ada).getByLabel("Name", { exact: true }).inputValue()).toBe("Berlin");
    await fillIn(ada, { "API key": powerdns.apiKey });
    await dialog(ada).getByRole("button", { name: "Test and add" }).click();
    await row(ada, "Berlin").getByText("Works").waitFor();
    expect(await ada.content()).not.toContain(powerdns.apiKey);
    expect(await accessibilityProblems(ada)).toEqual([]);
  });

  test("says in words what it can do", async () => {
    await ada.getByRole("button", { name: "Test Berlin" }).click();
    await dialog(ada)
      .getByText(/PowerDNS 4\..* answers; it holds 0 zones\./)
      .waitFor();
    await dialog(ada).getByText("See all zones of this server").waitFor();
    expect(await accessibilityProblems(ada)).toEqual([]);
    await dialog(ada).getByRole("button", { name: "Done" }).click();
  });

  test("gets a new key, once that works", async () => {
    await ada.getByRole("button", { name: "Give Berlin a new key" }).click();
    await fillIn(ada, { "API key": "not-it" });
    await dialog(ada).getByRole("button", { name: "Test and replace" }).click();
    await dialog(ada).getByText("PowerDNS did not accept the API key.").waitFor();
    await fillIn(ada, { "API key": powerdns.apiKey });
    await dialog(ada).getByRole("button", { name: "Test and replace" }).click();
    await ada.getByText("Berlin has a new key").waitFor();
  });

  test("is offered for zones, and is not removed while one is there", async () => {
    await ada.goto("/dashboard/organisations/northwind/zones");
    await ada.getByRole("button", { name: "Add zone" }).first().click();
    await dialog(ada).getByLabel("Kept at").selectOption({ label: "Berlin (your own)" });
    await fillIn(ada, { "Domain name": "northwind.example" });
    await dialog(ada).getByRole("button", { name: "Add zone" }).click();
    await ada.waitForURL("**/zones/northwind.example");
    expect(await powerdns.query("northwind.example", "SOA")).toHaveLength(1);

    await ada.goto(`${SETTINGS}/connections`);
    await ada.getByRole("button", { name: "Remove Berlin" }).click();
    await ada.getByRole("alertdialog").getByRole("button", { name: "Remove connection" }).click();
    await ada.getByText("Zones are kept there: northwind.example. Delete them or move them first.").waitFor();
    await ada.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
  });
});

describe("the panel's connections", () => {
  test("are for staff: added, renamed, led elsewhere only with the key, and removed", async () => {
    await root.goto("/dashboard");
    await root.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Connections" }).click();
    await root.getByRole("heading", { name: "Connections" }).waitFor();
    await root.getByRole("button", { name: "Add connection" }).click();
    await fillIn(root, { Name: "Everybody's", "Address of its API": powerdns.apiUrl, "API key": powerdns.apiKey });
    await dialog(root).getByRole("button", { name: "Test and add" }).click();
    await row(root, "Everybody's").getByText("Works").waitFor();
    await root.getByRole("button", { name: "Change Everybody's" }).click();
    await fillIn(root, { Name: "Shared", "Server id": "other" });
    await dialog(root).getByRole("button", { name: "Save" }).click();
    await dialog(root).getByText("Give the key again: the connection will lead somewhere else.").waitFor();
    await fillIn(root, { "Server id": "localhost" });
    await dialog(root).getByRole("button", { name: "Save" }).click();
    await row(root, "Shared").waitFor();
    expect(await accessibilityProblems(root)).toEqual([]);
    await root.getByRole("button", { name: "Remove Shared" }).click();
    await root.getByRole("alertdialog").getByRole("button", { name: "Remove connection" }).click();
    await row(root, "Shared").waitFor({ state: "detached" });
  });

  test("are not for others", async () => {
    expect((await ada.goto("/dashboard/connections"))?.status()).toBe(403);
    expect(await ada.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Connections" }).count()).toBe(
      0,
    );
  });
});

describe("templates", () => {
  test("are written with the help of presets, and what is wrong is said by its line", async () => {
    await ada.goto(`${SETTINGS}/templates`);
    await ada.getByText("No templates yet").waitFor();
    expect(await accessibilityProblems(ada)).toEqual([]);
    await ada.getByRole("button", { name: "Make a template" }).click();
    await fillIn(ada, { Name: "Our mail" });
    await dialog(ada)
      .getByRole("textbox", { name: /^Records/ })
      .fill("www A 192.0.2.300");
    await dialog(ada).getByRole("button", { name: "Make template" }).click();
    await dialog(ada)
      .getByText(/^Line 1: /)
      .waitFor();
    await dialog(ada)
      .getByRole("textbox", { name: /^Records/ })
      .fill("www A 192.0.2.30");
    await dialog(ada).getByLabel("Insert records for").selectOption({ label: "Migadu" });
    await dialog(ada).getByLabel("Verification").fill("hosted-email-verify=abc");
    expect(await accessibilityProblems(ada)).toEqual([]);
    await dialog(ada).getByRole("button", { name: "Insert", exact: true }).click();
    expect(
      await dialog(ada)
        .getByRole("textbox", { name: /^Records/ })
        .inputValue(),
    ).toContain("key1.{zone}._domainkey.migadu.com.");
    await dialog(ada).getByLabel("New zones begin with it").check();
    await dialog(ada).getByRole("button", { name: "Make template" }).click();
    await row(ada, "Our mail").getByText("For new zones").waitFor();
    expect(await accessibilityProblems(ada)).toEqual([]);
  });

  test("are what new zones begin with", async () => {
    await ada.goto("/dashboard/organisations/northwind/zones");
    await ada.getByRole("button", { name: "Add zone" }).first().click();
    await dialog(ada).getByLabel("Kept at").selectOption({ label: "Berlin (your own)" });
    await fillIn(ada, { "Domain name": "templated.example" });
    expect(await dialog(ada).getByLabel("Begins with").locator("option:checked").textContent()).toBe(
      "The template Our mail",
    );
    await dialog(ada).getByRole("button", { name: "Add zone" }).click();
    await ada.waitForURL("**/zones/templated.example");
    expect(await powerdns.query("www.templated.example", "A")).toEqual(["192.0.2.30"]);
    expect(await powerdns.query("key1._domainkey.templated.example", "CNAME")).toEqual([
      "key1.templated.example._domainkey.migadu.com",
    ]);
  });
});
