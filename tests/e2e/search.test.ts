/** Searching everything, and changing records in many zones, as people do it. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityProblems, sharedBrowser, signedIn } from "../support/browser.ts";
import type { Client } from "../support/server.ts";
import { sharedServer } from "../support/shared-server.ts";

const ZONES = ["alpha-searched.example", "beta-searched.example", "gamma-searched.example"];

let browser: Browser;
let page: Page;
let client: Client;

beforeAll(async () => {
  const server = await sharedServer();
  client = await server.person("Clara Search");
  await client.call("POST", "/organisations", { name: "Northwind", handle: "searched" });
  for (const name of ZONES) {
    await client.call("POST", "/organisations/searched/dns/zones", { name, connection: "local" });
    await change(name, [
      { name: "www", type: "A", ttl: 3600, records: [{ content: "192.0.2.1" }] },
      { name: "münchen", type: "A", ttl: 3600, records: [{ content: "192.0.2.80" }] },
      { name: "@", type: "TXT", ttl: 3600, records: [{ text: "v=spf1 include:old-host.example -all" }] },
    ]);
  }
  browser = await sharedBrowser();
  ({ page } = await signedIn(browser, client));
  await page.goto("/dashboard");
});

afterAll(async () => {
  await browser?.close();
});

const change = (zone: string, rrsets: object[]) =>
  client.call("POST", `/organisations/searched/dns/zones/${zone}/changes`, { rrsets });

const texts = async (zone: string): Promise<string[]> => {
  const { items } = await client.call<{ items: { content: string }[] }>(
    "GET",
    `/organisations/searched/dns/zones/${zone}/records?type=TXT`,
  );
  return items.map(({ content }) => content);
};

describe("the search", () => {
  test("/ and Ctrl+K open it; the keyboard alone leads to the record in its zone", async () => {
    await page.reload({ waitUntil: "networkidle" });
    await page.keyboard.press("/");
    const palette = page.getByRole("dialog", { name: "Search everything" });
    await palette.waitFor();
    await page.keyboard.press("Escape");
    await palette.waitFor({ state: "hidden" });
    await page.keyboard.press("Control+k");
    await palette.getByRole("combobox").fill("www.beta");
    await palette.getByRole("option", { name: /www\.beta-searched\.example/ }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/zones/beta-searched.example?**");
    await page.getByText("192.0.2.1").first().waitFor();
    expect(await page.getByText("192.0.2.80").count()).toBe(0);
  });

  test("pages and organisations are in it, and nothing found says so", async () => {
    await page.keyboard.press("Control+k");
    const palette = page.getByRole("dialog", { name: "Search everything" });
    await palette.getByRole("combobox").fill("northw");
    await palette.getByRole("option", { name: "Northwind", exact: true }).waitFor();
    await palette.getByRole("combobox").fill("zzz-nowhere");
    await palette.getByText("Nothing has “zzz-nowhere” in its name or value.").waitFor();
    await palette.getByRole("combobox").fill("api tokens");
    await palette.getByRole("option", { name: /API tokens/ }).click();
    await page.waitForURL("**/settings/tokens");
  });

  test("the zones page finds records too, in their own script", async () => {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "DNS zones" }).click();
    await page.getByRole("searchbox", { name: "Search zones and records" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("münchen");
    await page.waitForURL("**q=m%C3%BCnchen");
    const records = page.getByRole("region", { name: "Records" }).first();
    await records.getByText("münchen.gamma-searched.example").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.goto("/dashboard/zones?q=zzz-nowhere");
    await page.getByText("Nothing matches “zzz-nowhere”").waitFor();
  });
});

