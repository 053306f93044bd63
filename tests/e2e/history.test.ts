/** What happened to a zone, taken back in the browser; deleting it; and what the review says when a provider does not do as it was told. */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Draft, emptyDraft, formatDraft, withEntry } from "#components/zone/draft.ts";
import { accessibilityProblems, sharedBrowser, signedIn } from "../support/browser.ts";
import { type FaultProxy, startFaultProxy } from "../support/fake-powerdns.ts";
import { type PowerDnsServer, startPowerDns } from "../support/powerdns.ts";
import { type PanelServer, type Person, startServer } from "../support/server.ts";

let powerdns: PowerDnsServer;
let proxy: FaultProxy;
let server: PanelServer;
let browser: Browser;
let page: Page;
let api: Person;
let sequence = 0;

beforeAll(async () => {
  powerdns = await startPowerDns();
  proxy = await startFaultProxy(powerdns.apiUrl);
  server = await startServer({ environment: { POWERDNS_API_URL: proxy.url, POWERDNS_API_KEY: powerdns.apiKey } });
  api = await server.person("Ada", "root");
  await api.call("POST", "/organisations", { name: "Acme", handle: "acme" });
  browser = await sharedBrowser();
  ({ page } = await signedIn(browser, api));
});
afterEach(() => {
  proxy.fail(null);
  proxy.tamper(null);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await proxy?.close();
  await powerdns?.stop();
});

const a = (name: string, content: string) => ({ name, type: "A", ttl: 60, records: [{ content }] });

async function zone() {
  const name = `history${++sequence}.example`;
  const path = `/organisations/acme/dns/zones/${name}`;
  const { id } = await api.call<{ id: string }>("POST", "/organisations/acme/dns/zones", { name });
  return {
    id,
    name,
    path,
    set: (...rrsets: unknown[]) => api.call<{ change: string }>("POST", `${path}/changes`, { rrsets, confirm: true }),
    records: `/dashboard/organisations/acme/zones/${name}`,
    history: `/dashboard/organisations/acme/zones/${name}/history`,
    truth: (label: string) => powerdns.query(`${label}.${name}`, "A"),
  };
}

const entries = () => page.getByRole("list", { name: "History" }).locator("> li");
const dialog = (): Locator => page.getByRole("dialog");

