/** Debian's Chromium, driven by playwright-core. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { Client } from "./server.ts";

/** The first is the same browser without windows, which costs a quarter of the processor time. */
const EXECUTABLE = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find((file) => existsSync(file));

export const chromiumAvailable = (): string | null => (EXECUTABLE ? null : "chromium-headless-shell is not installed");

let shared: Promise<Browser> | undefined;

/** The Chromium of this process, for one test file after the other: closing it closes what the file opened in it. It ends with the process. */
export async function sharedBrowser(): Promise<Browser> {
  shared ??= launch();
  const browser = await shared;
  browser.close = async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  };
  return browser;
}

/** How many that were given back wait for the next test of the same kind. */
const KEPT = 3;
const waiting: { key: string; context: BrowserContext; end(): Promise<void> }[] = [];

/**
 * A context as if it were new. One that was closed is used again, without its pages, cookies and storage: a page that stays
 * open in it keeps its process, so that what pages have loaded and compiled need not be again, a third of what a test costs.
 */
async function contextFor(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
  const key = JSON.stringify(options);
  const at = waiting.findIndex((kept) => kept.key === key && kept.context.browser() === browser);
  const [kept] = at < 0 ? [] : waiting.splice(at, 1);
  const context = kept?.context ?? (await keepable(key, await browser.newContext(options)));
  // Only now: what was under way when it was closed has been answered.
  const [anchor] = context.pages();
  await Promise.all([context.clearCookies(), anchor?.evaluate(() => localStorage.clear())]);
  return context;
}

async function keepable(key: string, context: BrowserContext): Promise<BrowserContext> {
  const anchor = await context.newPage();
  await anchor.goto("/healthz");
  const end = context.close.bind(context);
  const kept = { key, context, end };
  // What cannot be taken back stays with the context, which then is closed.
  let spent = false;
  const [addInitScript, on, expose, grant] = [
    context.addInitScript.bind(context),
    context.on.bind(context),
    context.exposeFunction.bind(context),
    context.grantPermissions.bind(context),
  ];
  const added: { dispose(): Promise<void> }[] = [];
  context.addInitScript = async (...given: Parameters<typeof addInitScript>) => {
    const script = await addInitScript(...given);
    added.push(script);
    return script;
  };
  const spending =
    <A extends unknown[], R>(way: (...given: A) => R) =>
    (...given: A): R => {
      spent = true;
      return way(...given);
    };
  Object.assign(context, { on: spending(on), exposeFunction: spending(expose), grantPermissions: spending(grant) });
  context.close = async () => {
    if (waiting.includes(kept)) return;
    if (spent) return end();
    const opened = context.pages().filter((page) => page !== anchor);
    await Promise.all([...opened.map((page) => page.close()), ...added.splice(0).map((script) => script.dispose())]);
    waiting.push(kept);
    await Promise.all(waiting.splice(0, waiting.length - KEPT).map((oldest) => oldest.end()));
  };
  return context;
}

/** A Chromium of one's own. `more`: further switches. */
export const launch = (more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    ...(EXECUTABLE === undefined ? {} : { executablePath: EXECUTABLE }),
    args: [
      ...more,
      "--no-sandbox",
      // See contextFor().
      "--process-per-site",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** A browser of its own, with nobody signed in. */
export async function visitor(
  browser: Browser,
  origin: string,
  more: BrowserContextOptions = {},
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await contextFor(browser, {
    baseURL: origin,
    viewport: { width: 1280, height: 860 },
    reducedMotion: "reduce",
    ...more,
  });
  const page = await context.newPage();
  // Long enough for a machine that is busy.
  page.setDefaultTimeout(45_000);
  return { context, page };
}

/** The same, in which this person is signed in. */
export async function signedIn(
  browser: Browser,
  { origin, cookie }: Client,
  more: BrowserContextOptions = {},
): Promise<{ context: BrowserContext; page: Page }> {
  const opened = await visitor(browser, origin, more);
  await opened.context.addCookies(
    cookie.split("; ").map((pair) => {
      const [name = "", value = ""] = pair.split("=", 2);
      return { name, value, url: origin };
    }),
  );
  return opened;
}

/** What the person has answered the Staff Portal in this browser: without it, the portal asks when it is opened. */
export async function answerPrivacy(page: Page, origin: string, privacy: "hidden" | "visible"): Promise<void> {
  const context = page.context();
  await context.addCookies([{ name: "eclipanel_admin_privacy", value: privacy, url: origin }]);
  await context.addInitScript((chosen) => localStorage.setItem("eclipanel_admin_privacy", chosen), privacy);
}

export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL("**/dashboard");
}

interface AxeResults {
  violations: { id: string; help: string; nodes: { target: string[] }[] }[];
}

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/**
 * The axe that `AxeBuilder` puts into a page, in its shorter form. The builder puts it there twice each time, which costs more
 * than what axe then does.
 */
const AXE: string = createRequire(import.meta.resolve("@axe-core/playwright"))("axe-core/axe.min.js").source;

/** Nothing that takes its time and then ends is under way. What moves with the scrolling never ends. */
const isAtRest = () =>
  document
    .getAnimations()
    .every(
      ({ playState, timeline, effect }) =>
        playState !== "running" || timeline !== document.timeline || effect?.getComputedTiming().endTime === Infinity,
    );

/** What axe finds at WCAG 2.2 AA, as sentences. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  // While a page is asked for anew its title is put into its place again.
  await page.waitForFunction(() => document.title !== "");
  // What a theme or a click has set in motion comes to its end: a colour on its way to another is neither.
  await page.waitForFunction(isAtRest, undefined, { polling: 50 });
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const violations = await page.evaluate(async (values) => {
    const { axe } = window as unknown as { axe: { run(within: Document, options: object): Promise<AxeResults> } };
    const found = await axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] });
    return found.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      targets: nodes.map(({ target }) => target.join(" ")),
    }));
  }, WCAG);
  // It can be on its way just while they are looked for. One that stays away is waited for in vain above.
  if (violations.some(({ id }) => id === "document-title")) return accessibilityProblems(page);
  return violations.map(({ id, help, targets }) => `${id}: ${help} (${targets.join(", ")})`);
}