describe("many zones at once", () => {
  test("from a search to a dry run, the change, its progress over a reload, and all of it undone", async () => {
    await page.goto("/dashboard/zones?q=old-host.example");
    await page.getByRole("link", { name: "Change in many zones" }).click();
    await page.waitForURL("**/zones/bulk?**");
    expect(await page.getByLabel("Value", { exact: false }).first().inputValue()).toBe("old-host.example");
    await page.getByLabel("With", { exact: true }).fill("new-host.example");
    await page.getByRole("button", { name: "Show what would change" }).click();
    await page.getByText("3 zones: 3 changed").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await texts("alpha-searched.example")).toEqual(['"v=spf1 include:old-host.example -all"']);

    await page.getByRole("checkbox", { name: "gamma-searched.example" }).click();
    // What moves before its turn is left alone.
    await change("beta-searched.example", [
      { name: "@", type: "TXT", ttl: 3600, records: [{ text: "v=spf1 include:old-host.example ~all" }] },
    ]);
    await page.getByRole("button", { name: "Change 2 zones" }).click();
    await page.waitForURL(/\/zones\/bulk\/[0-9a-f-]+$/);
    await page.getByText("Done in 1 of 2 zones; see why below.").first().waitFor();
    await page.reload();
    await page.getByText("Records have changed since the dry run, so nothing was done.").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await texts("alpha-searched.example")).toEqual(['"v=spf1 include:new-host.example -all"']);
    expect(await texts("gamma-searched.example")).toEqual(['"v=spf1 include:old-host.example -all"']);

    await page.getByRole("button", { name: "Undo all of it" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Undo all of it" }).click();
    await page.getByText("Undone in 1 zone.").first().waitFor();
    expect(await texts("alpha-searched.example")).toEqual(['"v=spf1 include:old-host.example -all"']);
    await page.goto("/dashboard/zones/bulk");
    await page.getByRole("link", { name: "Replace “old-host.example” with “new-host.example”" }).waitFor();
  });

  test("what cannot be is said at its field, or in its zone", async () => {
    await page.goto("/dashboard/zones/bulk");
    await page.getByRole("button", { name: "Show what would change" }).click();
    await page.getByText("Say which value is replaced.").waitFor();
    await page.getByLabel("Value", { exact: false }).first().fill("192.0.2.1");
    await page.getByLabel("With", { exact: true }).fill("no address");
    await page.getByRole("button", { name: "Show what would change" }).click();
    await page.getByText("In 3 zones nothing can be done.").waitFor();
    expect(await page.getByRole("button", { name: "Change 0 zones" }).isDisabled()).toBe(true);
  });

  test("on a phone nothing runs over the edge", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ["/dashboard/zones?q=www", "/dashboard/zones/bulk?type=A"]) {
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), path).toBe(0);
    }
    await page.getByRole("button", { name: "Search everything" }).click();
    await page.getByRole("dialog", { name: "Search everything" }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
    await page.setViewportSize({ width: 1280, height: 860 });
  });
});

test("a link is fetched ahead once somebody points at it; none is for having come into view", async () => {
  const ahead: string[] = [];
  page.on("request", (request) => {
    if (request.headers()["next-router-prefetch"]) ahead.push(new URL(request.url()).pathname);
  });
  await page.goto("/dashboard", { waitUntil: "networkidle" });
  expect(ahead).toEqual([]);
  const fetched = page.waitForRequest((request) => request.headers()["next-router-prefetch"] !== undefined);
  await page.getByRole("link", { name: "Account settings" }).hover();
  expect(new URL((await fetched).url()).pathname).toBe("/dashboard/settings");
});

test("a page that takes its time is said to be on its way, until it is there", async () => {
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.goto("/dashboard", { waitUntil: "networkidle" });
  await page.route("**/dashboard/settings?_rsc=*", async (route) => {
    await held;
    await route.continue();
  });
  const said = page.locator("html[data-navigating]");
  await page.getByRole("link", { name: "Account settings" }).click();
  await said.waitFor();
  expect(new URL(page.url()).pathname).toBe("/dashboard");
  letGo();
  await page.waitForURL("**/dashboard/settings");
  await said.waitFor({ state: "detached" });
  await page.unrouteAll({ behavior: "wait" });
});
