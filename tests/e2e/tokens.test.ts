/** Settings → API tokens: made in the browser, used from outside of it, changed and revoked. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityProblems, sharedBrowser, signedIn } from "../support/browser.ts";
import type { Client } from "../support/server.ts";
import { type SharedServer, sharedServer } from "../support/shared-server.ts";

const PAGE = "/dashboard/settings/tokens";

let server: SharedServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let ada: Client;
let token = "";

beforeAll(async () => {
  server = await sharedServer();
  ada = await server.person("Ada Tokens");
  await ada.call("POST", "/organisations", { name: "Northwind", handle: "tokened" });
  for (const name of ["tokened.example", "other-tokened.example"]) {
    const zone = "/organisations/tokened/dns/zones";
    await ada.call("POST", zone, { name, connection: "local" });
    await ada.call("POST", `${zone}/${name}/records`, { name: "www", type: "A", ttl: 60, content: "192.0.2.1" });
  }
  browser = await sharedBrowser();
  ({ context, page } = await signedIn(browser, ada));
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
});
afterAll(async () => {
  await browser?.close();
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

const records = (zone: string) => `/organisations/tokened/dns/zones/${zone}/records`;
const dialog = () => page.getByRole("dialog");
const addTxt = (name: string) =>
  asScript("POST", records("tokened.example"), { name, type: "TXT", ttl: 60, text: "x" });

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
    await second.getByLabel("Zone", { exact: true }).fill("tokened/tokened.example");
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
    await page.getByText("Full access for TXT records at _acme-challenge.** in tokened.example").waitFor();
    expect(await page.content()).not.toContain(token);
    await page.reload();
    expect(await page.content()).not.toContain(token);
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  test("does over REST what its rule allows, and nothing else", async () => {
    expect((await addTxt("_acme-challenge.www")).status).toBe(201);
    expect(await asScript("GET", records("tokened.example"))).toMatchObject({ status: 200, body: { total: 1 } });
    expect((await addTxt("www")).status).toBe(403);
    expect((await asScript("GET", records("other-tokened.example"))).status).toBe(404);
    expect((await asScript("GET", "/organisations/tokened")).status).toBe(404);
    expect((await asScript("GET", "/account/tokens")).status).toBe(403);
    expect(await asScript("GET", "/dns/zones")).toMatchObject({ body: { total: 1 } });
    await page.goto(PAGE);
    await page.getByRole("cell", { name: "127.0.0.1" }).waitFor();
    await page.goto("/dashboard/organisations/tokened/zones/tokened.example/history");
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
    await page.getByText("View for TXT records at _acme-challenge.** in tokened.example").waitFor();
    expect((await addTxt("_acme-challenge.more")).status).toBe(403);
    expect((await asScript("GET", records("tokened.example"))).status).toBe(200);
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
  const root = await server.person("Root of tokens", "root");
  const person = await server.person("Bo Tokens");
  const may = async (...grants: string[]) => {
    const { id } = await root.call<{ id: string }>("POST", "/admin/roles", { name: `Only ${grants}`, grants });
    await root.call("PUT", `/admin/users/${person.id}/roles`, { roles: [id] });
  };
  await may("apikeys:read");
  const bo = await signedIn(browser, person);
  await bo.page.goto(PAGE);
  await bo.page.getByText("No API tokens yet").waitFor();
  expect(await bo.page.getByRole("button", { name: "Make a token" }).count()).toBe(0);
  await may("soc:read");
  await bo.page.goto("/dashboard/settings");
  await bo.page.getByRole("link", { name: "Security" }).waitFor();
  expect(await bo.page.getByRole("link", { name: "API tokens" }).count()).toBe(0);
  const answer = await bo.page.goto(PAGE);
  expect(answer?.status()).toBe(403);
});
