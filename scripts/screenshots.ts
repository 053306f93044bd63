/**
 * `npm run screenshots`: the pictures of the README. With `-- --all DIR [NAMES]`, every page (or those named) in both
 * themes and two widths, for looking at.
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { allTabs } from "#lib/staff/tabs.ts";
import { chromiumAvailable, launch } from "#tests/support/browser.ts";
import { type Demo, startDemo } from "#tests/support/demo.ts";
import { powerDnsAvailable } from "#tests/support/powerdns.ts";
import type { Client } from "#tests/support/server.ts";

interface Shot {
  name: string;
  path: string;
  /** Who looks; null is nobody. */
  as: Client | null;
  /** With the changes that the owner has not applied yet. */
  draft?: boolean;
  /** What this browser has answered the Staff Portal; without it, the portal asks. */
  privacy?: "hidden" | "visible";
  /** The whole page, however long. */
  whole?: boolean;
  /** What to do on the page first. */
  first?: (page: Page) => Promise<void>;
}

const themes = ["light", "dark"] as const;
const sizes = { wide: { width: 1440, height: 860 }, phone: { width: 390, height: 844 } };

const serverPages = [
  "files",
  "backups",
  "databases",
  "schedules",
  "startup",
  "network",
  "mounts",
  "people",
  "stats",
  "activity",
  "settings",
] as const;

/** The name of a picture, the end of the page's address, and the button that opens a dialog there. */
const serverDialogs = [
  ["new-folder", "/files", "New folder"],
  ["sftp", "/files", "SFTP"],
  ["new-backup", "/backups", "Create a backup"],
  ["restore", "/backups", /^Restore /],
  ["new-database", "/databases", "Create a database"],
  ["credentials", "/databases", /^Credentials /],
  ["new-schedule", "/schedules", "Add a schedule"],
  ["runs", "/schedules", "History"],
  ["invite-into-server", "/people", "Invite somebody"],
  ["delete-server", "/settings", "Delete server"],
  ["kill", "", "Kill"],
] as const;

const missing = powerDnsAvailable() ?? chromiumAvailable();
if (missing !== null) {
  console.error(missing);
  process.exit(1);
}
// What was started is ended with this process.
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));

const demo = await startDemo();
const browser = await launch();
try {
  const at = process.argv.indexOf("--all");
  if (at === -1) await pictures(demo, browser);
  else await everything(demo, browser, process.argv[at + 1] ?? "screenshots", process.argv.slice(at + 2));
} finally {
  await browser.close();
  await demo.stop();
}

async function pictures(demo: Demo, browser: Browser): Promise<void> {
  const directory = path.join(import.meta.dirname, "..", "docs", "images");
  for (const [name, picture] of Object.entries({ "zone-draft": "zone", "server-console": "server" })) {
    const shot = shotsOf(demo).find((one) => one.name === name);
    if (!shot) throw new Error(`There is no shot ${name}.`);
    for (const theme of themes)
      await take(demo, browser, shot, theme, sizes.wide, path.join(directory, `${picture}-${theme}.png`));
  }
}

async function everything(demo: Demo, browser: Browser, directory: string, names: string[]): Promise<void> {
  for (const shot of shotsOf(demo)) {
    if (names.length > 0 && !names.includes(shot.name)) continue;
    for (const theme of themes) {
      for (const [size, viewport] of Object.entries(sizes)) {
        await take(demo, browser, shot, theme, viewport, path.join(directory, `${shot.name}-${size}-${theme}.png`));
      }
    }
  }
}

