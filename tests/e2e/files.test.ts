/** A zone's tab Import / export: a file is pasted, dropped and chosen, its plan looked at, applied, and the zone taken along. */
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityProblems, sharedBrowser, signedIn } from "../support/browser.ts";
import type { Client } from "../support/server.ts";
import { sharedServer } from "../support/shared-server.ts";

const ZONE = "/organisations/filed/dns/zones/filed.example";
const PAGE = "/dashboard/organisations/filed/zones/filed.example/files";
const LINES = 9000;

let browser: Browser;
let page: Page;
let ada: Client;

beforeAll(async () => {
  const server = await sharedServer();
  ada = await server.person("Ada Files");
  await ada.call("POST", "/organisations", { name: "Northwind", handle: "filed" });
  await ada.call("POST", "/organisations/filed/dns/zones", { name: "filed.example", connection: "local" });
  const rrsets = Array.from({ length: 15 }, (_, index) => ({
    name: `old${index}`,
    type: "A",
    ttl: 300,
    records: [{ content: "192.0.2.1" }],
  }));
  await ada.call("POST", `${ZONE}/changes`, { rrsets });
  browser = await sharedBrowser();
  ({ page } = await signedIn(browser, ada));
});
afterAll(async () => {
  await browser?.close();
});

const button = (name: string) => page.getByRole("button", { name, exact: true });
const changes = () => page.getByRole("list", { name: "Changes" }).getByRole("listitem");
const totalOf = async (q: string) => (await ada.call<{ total: number }>("GET", `${ZONE}/records?q=${q}`)).total;

test("a pasted file says where it cannot be read, then what it would change, and is applied", async () => {
  await page.goto(PAGE.replace(/\/files$/, ""));
  await page.getByRole("link", { name: "Import / export" }).click();
  await page.getByRole("heading", { name: "Import" }).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByLabel("Or paste its text").fill("www 300 A 192.0.2.80\nmail 300 A 192.0.2.256\n");
  await button("See what would change").click();
  await page.getByText("This file cannot be imported").waitFor();
  const unread = page.getByRole("list", { name: "Lines that cannot be read" });
  expect(await unread.innerText()).toMatch(/Line 2, column \d+:/);
  expect(await accessibilityProblems(page)).toEqual([]);

  await page
    .getByLabel("Or paste its text")
    .fill("@ NS ns.old.example.\nwww 300 A 192.0.2.80\nmail 300 A 192.0.2.25\n");
  await button("See what would change").click();
  await page.getByText("2 records added, 0 changed, 0 removed.").waitFor();
  await page.getByText("The NS of the apex is left out; the zone keeps its own.").waitFor();
  expect(await changes().filter({ hasText: "192.0.2.80" }).count()).toBeGreaterThan(0);
  expect(await totalOf("www")).toBe(0);
  expect(await accessibilityProblems(page)).toEqual([]);
  await button("Apply").click();
  await page.getByText("Imported", { exact: true }).waitFor();
  expect(await totalOf("www")).toBe(1);
});

test("replacing a large part asks first; the file is kept on the way back", async () => {
  await page.goto(PAGE);
  await page.getByLabel("Or paste its text").fill("www 300 A 192.0.2.80\n");
  await page.getByLabel("Replace them: records missing from the file are removed").check();
  await button("See what would change").click();
  await page.getByText("0 records added, 0 changed, 16 removed.").waitFor();
  expect(await button("Apply").isDisabled()).toBe(true);
  await button("Back to the file").click();
  expect(await page.getByLabel("Or paste its text").inputValue()).toBe("www 300 A 192.0.2.80\n");
  await button("See what would change").click();
  await page.getByLabel(/^Yes, change or delete 16 of \d+ records/).check();
  await button("Apply").click();
  await page.getByText("Imported", { exact: true }).waitFor();
  expect(await totalOf("old")).toBe(0);
});

