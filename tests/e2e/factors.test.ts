/** Two-step sign-in, the second factor that a role asks for, and confirming, as people meet them. */
import path from "node:path";
import Database from "better-sqlite3";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityProblems, sharedBrowser, signIn, visitor } from "../support/browser.ts";
import { PASSWORD } from "../support/people.ts";
import { type SharedServer, sharedServer } from "../support/shared-server.ts";
import { codeOf } from "../support/totp.ts";

const [ADA, BOB, EVE] = ["ada@factors.example", "bob@factors.example", "eve@factors.example"] as const;
const SECURITY = "/dashboard/settings/security";

let server: SharedServer;
let browser: Browser;
let database: Database.Database;
let ada: Page;
let secret = "";
let codes: string[] = [];

beforeAll(async () => {
  server = await sharedServer();
  await server.person("Ada Lovelace", "root", ADA);
  await server.person("Bob", [], BOB);
  await server.person("Eve", [], EVE);
  database = new Database(path.join(server.dataDir, "panel.db"));
  browser = await sharedBrowser();
  ada = (await visitor(browser, server.origin)).page;
});

afterAll(async () => {
  await browser?.close();
  database?.close();
});

const panelOf = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

/** As if ten minutes had passed since anybody proved who they are. */
const grow = () => database.prepare("update sessions set confirmed_at = 0").run();

/** As if the step of the last code were long over. */
const nextStep = () => database.prepare("update totp_factors set last_step = 0").run();

async function enterPassword(page: Page, email: string): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("an authenticator app is set up with a QR code, and gives recovery codes once", async () => {
  await signIn(ada, ADA, PASSWORD);
  await ada.goto(SECURITY);
  expect(await accessibilityProblems(ada)).toEqual([]);
  await panelOf(ada, "Two-step sign-in").getByRole("button", { name: "Set up" }).click();
  const dialog = ada.getByRole("dialog", { name: "Set up two-step sign-in" });
  await dialog.getByRole("img", { name: /QR code/ }).waitFor();
  expect(await accessibilityProblems(ada)).toEqual([]);
  secret = ((await dialog.locator(".select-all").textContent()) ?? "").replaceAll(" ", "");

  await dialog.getByLabel("Code", { exact: true }).fill("000000");
  await dialog.getByRole("button", { name: "Turn on" }).click();
  await dialog.getByText("This is not the code that the app shows now.").waitFor();
  expect(await dialog.getByLabel("Code", { exact: true }).inputValue()).toBe("000000");
  await dialog.getByLabel("Code", { exact: true }).fill(codeOf(secret));
  await dialog.getByRole("button", { name: "Turn on" }).click();

  const shown = ada.getByRole("dialog", { name: "Recovery codes" });
  await shown.waitFor();
  codes = await shown.getByRole("listitem").allTextContents();
  expect(codes).toHaveLength(10);
  expect(await accessibilityProblems(ada)).toEqual([]);
  const download = ada.waitForEvent("download");
  await shown.getByRole("button", { name: "Download" }).click();
  expect((await download).suggestedFilename()).toBe("zonegate-recovery-codes.txt");
  await shown.getByRole("button", { name: "I have kept them" }).click();
  await panelOf(ada, "Two-step sign-in").getByText("10 of 10 left").waitFor();
});

test("signing in then takes two steps", async () => {
  nextStep();
  const { page } = await visitor(browser, server.origin);
  await enterPassword(page, ADA);
  const code = page.getByLabel("Code", { exact: true });
  await code.waitFor();
  expect(await code.getAttribute("autocomplete")).toBe("one-time-code");
  expect(await code.getAttribute("inputmode")).toBe("numeric");
  expect(await code.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await accessibilityProblems(page)).toEqual([]);
  expect((await page.request.get("/api/account")).status(), "nothing is open in between").toBe(401);

  await code.fill("000000");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText("This code is not right").waitFor();
  await code.fill(codeOf(secret));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL("**/dashboard");
});

test("a recovery code does as well, and is counted down", async () => {
  const { page } = await visitor(browser, server.origin);
  await enterPassword(page, ADA);
  await page.getByRole("button", { name: "Use a recovery code instead" }).click();
  await page.getByLabel("Recovery code").fill(codes[0] ?? "");
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL("**/dashboard");
  await page.goto(SECURITY);
  await panelOf(page, "Two-step sign-in").getByText("9 of 10 left").waitFor();
  await panelOf(page, "Sessions").getByText("Password and second factor").first().waitFor();
});

