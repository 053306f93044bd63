/** Settings → API tokens: made in the browser, used from outside of it, changed and revoked. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityProblems, launch, signIn, visitor } from "../support/browser.ts";
import { type Client, startServer } from "../support/server.ts";

const PASSWORD = "correct horse battery";
const EMAIL = "ada@example.org";
const PAGE = "/dashboard/settings/tokens";

let server: Awaited<ReturnType<typeof startServer>>;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let ada: Client;
let token = "";

beforeAll(async () => {
  server = await startServer();
  // Until somebody holds everything the panel leads to its set-up.
  await server.command(["users", "add", "root@example.org"], `${PASSWORD}\n`);
  await server.command(["promote", "root@example.org"]);
  await server.command(["users", "add", EMAIL, "--name", "Ada Lovelace"], `${PASSWORD}\n`);
  await server.command(["settings", "zone_claims", "trusted"]);
  ada = await server.signIn(EMAIL, PASSWORD);
  await ada.call("POST", "/organisations", { name: "Northwind", handle: "northwind" });
  for (const name of ["northwind.example", "other.example"]) {
    const zone = "/organisations/northwind/dns/zones";
    await ada.call("POST", zone, { name, connection: "local" });
    await ada.call("POST", `${zone}/${name}/records`, { name: "www", type: "A", ttl: 60, content: "192.0.2.1" });
  }
  browser = await launch();
  ({ context, page } = await visitor(browser, server.origin));
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page, EMAIL, PASSWORD);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** As a script does it: no cookie, no browser. */
async function asScript(method: string, path: string, body?: unknown) {
  const response = await fetch(`${server.origin}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const records = (zone: string) => `/organisations/northwind/dns/zones/${zone}/records`;
const dialog = () => page.getByRole("dialog");
const addTxt = (name: string) =>
  asScript("POST", records("northwind.example"), { name, type: "TXT", ttl: 60, text: "x" });

describe("a token", () => {
  test("is made from the tab, with a rule, and shown once with what to do with it", async () => {
    await page.goto("/dashboard/settings");
    await page.getByRole("link", { name: "API tokens" }).click();
    await page.getByText("No API tokens yet").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Make a token" }).click();
    await dialog().getByRole("button", { name: "Make token" }).click();
    await dialog().getByText("Give the token a name that tells what it is for.").waitFor();
    await dialog().getByLabel("Name", { exact: true }).first().fill("Certificates");
    await dialog().getByRole("button", { name: "Make token" }).click();
    await dialog().getByText("Give the token at least one right.").waitFor();
    expect(await dialog().getByLabel("Name", { exact: true }).first().inputValue()).toBe("Certificates");
    await dialog().getByRole("button", { name: "Add zone rule" }).click();
    await dialog().getByRole("button", { name: "Add zone rule" }).click();
    const first = dialog().getByRole("group", { name: "Zone rule 1" });
    const second = dialog().getByRole("group", { name: "Zone rule 2" });
    await first.getByLabel("Zone", { exact: true }).fill("nowhere.example");
    await second.getByLabel("Zone", { exact: true }).fill("northwind/northwind.example");
    await second.getByLabel("Name", { exact: true }).fill("_acme-challenge.**");
    await second.getByLabel("Type", { exact: true }).fill("txt");
    await second.getByLabel("Level", { exact: true }).selectOption("full");
    await dialog().getByRole("button", { name: "Make token" }).click();
    await first.getByText("There is no zone nowhere.example that you can see.").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await dialog().getByRole("button", { name: "Remove zone rule 1" }).click();
    expect(await first.getByLabel("Name", { exact: true }).inputValue()).toBe("_acme-challenge.**");
    await dialog().getByRole("button", { name: "Make token" }).click();
    await dialog().getByText("Copy it now: it is not shown again").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await dialog().getByRole("button", { name: "Copy" }).click();
    await page.getByText("Token copied").waitFor();
    token = await page.evaluate(() => navigator.clipboard.readText());
    expect(token).toMatch(/^zg_[A-Za-z0-9_-]{43}$/);
    expect(await dialog().getByLabel("Token").inputValue()).toBe(token);
    await dialog().getByText(`${server.origin}/api/dns/zones`).waitFor();
    await dialog().getByRole("button", { name: "Done" }).click();
    await page.getByText("Full access for TXT records at _acme-challenge.** in northwind.example").waitFor();
    expect(await page.content()).not.toContain(token);
    await page.reload();
    expect(await page.content()).not.toContain(token);
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  test("does over REST what its rule allows, and nothing else", async () => {
    expect((await addTxt("_acme-challenge.www")).status).toBe(201);
    expect(await asScript("GET", records("northwind.example"))).toMatchObject({ status: 200, body: { total: 1 } });
    expect((await addTxt("www")).status).toBe(403);
    expect((await asScript("GET", records("other.example"))).status).toBe(404);
    expect((await asScript("GET", "/organisations/northwind")).status).toBe(404);
    expect((await asScript("GET", "/account/tokens")).status).toBe(403);
    expect(await asScript("GET", "/dns/zones")).toMatchObject({ body: { total: 1 } });
    await page.goto(PAGE);
    await page.getByRole("cell", { name: "127.0.0.1" }).waitFor();
    await page.goto("/dashboard/organisations/northwind/zones/northwind.example/history");
    await page
      .getByText(`Certificates, ${token.slice(0, 11)}…`)
      .first()
      .waitFor();
  });

  test("loses rights when it is changed, and gets none", async () => {
    await page.goto(PAGE);
    await page.getByRole("button", { name: "Change the token Certificates" }).click();
    const rule = dialog().getByRole("group", { name: "Zone rule 1" });
    await rule.getByLabel("Type", { exact: true }).fill("");
    await dialog().getByRole("button", { name: "Change token" }).click();
    await dialog()
      .getByText(/Rights can only shrink/)
      .waitFor();
    await rule.getByLabel("Type", { exact: true }).fill("TXT");
    await rule.getByLabel("Level", { exact: true }).selectOption("view");
    await dialog().getByRole("button", { name: "Change token" }).click();
    await page.getByText("View for TXT records at _acme-challenge.** in northwind.example").waitFor();
    expect((await addTxt("_acme-challenge.more")).status).toBe(403);
    expect((await asScript("GET", records("northwind.example"))).status).toBe(200);
  });

  test("fits a phone", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(PAGE);
    await page.getByRole("button", { name: "Make a token" }).click();
    await dialog().getByRole("button", { name: "Add zone rule" }).click();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide).toBe(false);
    expect(await accessibilityProblems(page)).toEqual([]);
    await dialog().getByRole("button", { name: "Cancel" }).click();
    await page.setViewportSize({ width: 1280, height: 860 });
  });

  test("is refused once it is revoked", async () => {
    await page.goto(PAGE);
    await page.getByRole("button", { name: "Revoke the token Certificates" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Revoke token" }).click();
    await page.getByText("No API tokens yet").waitFor();
    expect(await asScript("GET", "/dns/zones")).toMatchObject({
      status: 401,
      body: { message: expect.stringMatching(/not known/) },
    });
  });
});

test("without apikeys:read there is neither tab nor page; without the others no button", async () => {
  await server.command(["users", "add", "bo@example.org", "--name", "Bo"], `${PASSWORD}\n`);
  await server.command(["role", "create", "reader", "apikeys:read"]);
  await server.command(["role", "create", "nothing", "soc:read"]);
  await server.command(["promote", "bo@example.org", "--role", "reader"]);
  const bo = await visitor(browser, server.origin);
  await signIn(bo.page, "bo@example.org", PASSWORD);
  await bo.page.goto(PAGE);
  await bo.page.getByText("No API tokens yet").waitFor();
  expect(await bo.page.getByRole("button", { name: "Make a token" }).count()).toBe(0);
  await server.command(["promote", "bo@example.org", "--role", "nothing"]);
  await server.command(["demote", "bo@example.org", "--role", "reader"]);
  await bo.page.goto("/dashboard/settings");
  await bo.page.getByRole("link", { name: "Security" }).waitFor();
  expect(await bo.page.getByRole("link", { name: "API tokens" }).count()).toBe(0);
  const answer = await bo.page.goto(PAGE);
  expect(answer?.status()).toBe(403);
});
