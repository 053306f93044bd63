import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityProblems, sharedBrowser, signIn, visitor } from "../support/browser.ts";
import { PASSWORD } from "../support/people.ts";
import { type SharedServer, sharedServer } from "../support/shared-server.ts";

const EMAIL = "ada@passkeys.example";
const SECURITY = "/dashboard/settings/security";

let server: SharedServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let devices: CDPSession;

beforeAll(async () => {
  server = await sharedServer();
  await server.person("Ada Lovelace", "root", EMAIL);
  browser = await sharedBrowser();
  ({ context, page } = await visitor(browser, server.origin));
  // Nobody chooses among a browser's suggestions here: they are answered by whoever touches the device. Off, but for their own test.
  await page.addInitScript(() => {
    if (localStorage.getItem("suggestions") === null)
      PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  });
  devices = await context.newCDPSession(page);
  await devices.send("WebAuthn.enable", { enableUI: false });
});

afterAll(() => browser?.close());

/** A device that keeps discoverable passkeys and knows its user, in place of the one before. */
let device = "";
async function plugIn(kind: "platform" | "security key" = "platform"): Promise<void> {
  if (device) await devices.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: device });
  const { authenticatorId } = await devices.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: kind === "platform" ? "internal" : "usb",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: false,
      defaultBackupEligibility: kind === "platform",
      defaultBackupState: kind === "platform",
    },
  });
  device = authenticatorId;
}

/** Whether somebody touches the device when it asks. */
const touching = (enabled: boolean) =>
  devices.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId: device, enabled });

/** Does something that makes the device ask, touches it, and sees what came of it. It answers nothing that it was asked before. */
async function touch(ask: () => Promise<unknown>, seen: () => Promise<unknown>): Promise<void> {
  await touching(true);
  await ask();
  await seen();
  await touching(false);
}

const passkeyButton = () => page.getByRole("button", { name: "Sign in with a passkey" });

const row = (name: string) => page.getByRole("table", { name: "Passkeys" }).getByRole("row").filter({ hasText: name });

async function add(name: string): Promise<void> {
  await page.getByRole("button", { name: "Add passkey" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await touch(
    () => dialog.getByRole("button", { name: "Continue" }).click(),
    () => dialog.waitFor({ state: "hidden" }),
  );
  await row(name).waitFor();
}

async function signOut(): Promise<void> {
  await context.clearCookies();
  await page.goto("/login");
  await passkeyButton().waitFor();
}

describe("passkeys", () => {
  test("one is added under Security, named for the device that it is on", async () => {
    await plugIn("security key");
    await signIn(page, EMAIL, PASSWORD);
    await page.goto(SECURITY);
    await page.getByText("You have none yet.").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Add passkey" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").waitFor();
    expect(await dialog.getByLabel("Name").inputValue()).toMatch(/Chrome.* on Linux/);
    expect(await accessibilityProblems(page)).toEqual([]);
    await dialog.getByLabel("Name").fill("");
    await dialog.getByRole("button", { name: "Continue" }).click();
    await dialog.getByText("Enter a name.").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await add("Key");
    await row("Key").getByText("On one device").waitFor();
  });

  test("the device that has one is not asked for another", async () => {
    await page.getByRole("button", { name: "Add passkey" }).click();
    const dialog = page.getByRole("dialog");
    await touch(
      () => dialog.getByRole("button", { name: "Continue" }).click(),
      () => dialog.getByText("holds a passkey of your account already").waitFor(),
    );
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "hidden" });
  });

  test("a second is added on another device, and renamed", async () => {
    await plugIn();
    await add("Phone");
    await row("Phone").getByText("Synced between devices").waitFor();
    await page.getByRole("button", { name: "Rename the passkey Phone" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Telephone");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await row("Telephone").waitFor();
    await row("Key").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  test("signs in without an e-mail address, and back to where one wanted to go", async () => {
    await context.clearCookies();
    await page.goto(SECURITY);
    await page.waitForURL("**/login**");
    expect(await accessibilityProblems(page)).toEqual([]);
    await touch(
      () => passkeyButton().click(),
      () => page.waitForURL(`**${SECURITY}`),
    );
    expect(await row("Telephone").getByText("Never").count()).toBe(0);
    await row("Key").getByText("Never").waitFor();
  });

  test("with an e-mail address only for that account", async () => {
    await signOut();
    await page.getByLabel("E-mail").fill("somebody@example.org");
    await touch(
      () => passkeyButton().click(),
      () => page.getByText("does not belong to that e-mail address").waitFor(),
    );
    await page.getByLabel("E-mail").fill(EMAIL);
    await touch(
      () => passkeyButton().click(),
      () => page.waitForURL("**/dashboard"),
    );
  });

  test("is among the browser's suggestions: no button has to be pressed", async () => {
    await page.evaluate(() => localStorage.setItem("suggestions", "on"));
    await context.clearCookies();
    await touch(
      () => page.goto("/login"),
      () => page.waitForURL("**/dashboard"),
    );
    await page.evaluate(() => localStorage.removeItem("suggestions"));
  });

  test("one that was taken from the account does not open it", async () => {
    await page.goto(SECURITY);
    await page.getByRole("button", { name: "Remove the passkey Telephone" }).click();
    const dialog = page.getByRole("alertdialog");
    await dialog.getByRole("button", { name: "Remove passkey" }).click();
    // While it is open the rows behind it are hidden, and it closes when the passkey is gone.
    await dialog.waitFor({ state: "hidden" });
    await row("Telephone").waitFor({ state: "detached" });
    await signOut();
    await touch(
      () => passkeyButton().click(),
      () => page.getByText("does not open an account here").waitFor(),
    );
  });

  test("the last way in stays, in the page and behind it", async () => {
    await plugIn();
    await signIn(page, EMAIL, PASSWORD);
    await page.goto(SECURITY);
    await page.getByRole("button", { name: "Remove the passkey Key" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove passkey" }).click();
    await page.getByText("You have none yet.").waitFor();
    expect(await page.getByRole("button", { name: "Remove password" }).count()).toBe(0);
    await add("Only one");
    await page.getByRole("button", { name: "Remove password" }).click();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove password" }).click();
    await page.getByText("Your account has none: you sign in with a passkey.").waitFor();
    await row("Only one").getByText("Your only way in").waitFor();
    expect(await page.getByRole("button", { name: "Remove the passkey Only one" }).count()).toBe(0);
    const answer = await page.evaluate(async () => {
      const { items } = await (await fetch("/api/account/passkeys")).json();
      const response = await fetch(`/api/account/passkeys/${items[0].id}`, { method: "DELETE" });
      return { status: response.status, code: (await response.json()).code };
    });
    expect(answer).toEqual({ status: 409, code: "last_way_in" });
    await signOut();
    await touch(
      () => passkeyButton().click(),
      () => page.waitForURL("**/dashboard"),
    );
  });
});