test("a ticket that has ended leads back to the password, and says why", async () => {
  const { page } = await visitor(browser, server.origin);
  await enterPassword(page, ADA);
  await page.getByLabel("Code", { exact: true }).fill("000000");
  database.prepare("delete from challenges").run();
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText("Enter your password again").waitFor();
  expect(await page.getByLabel("E-mail").inputValue()).toBe(ADA);
});

test("what needs a fresh sign-in asks to confirm, and then goes on by itself", async () => {
  nextStep();
  grow();
  await ada.goto(SECURITY);
  await panelOf(ada, "Two-step sign-in").getByRole("button", { name: "Make new codes" }).click();
  await ada.getByRole("alertdialog").getByRole("button", { name: "Make new codes" }).click();
  const dialog = ada.getByRole("dialog", { name: "Confirm that it is you" });
  await dialog.waitFor();
  expect(await dialog.getByLabel("Password").evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await accessibilityProblems(ada)).toEqual([]);

  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "hidden" });
  expect(await ada.getByRole("alertdialog").getByRole("alert").count(), "nothing happened").toBe(0);

  await ada.getByRole("alertdialog").getByRole("button", { name: "Make new codes" }).click();
  await dialog.getByLabel("Password").fill("not the password");
  await dialog.getByLabel("Code", { exact: true }).fill(codeOf(secret));
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await dialog.getByText("This is not your password.").waitFor();
  await dialog.getByLabel("Password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Confirm" }).click();
  const shown = ada.getByRole("dialog", { name: "Recovery codes" });
  await shown.waitFor();
  const renewed = await shown.getByRole("listitem").allTextContents();
  expect(renewed).toHaveLength(10);
  expect(renewed.filter((code) => codes.includes(code))).toEqual([]);
  await shown.getByRole("button", { name: "I have kept them" }).click();
});

test("a role that asks for a second factor opens nothing but setting one up", async () => {
  const { page } = await visitor(browser, server.origin);
  await signIn(page, BOB, PASSWORD);
  database.prepare("update roles set requires_mfa = 1 where name = 'default'").run();
  for (const target of ["/dashboard", "/dashboard/zones", "/dashboard/organisations", SECURITY]) {
    await page.goto(target);
    await page.waitForURL("**/second-factor**");
  }
  await page.getByRole("heading", { name: "Set up a second factor" }).waitFor();
  expect(await page.getByRole("navigation").count(), "the frame of the dashboard is not there").toBe(0);
  expect((await page.request.get("/api/organisations")).status()).toBe(403);
  expect(await accessibilityProblems(page)).toEqual([]);

  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  const key = ((await page.locator(".select-all").textContent()) ?? "").replaceAll(" ", "");
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByLabel("Code", { exact: true }).fill(codeOf(key));
  await page.getByRole("button", { name: "Turn on" }).click();
  await page.getByRole("list", { name: "Recovery codes" }).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole("button", { name: /go on/ }).click();
  await page.waitForURL(`**${SECURITY}`);
  await panelOf(page, "Two-step sign-in").getByText("so it stays on").waitFor();
  expect(
    await panelOf(page, "Two-step sign-in").getByRole("button", { name: "Turn off two-step sign-in" }).count(),
  ).toBe(0);
  database.prepare("update roles set requires_mfa = 0").run();
});

test("a passkey confirms too, and is the second factor of a session that began with a password", async () => {
  const { context, page } = await visitor(browser, server.origin);
  await signIn(page, EVE, PASSWORD);
  const devices = await context.newCDPSession(page);
  await devices.send("WebAuthn.enable", { enableUI: false });
  await devices.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.goto(SECURITY);
  const add = async () => {
    await page.getByRole("button", { name: "Add passkey" }).click();
    await page.getByRole("dialog", { name: "Add a passkey" }).getByRole("button", { name: "Continue" }).click();
  };
  await add();
  await page.getByRole("table", { name: "Passkeys" }).waitFor();

  // Adding asks to confirm while its own question waits.
  grow();
  await add();
  await page
    .getByRole("dialog", { name: "Confirm that it is you" })
    .getByRole("button", { name: "Use a passkey" })
    .click();
  await page.getByText("holds a passkey of your account already").waitFor();

  database.prepare("update roles set requires_mfa = 1 where name = 'default'").run();
  database.prepare("update sessions set mfa = 0").run();
  await page.goto("/dashboard");
  await page.waitForURL("**/second-factor");
  await page.getByRole("heading", { name: "Confirm that it is you" }).waitFor();
  expect(await page.getByLabel("Password").count(), "the password has been shown").toBe(0);
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.waitForURL("**/dashboard");
  database.prepare("update roles set requires_mfa = 0").run();
});
