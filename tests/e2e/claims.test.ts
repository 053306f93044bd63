/** A zone that is asked for, shown to be one's own, signed and checked, in the browser; and the page of staff. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityProblems, sharedBrowser, signedIn } from "../support/browser.ts";
import { freePort, type PowerDnsServer, startPowerDns } from "../support/powerdns.ts";
import {
  type Authority,
  type Recursor,
  recursorAvailable,
  startAuthority,
  startRecursor,
} from "../support/recursor.ts";
import { type Person, startServer } from "../support/server.ts";

const missing = recursorAvailable();
if (missing) console.warn(`\nNOT TESTED: claims in the browser. ${missing}\n`);

describe.skipIf(missing && process.env.CI !== "true")("a zone that is asked for", () => {
  let parent: Authority;
  let recursor: Recursor;
  let powerDns: PowerDnsServer;
  let server: Awaited<ReturnType<typeof startServer>>;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let root: Person;
  const apex = [
    "parent.example. SOA ns.parent.example. h.parent.example. 1 60 60 60 0",
    "parent.example. NS ns.parent.example.",
    "ns.parent.example. A 127.0.0.61",
  ];

  beforeAll(async () => {
    const port = await freePort();
    [parent, powerDns] = await Promise.all([
      startAuthority("127.0.0.61", port),
      startPowerDns({ config: { "gsqlite3-dnssec": "yes" } }),
    ]);
    await parent.zone("parent.example.", apex);
    recursor = await startRecursor({ "parent.example": `127.0.0.61:${port}` });
    server = await startServer({
      powerDns,
      environment: {
        RESOLVER: recursor.address,
        NAMESERVER_NETWORKS: "127.0.0.61",
        NAMESERVER_PORT: String(port),
        POWERDNS_NAMESERVERS: "ns1.host.example,ns2.host.example,ns3.host.example",
      },
    });
    root = await server.person("Root", "root");
    const ada = await server.person("Ada Lovelace");
    await ada.call("POST", "/organisations", { name: "Northwind", handle: "northwind" });
    browser = await sharedBrowser();
    ({ context, page } = await signedIn(browser, ada));
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await Promise.all([parent, powerDns, recursor].map((one) => one?.stop()));
  });

  const askFor = async (name: string) => {
    await page.goto("/dashboard/organisations/northwind/zones");
    await page.getByRole("button", { name: "Add zone" }).first().click();
    await page.getByLabel("Domain name").fill(name);
    await page.getByRole("dialog").getByRole("button", { name: "Add zone" }).click();
    await page.getByRole("heading", { name: "Show that this domain is yours" }).waitFor();
  };

  test("says what to publish, is made once that is found, and is signed and checked", async () => {
    await askFor("mine.parent.example");
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Copy: the value" }).click();
    await page.getByText("The value is copied").waitFor();
    const value = await page.evaluate(() => navigator.clipboard.readText());
    await page.getByRole("button", { name: "Check now" }).click();
    // The panel's own first look may say the same before this one is through.
    await page.getByText("Not found yet.").waitFor();
    await page.getByText("There is no TXT record at this name yet.").waitFor();
    await parent.zone("parent.example.", [...apex, `_zonegate.mine.parent.example. TXT "${value}"`]);
    await page.getByRole("button", { name: "Check now" }).click();
    await page.getByRole("link", { name: "Health" }).waitFor();
    await page.getByRole("link", { name: "DNSSEC" }).click();
    await page.getByRole("button", { name: "Switch DNSSEC on" }).click();
    await page.getByRole("heading", { name: "DNSSEC is on" }).waitFor();
    await page.getByRole("heading", { name: "DS record with SHA-256" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("link", { name: "Health" }).click();
    await page.getByRole("button", { name: "Check now" }).click();
    await page.getByText("does not delegate this zone").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("link", { name: "DNSSEC" }).click();
    await page.getByRole("button", { name: "Switch DNSSEC off" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Switch off" }).click();
    await page.getByRole("heading", { name: "DNSSEC is off" }).waitFor();
  });

  test("is approved and refused by staff, with a reason", async () => {
    await askFor("yes.parent.example");
    await askFor("no.parent.example");
    const staff = await signedIn(browser, root);
    await staff.page.goto("/dashboard");
    await staff.page.getByRole("link", { name: "Zone requests" }).click();
    await staff.page.getByRole("button", { name: "Approve yes.parent.example for Northwind" }).waitFor();
    expect(await accessibilityProblems(staff.page)).toEqual([]);
    await staff.page.getByRole("button", { name: "Approve yes.parent.example for Northwind" }).click();
    await staff.page.getByRole("alertdialog").getByRole("button", { name: "Approve" }).click();
    await staff.page.getByText("yes.parent.example was approved").waitFor();
    await staff.page.getByRole("button", { name: "Refuse no.parent.example to Northwind" }).click();
    await staff.page.getByRole("alertdialog").getByLabel("Reason").fill("Not known to us.");
    await staff.page.getByRole("alertdialog").getByRole("button", { name: "Refuse" }).click();
    await staff.page.getByText("No zone requests").waitFor();
    await staff.context.close();
    await page.reload();
    await page.getByText("Refused by staff: Not known to us.").waitFor();
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
    await page.waitForURL(/\/zones$/);
    expect(await page.getByText("no.parent.example", { exact: true }).count()).toBe(0);
  });
});
