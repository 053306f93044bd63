/** Roles, organisations and accounts in the Staff Portal: what staff do there in the browser, each told before it is done. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityProblems, answerPrivacy, sharedBrowser, signedIn } from "../support/browser.ts";
import type { Person } from "../support/server.ts";
import { type SharedServer, sharedServer } from "../support/shared-server.ts";

const PORTAL = "/dashboard/admin";

let server: SharedServer;
let browser: Browser;
let root: Person;
let edda: Person;
let page: Page;

beforeAll(async () => {
  server = await sharedServer();
  browser = await sharedBrowser();
  root = await server.person("Root of people", "root");
  edda = await server.person("Edda Fairweather");
  await edda.call("POST", "/organisations", { name: "Fairweather Hosting", handle: "fairweather" });
  ({ page } = await signedIn(browser, root));
  await answerPrivacy(page, server.origin, "visible");
});
afterAll(() => browser?.close());

const heading = (name: string) => page.getByRole("heading", { name, level: 1, exact: true }).waitFor();

/** Presses, reads what it comes to, and confirms. */
async function foreseen(label: string, sentence: RegExp, confirm: string): Promise<void> {
  await page.getByRole("button", { name: label, exact: true }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText(sentence).first().waitFor();
  await dialog.getByRole("button", { name: confirm, exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
}

test("a role is made, granted, put into order, described, given, taken, and deleted", async () => {
  await page.goto(`${PORTAL}?tab=roles`);
  await page.getByRole("button", { name: "Create role" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Zone watchers");
  await page.getByRole("dialog").getByRole("button", { name: "Create role" }).click();
  await heading("Zone watchers");

  await page.getByLabel("Grant to add").fill("DNS:read");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("A grant is written in lower case.").waitFor();
  await page.getByLabel("Grant to add").fill("watch:zones");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.locator("summary", { hasText: "DNS" }).click();
  await page.getByLabel("dns:read").check();
  expect(await accessibilityProblems(page)).toEqual([]);
  await foreseen("Save grants", /The role Zone watchers will then have watch:zones, dns:read\./, "Change grants");
  await page.getByRole("table", { name: "Effective grants" }).getByText("dns:read").waitFor();

  await page.getByRole("button", { name: "Move dns:read up" }).click();
  await foreseen("Save grants", /Only the order changes/, "Change the order");
  const kept = await root.call<{ grants: string[] }>("GET", "/admin/roles/Zone%20watchers");
  expect(kept.grants).toEqual(["dns:read", "watch:zones"]);

  await page.getByLabel("Inherits from").selectOption({ label: "default" });
  await foreseen("Save", /The role Zone watchers will then have org:create/, "Change role");
  await page.getByRole("link", { name: "default", exact: true }).first().waitFor();

  await page.getByLabel("Give it to").fill("fairweather");
  await page.getByRole("button", { name: "Find" }).first().click();
  await foreseen(`Give it to ${edda.email}`, /The account will then have .*dns:read/, "Give role");
  await page.getByRole("table", { name: "Accounts with this role" }).getByText(edda.email).waitFor();
  await foreseen(`Take away from ${edda.email}`, /will then have no role/, "Take role away");
  await page.getByText("Nobody was given it.").waitFor();

  await foreseen("Delete", /./, "Delete role");
  await heading("Roles");
  expect((await root.ask("GET", "/admin/roles/Zone%20watchers")).status).toBe(404);
});

test("a built-in role says what cannot be done with it, and is not chosen with others", async () => {
  await page.goto(`${PORTAL}?tab=roles&kind=builtIn`);
  await page.getByRole("row", { name: /rootAdmin/ }).waitFor();
  expect(await page.getByRole("checkbox").count()).toBe(0);
  await page.getByRole("link", { name: "rootAdmin", exact: true }).click();
  await page.getByText("This role is full access").waitFor();
  expect(await page.getByRole("button", { name: "Delete", exact: true }).count()).toBe(0);
  expect(await page.getByLabel("Grant to add").count()).toBe(0);
});

test("roles that nobody uses are deleted together, and one that another inherits from stays and says why", async () => {
  await root.call("POST", "/admin/roles", { name: "Spare A" });
  await root.call("POST", "/admin/roles", { name: "Spare B" });
  await root.call("POST", "/admin/roles", { name: "Spare C", parent: "Spare B" });
  await root.call("POST", "/admin/roles", { name: "Spare D" });
  await page.goto(`${PORTAL}?tab=roles&q=Spare`);
  for (const name of ["Spare A", "Spare B", "Spare D"])
    await page.getByRole("checkbox", { name: `Choose ${name}` }).check();
  await page.getByRole("region", { name: "Chosen rows" }).getByRole("button", { name: "Delete unused" }).click();
  const dialog = page.getByRole("alertdialog", { name: "Delete unused: 3 roles" });
  await dialog.getByRole("button", { name: "Delete unused" }).click();
  await dialog
    .getByRole("list", { name: "What could not be done" })
    .getByText(/Spare B.*in use/)
    .waitFor();
  await dialog.getByText("3 of 3").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("2 roles", { exact: true }).waitFor();
  const status = async (name: string) => (await root.ask("GET", `/admin/roles/${encodeURIComponent(name)}`)).status;
  expect(await Promise.all(["Spare A", "Spare B", "Spare C", "Spare D"].map(status))).toEqual([404, 200, 200, 404]);
});

test("an organisation is found, renamed, and given limits of its own", async () => {
  await page.goto(`${PORTAL}?tab=organisations&q=fairweather`);
  // A row leads on within the page, which is not loaded anew.
  const document = await page.evaluateHandle(() => window.document);
  await page.getByRole("link", { name: "Fairweather Hosting" }).click();
  await heading("Fairweather Hosting");
  expect(await document.evaluate((before) => before === window.document)).toBe(true);
  await page.getByRole("table", { name: "Members" }).getByText(edda.email).waitFor();
  await page.getByRole("table", { name: "History" }).getByText("organisations.create").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByLabel("Zones per organisation").fill("1");
  await page.getByRole("button", { name: "Save limits" }).click();
  await page.getByText("Limits saved").waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Fairweather & Daughters");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await heading("Fairweather & Daughters");
  for (const [name, status] of [
    ["one.fair.example", 201],
    ["two.fair.example", 409],
  ] as const)
    expect(
      (await root.ask("POST", "/organisations/fairweather/dns/zones", { name, connection: "local" })).status,
      name,
    ).toBe(status);
});

test("only organisations without zones are chosen, and those are deleted", async () => {
  await root.call("POST", "/organisations", { name: "Fairweather trials", handle: "fairweather-trials" });
  await page.goto(`${PORTAL}?tab=organisations&q=fairweather`);
  await page.getByRole("row", { name: /Fairweather & Daughters/ }).waitFor();
  await page.getByRole("checkbox", { name: "Choose all organisations on this page" }).check();
  await page.getByText("1 organisation chosen").waitFor();
  expect(await page.getByRole("checkbox", { name: "Choose Fairweather & Daughters" }).count()).toBe(0);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("alertdialog", { name: "Delete: Fairweather trials" });
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("1 organisation", { exact: true }).waitFor();
  expect((await root.ask("GET", "/organisations/fairweather-trials")).status).toBe(404);
  expect((await root.ask("GET", "/organisations/fairweather")).status).toBe(200);
});

test("an account shows its places, and is made an administrator and no longer one", async () => {
  await page.goto(`${PORTAL}?tab=users&open=${edda.id}`);
  await heading("Edda Fairweather");
  await page.getByRole("table", { name: "Organisations" }).getByText("Fairweather & Daughters").waitFor();
  await page.getByRole("table", { name: "Zones" }).getByText("one.fair.example").waitFor();
  await page.getByRole("table", { name: "History" }).getByText("organisations.create").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await foreseen(`Make administrator: ${edda.email}`, /The account will then have \*/, "Make administrator");
  await page.getByText("Administrator: yes").waitFor();
  await foreseen(`Take it away: administrator, ${edda.email}`, /will then have no role/, "Take it away");
  await page.getByText("Administrator: no").waitFor();
});

test("what needs attention stands on the home page, and leads to just that", async () => {
  await page.goto("/dashboard");
  const tiles = page.getByRole("region", { name: "What needs attention" });
  await tiles.getByText("Failed sign-ins, last 24 h").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await tiles.getByRole("link", { name: /Zones with errors/ }).click();
  await page.waitForURL("**/dashboard/zones?status=error");
  await page.goto("/dashboard");
  await tiles
    .getByRole("list", { name: "Nodes by state" })
    .getByRole("link", { name: /not seen yet$/ })
    .click();
  await page.waitForURL(/tab=nodes&health=waiting$/);
  await heading("Nodes");
});