test("a large file is worked on by itself, also when the page is loaded anew", async () => {
  await page.goto(PAGE);
  const text = Array.from({ length: LINES }, (_, index) => `big${index} 300 A 192.0.2.1 ; ${"x".repeat(110)}\n`).join(
    "",
  );
  await page
    .getByLabel("Zone file")
    .setInputFiles({ name: "large.zone", mimeType: "text/plain", buffer: Buffer.from(text) });
  await page.getByText("large.zone").waitFor();
  await button("See what would change").click();
  await page
    .getByText(/Working out the plan: \d+ %|9,000 records added/)
    .first()
    .waitFor();
  await page.reload();
  await page.getByText("9,000 records added, 0 changed, 0 removed.").waitFor();
  await page.getByText("and 8,800 more changes like these.").waitFor();
  await button("Apply").click();
  await page
    .getByText(/^Importing: \d+ %|Imported/)
    .first()
    .waitFor();
  await page.getByText("Imported", { exact: true }).waitFor();
  expect(await totalOf("big8999")).toBe(1);
});

test("the zone is taken along as a file that has all of it", async () => {
  await page.goto(PAGE);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download zone file" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("filed.example.zone");
  const text = readFileSync(await download.path(), "utf8");
  expect(text.split("\n").filter((line) => /^big\d+\./.test(line))).toHaveLength(LINES);
});

test("all zones are taken along as one file, and brought back zone by zone", async () => {
  await ada.call("POST", "/organisations/filed/dns/zones", { name: "second.example", connection: "local" });
  await page.goto("/dashboard/organisations/filed/zones");
  await page.getByRole("link", { name: "Import and export" }).click();
  await page.getByRole("heading", { name: "Import and export zones" }).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download all zones" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("filed-zones.tar.gz");
  const archive = await download.path();

  await ada.call("POST", `${ZONE}/records`, { name: "since", type: "A", content: "192.0.2.66" });
  await ada.call("DELETE", "/organisations/filed/dns/zones/second.example", {
    name: "second.example",
    at: "provider",
  });
  await page.getByLabel("Bundle").setInputFiles({
    name: "filed-zones.tar.gz",
    mimeType: "application/gzip",
    buffer: readFileSync(archive),
  });
  await page.getByLabel(/^Replace them/).check();
  await button("See what would change").click();
  await button("Apply to 2 zones").waitFor();
  const row = (zone: string) => page.getByRole("row").filter({ hasText: zone });
  expect(await row("filed.example").innerText()).toContain("0 added, 0 changed, 1 removed");
  expect(await row("second.example").innerText()).toContain("Would be made");
  expect(await accessibilityProblems(page)).toEqual([]);
  // It is on rows: a reload goes on where it was.
  await page.reload();
  await button("Apply to 2 zones").click();
  await page.getByText("2 of 2 zones imported.").waitFor();
  expect(await totalOf("since")).toBe(0);
  await row("second.example").getByRole("link").click();
  await page.getByRole("heading", { name: "second.example" }).waitFor();

  await page.goto("/dashboard/organisations/filed/bundle");
  await page
    .getByLabel("Bundle")
    .setInputFiles({ name: "no.tar", mimeType: "", buffer: Buffer.from("no archive".repeat(99)) });
  await button("See what would change").click();
  await page.getByText("This is no .tar or .tar.gz of zone files, or it is damaged.").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
});

test("a template is applied once its plan was looked at", async () => {
  await ada.call("POST", "/organisations/filed/dns/templates", {
    name: "Mail",
    records: "@ MX 10 mail\nmail A 192.0.2.25",
  });
  await page.goto(PAGE);
  await button("See what it would change").click();
  const dialog = page.getByRole("dialog", { name: "Apply Mail" });
  await dialog.getByRole("button", { name: "Apply template" }).waitFor();
  expect(await dialog.getByRole("list", { name: "Changes" }).getByRole("listitem").count()).toBeGreaterThanOrEqual(2);
  expect(await totalOf("mail")).toBe(0);
  expect(await accessibilityProblems(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Apply template" }).click();
  await page.getByText("Mail was applied").waitFor();
  expect(await totalOf("192.0.2.25")).toBe(1);
  await button("See what it would change").click();
  await dialog.getByText("Nothing to change: the zone is like that already.").waitFor();
});
