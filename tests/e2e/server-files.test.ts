/** The files and backups of a server in the browser, which sends and gets what is in them at the node itself. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityProblems, sharedBrowser, signedIn } from "../support/browser.ts";
import { type PlacedServer, placeServer } from "../support/place-server.ts";
import { sharedServer } from "../support/shared-server.ts";
import { startWings, type Wings } from "../support/wings.ts";

let browser: Browser;
let wings: Wings;
let page: Page;
let place: PlacedServer;

beforeAll(async () => {
  const panel = await sharedServer();
  browser = await sharedBrowser();
  wings = await startWings({ version: "1.13.1" });
  const owner = await panel.person("Owner of files");
  place = await placeServer(panel, wings, owner);
  mkdirSync(path.join(place.folder, "plugins"));
  writeFileSync(path.join(place.folder, "server.properties"), "motd=Hello\n");
  ({ page } = await signedIn(browser, owner));
});
afterAll(async () => {
  await browser?.close();
  await wings?.close();
});

const said = (name: string) => readFileSync(path.join(place.folder, name), "utf8");
const button = (name: string) => page.getByRole("button", { name, exact: true });
const dialog = () => page.getByRole("dialog");

test("files are browsed, edited, uploaded, moved and deleted", async () => {
  await page.goto(`/dashboard/servers/${place.uuid.slice(0, 8)}/files`);
  await page.waitForURL(`**/dashboard/servers/${place.id}/files`);
  await page.getByRole("link", { name: "plugins" }).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);

  await button("server.properties").click();
  const editor = page.getByRole("textbox", { name: "Content of server.properties" });
  await editor.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("pvp=false");
  expect(await accessibilityProblems(page)).toEqual([]);
  await dialog().getByRole("button", { name: "Save" }).click();
  await page.getByText("server.properties was saved").waitFor();
  expect(said("server.properties")).toBe("motd=Hello\npvp=false");
  await editor.click();
  await page.keyboard.type("!");
  await dialog().getByRole("button", { name: "Close" }).last().click();
  await page.getByText("What you changed is not saved.").waitFor();
  await button("Close without saving").click();

  await button("New folder").click();
  await dialog().getByLabel("Name").fill("..");
  await dialog().getByRole("button", { name: "Create" }).click();
  await page.getByText(/A name has no slash/).waitFor();
  await dialog().getByLabel("Name").fill("worlds");
  await dialog().getByRole("button", { name: "Create" }).click();
  await page.getByRole("link", { name: "worlds" }).waitFor();

  // To the node itself, which the page may call.
  await page.getByLabel("Files to upload").setInputFiles([
    { name: "one.txt", mimeType: "text/plain", buffer: Buffer.from("one") },
    { name: "two.jar", mimeType: "application/java-archive", buffer: Buffer.from("two") },
  ]);
  await page.getByText("2 files were uploaded").waitFor();
  await button("one.txt").waitFor();
  expect([said("one.txt"), said("two.jar")]).toEqual(["one", "two"]);

  const [download] = await Promise.all([page.waitForEvent("download"), button("Download two.jar").click()]);
  expect(readFileSync(await download.path(), "utf8")).toBe("two");

  await page.getByLabel("Choose one.txt").check();
  await page.getByLabel("Choose two.jar").check();
  await button("Move").click();
  await dialog().getByLabel("Into the folder").fill("/worlds");
  await dialog().getByRole("button", { name: "Move" }).click();
  await dialog().waitFor({ state: "hidden" });
  await page.getByRole("link", { name: "worlds" }).click();
  // What was moved may still stand in the folder that it was in.
  await page.getByRole("navigation", { name: "Folder" }).getByText("worlds", { exact: true }).waitFor();
  await button("one.txt").waitFor();
  await button("Rename one.txt").click();
  await dialog().getByLabel("Name").fill("first.txt");
  await dialog().getByRole("button", { name: "Rename" }).click();
  await button("first.txt").waitFor();
  await page.getByLabel("Choose all").check();
  await button("Delete").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("This folder is empty").waitFor();
  expect(existsSync(path.join(place.folder, "worlds/first.txt"))).toBe(false);
  expect(await accessibilityProblems(page)).toEqual([]);
});

test("backups are made, fetched, restored and deleted", async () => {
  await page.goto(`/dashboard/servers/${place.id}/backups`);
  await page.getByText("There are no backups yet").waitFor();
  await button("Create a backup").click();
  await dialog().getByLabel("Name").fill("Before the update");
  expect(await accessibilityProblems(page)).toEqual([]);
  await dialog().getByRole("button", { name: "Create it" }).click();
  // The page looks again by itself.
  await page.getByText("Done", { exact: true }).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  const [download] = await Promise.all([page.waitForEvent("download"), button("Download Before the update").click()]);
  expect(readFileSync(await download.path()).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  writeFileSync(path.join(place.folder, "server.properties"), "broken");
  await button("Restore Before the update").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Restore it" }).click();
  await page.getByText("Before the update is being restored").waitFor();
  await expect.poll(() => said("server.properties"), { timeout: 30_000 }).toContain("motd=Hello");
  await wings.settled();
  await button("Lock Before the update").click();
  await page.getByText("Locked").waitFor();
  await button("Unlock Before the update").click();
  await button("Delete Before the update").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete backup" }).click();
  await page.getByText("There are no backups yet").waitFor();
});

test("a page lets browsers call the node of its own server, and no other page does", async () => {
  const policy = async (target: string) =>
    (await page.request.get(target, { maxRedirects: 0 }))
      .headers()
      ["content-security-policy"]?.match(/connect-src ([^;]*)/)?.[1];
  const node = `http://127.0.0.1:${wings.port} ws://127.0.0.1:${wings.port}`;
  expect(await policy(`/dashboard/servers/${place.id}/files?folder=/x`)).toBe(`'self' ${node}`);
  for (const other of ["/dashboard", "/dashboard/servers", `/dashboard/servers/${place.uuid}/files`, "/login"])
    expect(await policy(other), other).toBe("'self'");
  expect(await policy("/dashboard/servers/019a0000-0000-7000-8000-00000000e2e1/files")).toBe("'self'");
});
