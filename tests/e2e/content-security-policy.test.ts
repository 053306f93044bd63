import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sharedBrowser, signIn, visitor } from "../support/browser.ts";
import { PASSWORD } from "../support/people.ts";
import { startServer } from "../support/server.ts";

const ROOT = { email: "ada@example.org", password: PASSWORD };
const ZONE = "northwind.example";
const zonePath = `/dashboard/organisations/northwind/zones/${ZONE}`;

let server: Awaited<ReturnType<typeof startServer>>;
let browser: Browser;

beforeAll(async () => {
  server = await startServer();
  const root = await server.person("Ada Lovelace", "root", ROOT.email);
  await root.call("POST", "/organisations", { name: "Northwind", handle: "northwind" });
  await root.call("POST", "/organisations/northwind/dns/zones", { name: ZONE });
  await root.call("POST", `/organisations/northwind/dns/zones/${ZONE}/records`, {
    name: "www",
    type: "A",
    content: "192.0.2.1",
  });
  browser = await sharedBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** What the browser complains of on any page of the context: refused by the policy, thrown, or logged as an error. */
async function complaintsOf(context: BrowserContext): Promise<string[]> {
  const complaints: string[] = [];
  await context.exposeFunction("violated", (text: string) => complaints.push(text));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const report = (window as unknown as { violated(text: string): void }).violated;
      report(`${location.pathname}: ${event.effectiveDirective} refused ${event.blockedURI} ${event.sample}`);
    });
  });
  context.on("weberror", (error) => complaints.push(`${error.page()?.url()}: ${error.error().message}`));
  context.on("console", (message) => {
    if (message.type() === "error" && !/status of 40[34]/.test(message.text()))
      complaints.push(`${message.page()?.url()}: ${message.text()}`);
  });
  return complaints;
}

/** Every page there is, by its files, with what the panel of this test has in the place of what varies. */
function pages(): string[] {
  const values: Record<string, string> = { handle: "northwind", zone: ZONE };
  return readdirSync("app", { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "page.tsx")
    .map((file) =>
      path.posix
        .join("/", path.dirname(file))
        .replace(/\/\([^)]+\)/g, "")
        .replace(/\[\[?(?:\.\.\.)?(\w+)\]?\]/g, (_, name: string) => values[name] ?? "unknown"),
    );
}

const THEMES = ["light", "dark"] as const;

test("every page comes in one piece and wants nothing that the policy refuses, nor what a page leads to, in either theme", async () => {
  const seen = new Set<string>();
  const inPieces: string[] = [];
  const waiting = [...pages(), "/dashboard/organisations/nobody"];
  // Each page is opened in one theme, and turned to the other where it stands: the server draws no more than an attribute of it.
  const walk = async (theme: (typeof THEMES)[number], other: string) => {
    const { context, page } = await visitor(browser, server.origin);
    await context.addCookies([{ name: "theme", value: theme, url: server.origin }]);
    const complaints = await complaintsOf(context);
    for (const target of ["/login", "/setup", "/nothing-here"]) await open(page, target);
    await signIn(page, ROOT.email, ROOT.password);
    const through = async (tab: Page) => {
      for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
        if (seen.has(target)) continue;
        seen.add(target);
        if (await open(tab, target)) inPieces.push(target);
        await tab.locator(`html[data-theme=${theme}]`).waitFor({ state: "attached" });
        for (const link of await linksOf(tab)) if (!seen.has(link)) waiting.push(link);
        await tab.evaluate((next) => document.documentElement.setAttribute("data-theme", next), other);
      }
    };
    // Much of a page is waiting until it has loaded nothing more for a while.
    await Promise.all([page, await context.newPage()].map(through));
    await context.close();
    return complaints;
  };
  const [light, dark] = THEMES;
  const complaints = await Promise.all([walk(light, dark), walk(dark, light)]);
  expect(seen.size).toBeGreaterThan(pages().length);
  expect(complaints.flat()).toEqual([]);
  expect(inPieces).toEqual([]);
});

test("what opens, pops up and follows a click keeps to the policy too", async () => {
  const { context, page } = await visitor(browser, server.origin);
  const complaints = await complaintsOf(context);
  await signIn(page, ROOT.email, ROOT.password);
  await page.goto(zonePath);
  await page
    .getByRole("button", { name: /add record/i })
    .first()
    .click();
  const form = page.getByRole("form");
  await form.getByLabel("Name").fill("mail");
  await form.getByLabel("IPv4 address").fill("192.0.2.2");
  await form
    .getByRole("button", { name: /add|draft|save|done/i })
    .last()
    .click();
  await form.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Review changes" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Apply" }).click();
  await page.locator("[data-sonner-toast]").waitFor();
  const position = await page.locator("[data-sonner-toaster]").evaluate((list) => getComputedStyle(list).position);
  expect(position, "the toast's own style sheet is in force").toBe("fixed");
  await page.getByRole("button", { name: /ada/i }).first().click();
  await page.getByRole("button", { name: "Dark" }).click();
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
  await page.reload();
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
  expect(complaints).toEqual([]);
  await context.close();
});

test("what somebody gets into a page does not run, and sends nothing away", async () => {
  const { context, page } = await visitor(browser, server.origin);
  const asked: string[] = [];
  const elsewhere = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end();
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  await page.route("**/login", async (route) => {
    const response = await route.fetch();
    const injected = `<script>document.title = "inline"</script><script src="/injected.js"></script>
      <img src="/nothing.png" onerror="document.title = 'handler'"><img src="${address}/picture.png">
      <link rel="stylesheet" href="${address}/style.css"><style>body { visibility: hidden }</style>
      <base href="${address}/"><iframe src="/healthz"></iframe>`;
    await route.fulfill({ response, body: (await response.text()).replace("<body>", `<body>${injected}`) });
  });
  await page.route("**/injected.js", (route) =>
    route.fulfill({ contentType: "text/javascript", body: 'document.title = "own origin"' }),
  );
  const violated = await complaintsOf(context);
  await page.goto("/login", { waitUntil: "networkidle" });
  expect(await page.title()).toBe("Sign in · Zonegate");
  expect(await page.evaluate(() => getComputedStyle(document.body).visibility)).toBe("visible");
  expect(await page.evaluate(() => document.baseURI)).toBe(`${server.origin}/login`);
  expect(asked).toEqual([]);
  const refused = violated.filter((text) => text.startsWith("/login:")).join("\n");
  for (const directive of ["script-src-elem", "script-src-attr", "style-src-elem", "img-src", "base-uri", "frame-src"])
    expect(refused).toContain(`${directive} refused`);
  await page.getByLabel("E-mail").fill(ROOT.email);
  await page.getByLabel("Password").fill(ROOT.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/dashboard");
  expect(asked).toEqual([]);
  elsewhere.close();
  await context.close();
});

/** Whether the page left a gap that a script fills with what comes later. */
async function open(page: Page, target: string): Promise<boolean> {
  const answer = await page.goto(target, { waitUntil: "networkidle" });
  return (await answer?.text())?.includes("<!--$?-->") ?? true;
}

/** Pages of the panel that a page links to, as many as differ in more than a page number or an order. */
const linksOf = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLAnchorElement>("a[href^='/dashboard']")]
      .map((link) => new URL(link.href))
      // A tab of the Staff Portal is a page; its filters and rows are more of the same.
      .filter(({ pathname, search, searchParams }) =>
        pathname === "/dashboard/admin"
          ? [...searchParams.keys()].every((name) => name === "tab")
          : !/[?&](page|sort|q|type)=/.test(search),
      )
      .map((url) => url.pathname + url.search),
  );