function shotsOf(demo: Demo): Shot[] {
  const { owner, operator, viewer, guest, organisation, zone } = demo;
  return [
    ...serverShots(demo),
    { name: "login", path: "/login", as: null },
    { name: "overview", path: "/dashboard", as: owner },
    { name: "all-zones", path: "/dashboard/zones", as: owner },
    { name: "organisations", path: "/dashboard/organisations", as: owner },
    { name: "new-organisation", path: "/dashboard/organisations/new", as: owner },
    { name: "organisation", path: organisation, as: owner },
    { name: "zones", path: `${organisation}/zones`, as: owner },
    { name: "members", path: `${organisation}/members`, as: owner },
    { name: "organisation-settings", path: `${organisation}/settings`, as: owner },
    { name: "empty-organisation", path: "/dashboard/organisations/riverside", as: owner },
    { name: "zone", path: zone, as: owner },
    { name: "zone-draft", path: zone, as: owner, draft: true },
    {
      name: "zone-review",
      path: zone,
      as: owner,
      draft: true,
      first: async (page) => {
        await page.getByRole("button", { name: "Review changes" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Apply", disabled: false }).waitFor();
      },
    },
    {
      name: "zone-add",
      path: zone,
      as: owner,
      first: async (page) => {
        await page.getByRole("button", { name: "Add record" }).first().click();
        await page.getByRole("form").waitFor();
      },
    },
    { name: "zone-search", path: `${zone}?q=203.0.113`, as: owner },
    { name: "zone-nothing-found", path: `${zone}?q=nothing-like-this`, as: owner },
    { name: "zone-viewer", path: zone, as: viewer },
    { name: "zone-guest", path: zone, as: guest },
    { name: "invite-void", path: "/invite", as: null },
    { name: "history", path: `${zone}/history`, as: owner },
    { name: "health", path: `${zone}/health`, as: owner },
    { name: "dnssec", path: `${zone}/dnssec`, as: owner },
    { name: "access", path: `${zone}/access`, as: owner },
    { name: "files", path: `${zone}/files`, as: owner },
    { name: "zone-settings", path: `${zone}/settings`, as: owner, whole: true },
    { name: "templates", path: `${organisation}/settings/templates`, as: owner },
    { name: "organisation-connections", path: `${organisation}/settings/connections`, as: owner },
    { name: "connections", path: "/dashboard/connections", as: operator },
    { name: "claims", path: "/dashboard/claims", as: operator },
    { name: "bulk", path: "/dashboard/zones/bulk", as: owner },
    { name: "records-found", path: "/dashboard/zones?q=mail", as: owner },
    {
      name: "palette",
      path: zone,
      as: owner,
      first: async (page) => {
        await page.keyboard.press("ControlOrMeta+k");
        await page.getByRole("combobox").fill("mail");
        await page.getByRole("option").first().waitFor();
      },
    },
    { name: "account-settings", path: "/dashboard/settings", as: owner },
    { name: "account-security", path: "/dashboard/settings/security", as: owner, whole: true },
    { name: "account-tokens", path: "/dashboard/settings/tokens", as: owner },
    { name: "forgot", path: "/forgot", as: null },
    { name: "staff-question", path: "/dashboard/admin", as: operator },
    { name: "staff-users", path: "/dashboard/admin?tab=users", as: operator, privacy: "visible" },
    { name: "staff-users-hidden", path: "/dashboard/admin?tab=users", as: operator, privacy: "hidden" },
    {
      name: "staff-users-none",
      path: "/dashboard/admin?tab=users&q=nobody-like-this",
      as: operator,
      privacy: "visible",
    },
    {
      name: "staff-users-chosen",
      path: "/dashboard/admin?tab=users",
      as: operator,
      privacy: "visible",
      first: async (page) => {
        await page.getByRole("checkbox", { name: /^Choose clara/ }).check();
        await page.getByRole("checkbox", { name: /^Choose maximiliane/ }).check();
        await page.getByRole("button", { name: "Suspend" }).click();
        await page.getByRole("alertdialog").waitFor();
      },
    },
    {
      name: "staff-user",
      path: "/dashboard/admin?tab=users&q=maximiliane",
      as: operator,
      privacy: "visible",
      whole: true,
      first: async (page) => {
        await page.getByRole("link", { name: /^Maximiliane/ }).click();
        await page.getByRole("heading", { name: "Sign-in" }).waitFor();
      },
    },
    ...allTabs.map(({ id }) => ({
      name: `tab-${id}`,
      path: `/dashboard/admin?tab=${id}`,
      as: operator,
      privacy: "visible" as const,
    })),
    ...allTabs
      .filter((tab) => tab.open)
      .map(({ id }) => ({
        name: `row-${id}`,
        path: `/dashboard/admin?tab=${id}`,
        as: operator,
        privacy: "visible" as const,
        whole: true,
        first: async (page: Page) => {
          await page.getByRole("row").last().getByRole("link").first().click();
          await page.waitForURL(/open=/);
          await page.getByRole("link", { name: /^All / }).waitFor();
        },
      })),
    ...["requests", "errors", "slow"].map((view) => ({
      name: `logs-${view}`,
      path: `/dashboard/admin?tab=logs&view=${view}`,
      as: operator,
      privacy: "visible" as const,
    })),
    { name: "staff-overview", path: "/dashboard", as: operator },
    { name: "announcements", path: "/dashboard/announcements", as: owner },
    { name: "feedback", path: "/dashboard/feedback", as: owner },
    { name: "account-activity", path: "/dashboard/settings/activity", as: owner },
    { name: "account-data", path: "/dashboard/settings/data", as: owner },
    { name: "bundle", path: `${organisation}/bundle`, as: owner, whole: true },
    { name: "short-url-gone", path: "/s/nothing-like-this", as: null },
    { name: "not-found", path: "/dashboard/organisations/nobody", as: owner },
  ];
}

function serverShots({ servers: at, owner: as, operator, viewer, guest, invited }: Demo): Shot[] {
  const list = "/dashboard/servers";
  return [
    { name: "servers", path: list, as },
    { name: "servers-none", path: `${list}?q=nothing-like-this`, as },
    { name: "servers-empty", path: list, as: viewer },
    { name: "servers-guest", path: list, as: guest },
    { name: "server-new", path: `${list}/new`, as, whole: true },
    {
      name: "server",
      path: at.full,
      as,
      whole: true,
      first: async (page) => await page.getByText("Running", { exact: true }).first().waitFor(),
    },
    {
      name: "server-console",
      path: `${at.full}/console`,
      as,
      first: async (page) => {
        await page.getByText("Running", { exact: true }).first().waitFor();
        await page.getByText("players online").first().waitFor({ state: "attached" });
        await page.getByText("Up for").waitFor();
      },
    },
    ...["24h", "7d", "30d"].map((range) => ({
      name: `server-stats-${range}`,
      path: `${at.full}/stats?range=${range}`,
      as,
      whole: true,
    })),
    { name: "server-as-staff", path: at.full, as: operator },
    { name: "server-mounts-as-staff", path: `${at.full}/mounts`, as: operator },
    { name: "servers-of-organisation", path: `${list}?organisation=northwind`, as },
    { name: "server-new-staff", path: `${list}/new?owner=northwind`, as: operator, whole: true },
    {
      name: "server-move",
      path: at.staff,
      as: operator,
      privacy: "visible",
      first: async (page) => {
        await page.getByRole("button", { name: "Move to another node", exact: true }).click();
        await page.getByRole("dialog").getByLabel("Node").waitFor();
      },
    },
    ...(
      [
        ["nobody", null],
        ["other", as],
        ["self", invited],
        ["stranger", null],
      ] as const
    ).map(([who, client]) => ({
      name: `invite-server-${who}`,
      path: at.invitations[who === "stranger" ? 1 : 0] ?? "",
      as: client,
      first: async (page: Page) => await page.getByRole("heading", { name: "Harbour survival" }).waitFor(),
    })),
    { name: "overview-invited", path: "/dashboard", as: invited },
    ...serverPages.flatMap((page) => [
      { name: `server-${page}`, path: `${at.full}/${page}`, as, whole: true },
      { name: `server-${page}-empty`, path: `${at.empty}/${page}`, as },
    ]),
    { name: "server-files-many", path: `${at.full}/files?folder=%2Fworld%2Fregion`, as },
    {
      name: "server-files-chosen",
      path: `${at.full}/files`,
      as,
      first: async (page) => {
        for (const name of ["config", "plugins"]) await page.getByRole("checkbox", { name: `Choose ${name}` }).check();
      },
    },
    {
      name: "server-file",
      path: `${at.full}/files`,
      as,
      first: async (page) => {
        await page.getByRole("button", { name: "server.properties", exact: true }).click();
        await page.getByRole("dialog").getByText("gamemode").waitFor();
      },
    },
    ...serverDialogs.map(([name, rest, button]) => ({
      name: `server-dialog-${name}`,
      path: `${at.full}${rest}`,
      as,
      first: async (page: Page) => {
        await page
          .getByRole("button", { name: button, exact: typeof button === "string" })
          .first()
          .click();
        await page.getByRole("dialog").or(page.getByRole("alertdialog")).waitFor();
      },
    })),
    ...(["suspended", "failed", "installing", "moving", "unreachable"] as const).flatMap((state) => [
      { name: `server-${state}`, path: at[state], as },
      ...serverPages.map((page) => ({ name: `server-${state}-${page}`, path: `${at[state]}/${page}`, as })),
    ]),
  ];
}

type Theme = (typeof themes)[number];

async function take(
  { server, draft }: Demo,
  browser: Browser,
  shot: Shot,
  theme: Theme,
  viewport: { width: number; height: number },
  file: string,
): Promise<void> {
  const context = await browser.newContext({ viewport, colorScheme: theme, reducedMotion: "reduce", locale: "en-GB" });
  const cookies = (shot.as?.cookie.split("; ") ?? []).map((cookie) => cookie.split("=", 2));
  await context.addCookies([
    { name: "theme", value: theme, url: server.origin },
    ...cookies.map(([name = "", value = ""]) => ({ name, value, url: server.origin })),
  ]);
  if (shot.draft) {
    await context.addInitScript(({ key, value }) => localStorage.setItem(key, value), draft);
  }
  if (shot.privacy) {
    await context.addCookies([{ name: "eclipanel_admin_privacy", value: shot.privacy, url: server.origin }]);
    await context.addInitScript((chosen) => localStorage.setItem("eclipanel_admin_privacy", chosen), shot.privacy);
  }
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("status of 404")) complaints.push(message.text());
  });
  await page.goto(`${server.origin}${shot.path}`, { waitUntil: "networkidle" });
  if (shot.draft) await page.getByRole("button", { name: "Review changes" }).waitFor();
  try {
    await shot.first?.(page);
  } catch (error) {
    complaints.push(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
  }
  await page.evaluate(() => document.fonts.ready);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wider > 0) complaints.push(`The page is ${wider} px wider than the window.`);
  mkdirSync(path.dirname(file), { recursive: true });
  await page.screenshot({ path: file, fullPage: shot.whole ?? false });
  await context.close();
  console.log([file, ...complaints.map((complaint) => `  ${complaint}`)].join("\n"));
}