describe("the history", () => {
  test("shows who changed what, undoes it after a look at the plan, and says what undid what", async () => {
    const at = await zone();
    await at.set(a("www", "192.0.2.1"));
    await at.set(a("www", "192.0.2.2"), a("mail", "192.0.2.3"));
    await page.goto(at.history);
    await entries().first().locator("summary").click();
    await entries().first().getByText("192.0.2.2").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);

    await entries().first().getByRole("button", { name: /^Undo/ }).click();
    await dialog().getByRole("list", { name: "Changes" }).getByText("Removed").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await at.truth("www"), "nothing is done before it is said").toEqual(["192.0.2.2"]);
    await dialog().getByRole("button", { name: "Undo change" }).click();
    await dialog().waitFor({ state: "hidden" });
    await page.getByText("Takes back").waitFor();
    expect([await at.truth("www"), await at.truth("mail")]).toEqual([["192.0.2.1"], []]);
    await entries().nth(1).getByText("Undone").click();
    await page.waitForURL("**/history?change=*");
    await page.getByText("One change").waitFor();
    expect(await entries().count()).toBe(1);
    await page.getByRole("link", { name: "an earlier change" }).click();
    await entries().first().getByText("Undone").waitFor();
  });

  test("a change that moved since is undone only if that is said", async () => {
    const at = await zone();
    await at.set(a("www", "192.0.2.1"));
    await at.set(a("www", "192.0.2.2"));
    await at.set(a("www", "192.0.2.3"));
    await page.goto(at.history);
    await entries().nth(1).getByRole("button", { name: /^Undo/ }).click();
    await dialog().getByText("has been changed since").waitFor();
    expect(await dialog().getByRole("button", { name: "Undo change" }).isDisabled()).toBe(true);
    expect(await accessibilityProblems(page)).toEqual([]);
    await dialog()
      .getByLabel(/overwrite what was changed since/)
      .check();
    await dialog().getByRole("button", { name: "Undo change" }).click();
    await dialog().waitFor({ state: "hidden" });
    await page.getByText("Takes back").waitFor();
    expect(await at.truth("www")).toEqual(["192.0.2.1"]);
  });

  test("marks what was changed outside, and filters by the address", async () => {
    const at = await zone();
    await at.set(a("www", "192.0.2.1"));
    const records = [{ content: "203.0.113.9", disabled: false }];
    const rrsets = [{ name: `www.${at.name}.`, type: "A", ttl: 60, changetype: "REPLACE", records }];
    const written = await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones/${at.name}.`, {
      method: "PATCH",
      headers: { "x-api-key": powerdns.apiKey },
      body: JSON.stringify({ rrsets }),
    });
    expect(written.status).toBe(204);
    await at.set(a("www", "192.0.2.1"), a("txt", "192.0.2.5"));
    await page.goto(at.history);
    await page.getByText("Changed outside the panel").waitFor();
    expect(await entries().count()).toBe(4);
    await page.getByLabel("Filter by what happened").selectOption({ label: "Changes outside the panel" });
    await page.waitForURL("**/history?kind=outside");
    await page.getByText("1 change", { exact: true }).waitFor();
    expect(await entries().count()).toBe(1);
    await page.goto(`${at.history}?name=txt`);
    expect(await entries().count()).toBe(1);
    await entries().first().getByRole("link", { name: api.email }).click();
    await page.waitForURL("**/history?actor=*");
    await page.getByText(`By ${api.email}`).waitFor();
    expect(await entries().count()).toBe(3);
    await page.getByLabel("Until (UTC)").fill("2020-01-01");
    await page.getByText("No changes match").waitFor();
    await page.getByRole("link", { name: "Clear filter" }).click();
    await page.waitForURL(`**${at.history}`);
  });

  test("brings the zone back to a moment, and to right after an entry", async () => {
    const at = await zone();
    await at.set(a("www", "192.0.2.1"));
    await at.set(a("www", "192.0.2.2"));
    await page.goto(at.history);
    await entries()
      .nth(1)
      .getByRole("button", { name: /^Restore/ })
      .click();
    await dialog().getByText("192.0.2.1").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await dialog().getByRole("button", { name: "Restore" }).click();
    await dialog().waitFor({ state: "hidden" });
    await page.getByText("Restores the zone to").waitFor();
    expect(await at.truth("www")).toEqual(["192.0.2.1"]);
    await page.getByRole("button", { name: "Restore to a moment" }).click();
    await dialog().getByLabel("Date and time (UTC)").fill("2020-01-01T00:00:00");
    await dialog().getByRole("button", { name: "Show what would change" }).click();
    await dialog()
      .getByText(/knows what this zone held since/)
      .waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });
});

describe("a provider that does not do as it was told", () => {
  /** A draft as the editor keeps it, so that nobody has to type it here. */
  async function drafted(
    at: Awaited<ReturnType<typeof zone>>,
    sets: { label: string; content: string; type?: string }[],
  ) {
    const { id } = await api.call<{ id: string }>("GET", "/account");
    let draft: Draft = emptyDraft;
    for (const { label, content, type = "A" } of sets) {
      const name = `${label}.${at.name}.`;
      draft = withEntry(draft, { name, type, seen: null, wanted: { name, type, ttl: 60, records: [{ content }] } });
    }
    await page.goto(at.history);
    await page.evaluate(([key, value]) => localStorage.setItem(key, value), [
      `zonegate.draft.${id}.${at.id}`,
      formatDraft(draft),
    ] as const);
    await page.goto(at.records);
    await page.getByRole("button", { name: "Review changes" }).click();
    await dialog().getByRole("button", { name: "Apply", disabled: false }).waitFor();
  }
  const apply = () => dialog().getByRole("button", { name: "Apply" }).click();

  test("stored otherwise than it was sent: both are shown", async () => {
    const at = await zone();
    proxy.tamper((body) => body.replace("192.0.2.1", "192.0.2.77"));
    await drafted(at, [{ label: "www", content: "192.0.2.1" }]);
    await apply();
    await page.getByRole("heading", { name: "Stored otherwise than it was sent" }).waitFor();
    await dialog().getByText("192.0.2.77").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await dialog().getByRole("button", { name: "Close" }).last().click();
    await page.getByText("192.0.2.77").waitFor();
    await page.goto(at.history);
    await page.getByText("Differs").waitFor();
  });

  test("no answer: the review says so, and so does the history", async () => {
    const at = await zone();
    proxy.fail("500-before", { method: "PATCH" });
    await drafted(at, [{ label: "www", content: "192.0.2.1" }]);
    await apply();
    await page.getByText("No answer from the provider yet").waitFor();
    await page.goto(at.history);
    await page.getByText("Unknown").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  test("an undo without an answer says so too", async () => {
    const at = await zone();
    await at.set(a("www", "192.0.2.1"));
    await page.goto(at.history);
    await entries().first().getByRole("button", { name: /^Undo/ }).click();
    await dialog().getByRole("button", { name: "Undo change", disabled: false }).waitFor();
    proxy.fail("500-before", { method: "PATCH" });
    await dialog().getByRole("button", { name: "Undo change" }).click();
    await page.getByRole("heading", { name: "No answer yet" }).waitFor();
  });

  test("several calls, of which the second is refused: said beforehand, and what became of it after", async () => {
    const at = await zone();
    const text = Array.from({ length: 200 }, () => `"${"x".repeat(255)}"`).join(" ");
    const sets = Array.from({ length: 34 }, (_, index) => ({ label: `big${index}`, content: text, type: "TXT" }));
    await drafted(at, sets);
    await dialog()
      .getByText(/This takes 2 calls to the provider/)
      .waitFor();
    proxy.fail("422-before", { method: "PATCH", skip: 1 });
    await apply();
    await page.getByRole("heading", { name: "Only a part was applied" }).waitFor();
    await page.goto(at.history);
    await page.getByText("Partial").waitFor();
    await page.getByText("1 of 2 steps are known to be done.").waitFor();
  });
});

describe("the settings of a zone", () => {
  test("notes stand above the records; deleting wants its name, and it can be brought back", async () => {
    const at = await zone();
    await at.set(a("www", "192.0.2.1"));
    await page.goto(`${at.records}/settings`);
    await page.getByRole("textbox", { name: "Notes" }).fill("Ask the web team first.");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Notes are saved").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.goto(at.records);
    await page.getByText("Ask the web team first.").waitFor();

    await page.goto(`${at.records}/settings`);
    await page.getByRole("button", { name: "Delete zone" }).click();
    const asked = page.getByRole("alertdialog");
    await asked.getByText(/records go/).waitFor();
    expect(await asked.getByRole("button", { name: "Delete zone" }).isDisabled()).toBe(true);
    await asked.getByRole("textbox").fill(at.name);
    await asked.getByRole("button", { name: "Delete zone" }).click();
    await page.waitForURL("**/acme/zones");
    // A server that has no such zone refuses to answer for it.
    await expect(at.truth("www")).rejects.toThrow(/REFUSED/);
    const row = page.getByRole("table", { name: "Deleted zones" }).getByRole("row", { name: at.name });
    expect(await accessibilityProblems(page)).toEqual([]);
    await row.getByRole("button", { name: `Bring back ${at.name}` }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Bring back" }).click();
    await page.waitForURL(`**${at.records}`);
    await page.getByText("192.0.2.1").waitFor();
    expect(await at.truth("www")).toEqual(["192.0.2.1"]);
  });
});

test("with DNS switched off the pages of organisations leave it out", async () => {
  await server.setting("feature.dns", false);
  try {
    for (const target of ["/dashboard", "/dashboard/organisations/acme", "/dashboard/organisations/acme/members"]) {
      const answer = await page.goto(target);
      expect(answer?.status(), target).toBe(200);
      expect(await page.getByText(/\bzones?\b/i).count(), target).toBe(0);
      expect(await accessibilityProblems(page)).toEqual([]);
    }
    expect((await page.goto("/dashboard/organisations/acme/settings"))?.status()).toBe(200);
    expect((await page.goto("/dashboard/organisations/acme/zones"))?.status()).toBe(404);
  } finally {
    await server.setting("feature.dns", true);
  }
});
