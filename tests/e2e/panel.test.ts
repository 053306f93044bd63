import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityProblems, sharedBrowser, signIn, visitor } from "../support/browser.ts";
import { startPowerDns } from "../support/powerdns.ts";
import { startServer } from "../support/server.ts";

const SETUP_TOKEN = "a-token-that-this-test-chose";
const PASSWORD = "correct horse battery";
const ZONE = "northwind-hosting.example";
const zonePath = `/dashboard/organisations/northwind/zones/${ZONE}`;
const zoneApi = `/api/organisations/northwind/dns/zones/${ZONE}`;

let powerdns: Awaited<ReturnType<typeof startPowerDns>>;
let server: Awaited<ReturnType<typeof startServer>>;
let browser: Browser;
let root: Page;
const pages: Record<string, Page> = {};

beforeAll(async () => {
  powerdns = await startPowerDns();
  server = await startServer({ powerDns: powerdns, environment: { SETUP_TOKEN } });
  browser = await sharedBrowser();
  root = (await visitor(browser, server.origin)).page;
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await powerdns?.stop();
});

/** A call of the REST API with the page's own session. */
const call = (page: Page, method: string, target: string, body?: unknown) =>
  page.evaluate(
    async ({ method, target, body }) => {
      const response = await fetch(target, {
        method,
        ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() };
    },
    { method, target, body },
  );

describe("from a fresh panel to a record that PowerDNS answers", () => {
  test("the printed link sets the panel up, once", async () => {
    await root.goto(`/setup#token=${SETUP_TOKEN}`);
    expect(await accessibilityProblems(root)).toEqual([]);
    await root.getByLabel("Name").fill("Ada Lovelace");
    await root.getByLabel("E-mail").fill("ada@example.org");
    await root.getByLabel("Password").fill("short");
    await root.getByRole("button", { name: /create|set up/i }).click();
    await root.getByText("Use at least 10 characters.").waitFor();
    expect(await root.getByLabel("E-mail").inputValue()).toBe("ada@example.org");
    await root.getByLabel("Password").fill(PASSWORD);
    await root.getByRole("button", { name: /create|set up/i }).click();
    await root.waitForURL("**/dashboard");
    const again = (await visitor(browser, server.origin)).page;
    await again.goto(`/setup#token=${SETUP_TOKEN}`);
    await again.waitForURL("**/login**");
  });

  test("an organisation and a zone are made", async () => {
    expect(await accessibilityProblems(root)).toEqual([]);
    await root.goto("/dashboard/organisations/new");
    await root.getByLabel("Name").fill("Northwind");
    await root.getByRole("button", { name: /create organisation/i }).click();
    await root.waitForURL("**/dashboard/organisations/northwind");
    await root.getByRole("button", { name: "Add zone" }).first().click();
    await root.getByLabel(/domain/i).fill(ZONE);
    await root.getByRole("dialog").getByRole("button", { name: "Add zone" }).click();
    await root.waitForURL(`**${zonePath}`);
    await root.getByRole("heading", { name: ZONE }).waitFor();
  });

  test("a record goes from draft to review to PowerDNS", async () => {
    await addRecord(root, "www", "192.0.2.1");
    await root.reload();
    await root.getByRole("button", { name: "Review changes" }).waitFor();
    await reviewAndApply(root);
    await root.getByRole("button", { name: "Edit www A" }).waitFor();
    expect(await powerdns.query(`www.${ZONE}`, "A")).toEqual(["192.0.2.1"]);
    expect(await accessibilityProblems(root)).toEqual([]);
  });

  test("history says who did what", async () => {
    await root.goto(`${zonePath}/history`);
    await root.getByText("ada@example.org").first().waitFor();
    expect(await accessibilityProblems(root)).toEqual([]);
  });
});

describe("everybody gets exactly their part", () => {
  test("staff make accounts and members, and set their levels", async () => {
    for (const name of ["edit", "view", "none", "stranger"]) {
      const made = await call(root, "POST", "/api/admin/users", {
        name: `The ${name}`,
        email: `${name}@example.org`,
        password: PASSWORD,
      });
      expect(made.status).toBe(201);
      if (name === "stranger") continue;
      expect(
        (
          await call(root, "POST", "/api/organisations/northwind/members", {
            email: `${name}@example.org`,
            role: "member",
          })
        ).status,
      ).toBe(201);
      expect((await call(root, "PUT", `${zoneApi}/permissions/${made.body.id}`, { level: name })).status).toBe(200);
    }
    await root.goto(`${zonePath}/access`);
    await root.getByText("edit@example.org").first().waitFor();
    expect(await accessibilityProblems(root)).toEqual([]);
    await root.goto("/dashboard/organisations/northwind/members");
    await root.getByText("view@example.org").first().waitFor();
    expect(await accessibilityProblems(root)).toEqual([]);
  });

  test("an edit member adds and changes, and cannot delete", async () => {
    const page = await member("edit");
    await page.goto(zonePath);
    await addRecord(page, "blog", "192.0.2.2");
    await page.getByRole("button", { name: "Edit www A" }).click();
    await page.getByRole("form").getByLabel("IPv4 address").fill("192.0.2.3");
    await page
      .getByRole("form")
      .getByRole("button", { name: /keep|add|save|draft|done/i })
      .last()
      .click();
    await page.getByRole("form").waitFor({ state: "hidden" });
    await reviewAndApply(page);
    expect(await powerdns.query(`blog.${ZONE}`, "A")).toEqual(["192.0.2.2"]);
    expect(await powerdns.query(`www.${ZONE}`, "A")).toEqual(["192.0.2.3"]);
    expect(await page.getByRole("button", { name: "Remove www A" }).count()).toBe(0);

    const records = await call(page, "GET", `${zoneApi}/records?q=www`);
    const removed = await call(page, "DELETE", `${zoneApi}/records/${records.body.items[0].id}`);
    expect(removed).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect((await call(page, "POST", `${zoneApi}/changes`, { deletions: [{ name: "www", type: "A" }] })).status).toBe(
      403,
    );
    expect(await powerdns.query(`www.${ZONE}`, "A")).toEqual(["192.0.2.3"]);
  });

  test("a view member sees records and no way to edit them", async () => {
    const page = await member("view");
    await page.goto(zonePath);
    await page.getByText("192.0.2.3").first().waitFor();
    for (const name of [/add record/i, /^edit /i, /^remove /i, /review/i])
      expect(await page.getByRole("button", { name }).count()).toBe(0);
    expect(await page.getByRole("link", { name: "Access" }).count()).toBe(0);
    expect(
      (await call(page, "POST", `${zoneApi}/records`, { name: "x", type: "A", content: "192.0.2.9" })).status,
    ).toBe(403);
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  test.each(["stranger", "none"])("for %s the zone does not exist", async (name) => {
    const page = await member(name);
    const response = await page.goto(zonePath);
    expect(response?.status()).toBe(404);
    expect((await call(page, "GET", zoneApi)).status).toBe(404);
    await page.goto("/dashboard/zones");
    await page.getByRole("heading", { name: /zones/i }).first().waitFor();
    expect(await page.getByText(ZONE).count()).toBe(0);
  });

  test("signed out, everything leads to sign-in", async () => {
    const { page } = await visitor(browser, server.origin);
    await page.goto(zonePath);
    await page.waitForURL("**/login**");
    expect(await accessibilityProblems(page)).toEqual([]);
  });
});

async function member(name: string): Promise<Page> {
  const known = pages[name];
  if (known) return known;
  const { page } = await visitor(browser, server.origin);
  await signIn(page, `${name}@example.org`, PASSWORD);
  pages[name] = page;
  return page;
}

async function addRecord(page: Page, name: string, address: string): Promise<void> {
  await page
    .getByRole("button", { name: /add (your first )?record/i })
    .first()
    .click();
  const form = page.getByRole("form");
  await form.getByLabel("Name").fill(name);
  await form.getByLabel("IPv4 address").fill(address);
  await form
    .getByRole("button", { name: /add|draft|save|done/i })
    .last()
    .click();
  await form.waitFor({ state: "hidden" });
}

async function reviewAndApply(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Review changes" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Apply" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Review changes" }).waitFor({ state: "hidden" });
}
