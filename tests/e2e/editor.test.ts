import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sharedBrowser } from "../support/browser.ts";
import {
  apply,
  type Cost,
  clipboard,
  clipboardText,
  type EditorStage,
  editorReady,
  handOn,
  openZone,
  pathOf,
  rowOf,
  set,
  startEditorStage,
} from "../support/editor.ts";

let stage: EditorStage;
let browser: Browser;
const costs: Record<string, Cost> = {};

beforeAll(async () => {
  stage = await startEditorStage("edited");
  browser = await sharedBrowser();
});

afterAll(async () => {
  await browser?.close();
  console.table(costs);
});

/** What a task may cost at most; the characters of names and values are what they are. */
function within(task: string, spent: Cost, most: Omit<Cost, "characters">): void {
  costs[task] = spent;
  expect({ keys: Math.max(spent.keys, most.keys), clicks: Math.max(spent.clicks, most.clicks) }, task).toEqual(most);
}

const focused = (page: Page) =>
  page.evaluate(
    () => document.activeElement?.closest("tr")?.getAttribute("data-key") ?? document.activeElement?.tagName,
  );

/** The form has the focus as soon as it is there. */
const typing = (page: Page) =>
  page.waitForFunction(() => (document.activeElement as HTMLElement | null)?.dataset.focus !== undefined);

describe("what an edit costs", () => {
  let zone: string;
  let page: Page;
  let hand: ReturnType<typeof handOn>;
  const cell = (name: string, type: string, column: "TTL" | "Content") =>
    rowOf(page, zone, name, type).locator(`td:nth-child(${column === "TTL" ? 3 : 4})`);

  beforeAll(async () => {
    zone = await stage.zone("cost.example", [set("www", "A", 3600, "192.0.2.1"), set("old", "A", 3600, "192.0.2.2")]);
    ({ page } = await openZone(browser, stage.owner, zone));
    hand = handOn(page);
  });

  test("an A record is added", async () => {
    await hand.press("n");
    await typing(page);
    await hand.type("api");
    await hand.press("Tab", "Tab");
    await hand.type("192.0.2.7");
    await hand.press("Enter");
    await page.getByRole("button", { name: "Discard api A" }).waitFor();
    within("add an A record", hand.spent(), { keys: 4, clicks: 0 });
    expect(await focused(page), "the focus is on what was added").toBe("api.cost.example. A");
  });

  test("a TTL is changed", async () => {
    await hand.click(cell("www", "A", "TTL"));
    await typing(page);
    await hand.type("5m");
    await hand.press("Enter");
    await page.getByRole("button", { name: "Undo changes to www A" }).waitFor();
    within("change a TTL", hand.spent(), { keys: 1, clicks: 1 });
    expect(await cell("www", "A", "TTL").innerText()).toContain("300");
  });

  test("a value is replaced", async () => {
    await hand.click(cell("www", "A", "Content"));
    await typing(page);
    await hand.type("192.0.2.8");
    await hand.press("Enter");
    await page.getByText("192.0.2.8").waitFor();
    within("replace a value", hand.spent(), { keys: 1, clicks: 1 });
  });

  test("a record is removed", async () => {
    await hand.click(page.getByRole("button", { name: "Remove old A" }));
    await page.getByRole("button", { name: "Keep old A" }).waitFor();
    within("delete a record", hand.spent(), { keys: 0, clicks: 1 });
    expect(await focused(page)).toBe("old.cost.example. A");
  });

  test("it is undone and done again", async () => {
    await hand.press("Control+z");
    await page.getByRole("button", { name: "Remove old A" }).waitFor();
    within("undo", hand.spent(), { keys: 1, clicks: 0 });
    await hand.press("Shift+Control+Z");
    await page.getByRole("button", { name: "Keep old A" }).waitFor();
    within("redo", hand.spent(), { keys: 1, clicks: 0 });
  });

  test("ten lines are pasted", async () => {
    await clipboard(page, Array.from({ length: 10 }, (_, n) => `host${n} 300 IN A 192.0.2.${n + 20}`).join("\n"));
    await hand.press("Control+v");
    await page.getByText("10 pasted records are in the draft.").first().waitFor();
    within("paste ten lines", hand.spent(), { keys: 1, clicks: 0 });
    expect(await page.getByRole("button", { name: /^Discard host\d A$/ }).count()).toBe(10);
  });

  test("the draft outlives a reload, and is reviewed and applied", async () => {
    await page.reload();
    await editorReady(page);
    await page.getByRole("button", { name: "Discard host3 A" }).waitFor();
    await hand.press("Control+Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Apply", disabled: false }).waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === "Apply");
    await hand.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    within("review and apply", hand.spent(), { keys: 2, clicks: 0 });
    const records = await stage.records(zone);
    expect(records).toContain("www A 300 192.0.2.8");
    expect(records).toContain("api A 3600 192.0.2.7");
    expect(records).toHaveLength(12);
  });

  test("selected rows are copied as lines that any zone takes", async () => {
    const other = await stage.zone("copied.example");
    await page.getByRole("checkbox", { name: "Select www A" }).check();
    await page.getByRole("checkbox", { name: "Select api A" }).check();
    await hand.press("Control+c");
    expect((await clipboardText(page)).trim().split("\n").toSorted()).toEqual([
      "api\t3600\tIN\tA\t192.0.2.7",
      "www\t300\tIN\tA\t192.0.2.8",
    ]);
    await page.goto(pathOf(other));
    await editorReady(page);
    await page.keyboard.press("Control+v");
    await page.getByRole("button", { name: "Discard www A" }).waitFor();
    await apply(page);
    expect(await stage.records(other)).toEqual(["api A 3600 192.0.2.7", "www A 300 192.0.2.8"]);
  });
});

describe("the ways people work", () => {
  test("a new domain gets its first ten records without leaving the keyboard", async () => {
    const zone = await stage.zone("first.example");
    const { page, context } = await openZone(browser, stage.owner, zone);
    const hand = handOn(page);
    await page.getByText("Nothing but the zone itself").waitFor();
    await hand.press("n");
    const form = page.getByRole("form", { name: "Add record" });
    const add = async (name: string, type: string, ...values: string[]) => {
      await form.waitFor();
      await page.waitForFunction(() => (document.activeElement as HTMLInputElement | null)?.dataset.focus === "name");
      await hand.type(name);
      await hand.press("Tab");
      if (type !== "") await hand.type(type);
      for (const value of values) {
        await hand.press("Tab");
        await hand.type(value);
      }
      await hand.press("Shift+Enter");
      await page
        .getByRole("button", { name: `Discard ${name === "" ? "@" : name} ` })
        .first()
        .waitFor();
    };
    await add("", "", "192.0.2.10");
    // Nobody has to say that this is an AAAA, nor that the next one is none.
    await add("@", "", "2001:db8::10");
    await add("mail", "", "192.0.2.11");
    await add("*.dev", "", "192.0.2.12");
    await add("www", "cn", "first.example");
    await add("@", "m", "10", "mail");
    await add("@", "", "20", "mail2.example.net");
    await add("@", "t", "v=spf1 mx -all");
    await add("_dmarc", "", "v=DMARC1; p=reject; rua=mailto:dmarc@first.example");
    await add("_sip._tcp", "s", "10", "5", "5060", "sip.example.net");
    await hand.press("Escape", "Control+Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Apply", disabled: false }).waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === "Apply");
    await hand.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    within("ten first records", hand.spent(), { keys: 40, clicks: 0 });
    expect(await stage.records(zone)).toEqual([
      "@ A 3600 192.0.2.10",
      "@ AAAA 3600 2001:db8::10",
      "@ MX 3600 10 mail.first.example., 20 mail2.example.net.",
      '@ TXT 3600 "v=spf1 mx -all"',
      '_dmarc TXT 3600 "v=DMARC1; p=reject; rua=mailto:dmarc@first.example"',
      "_sip._tcp SRV 3600 10 5 5060 sip.example.net.",
      "*.dev A 3600 192.0.2.12",
      "mail A 3600 192.0.2.11",
      "www CNAME 3600 first.example.",
    ]);
    await context.close();
  });

  test("mail moves to another host: MX replaced, SPF changed by its parts", async () => {
    const zone = await stage.zone("mail.example", [
      set("@", "MX", 3600, "10 mx1.old.example.", "20 mx2.old.example."),
      set("@", "TXT", 3600, '"v=spf1 include:_spf.old.example ~all"', '"site-verification=abc"'),
    ]);
    const { page, context } = await openZone(browser, stage.owner, zone);
    const hand = handOn(page);
    await page.getByText("Mail from anything else is marked as suspicious.").waitFor();
    await hand.click(page.getByRole("button", { name: "Edit @ MX" }));
    const form = page.getByRole("form");
    await form.getByLabel("Mail server").first().fill("mx1.new.example");
    await form.getByLabel("Mail server").nth(1).fill("mx2.new.example");
    await hand.press("Enter");
    await page.getByRole("button", { name: "Undo changes to @ MX" }).waitFor();

    await hand.click(page.getByRole("button", { name: "Edit @ TXT" }));
    await hand.click(page.getByRole("button", { name: "Edit SPF by its parts" }));
    await page.getByLabel("Sender 1: name or address").fill("_spf.new.example");
    await page.getByLabel("Mail from anything else").selectOption("-");
    expect(await form.getByLabel("Text", { exact: true }).nth(1).inputValue()).toBe(
      "v=spf1 include:_spf.new.example -all",
    );
    await form.getByText("Mail from anything else is rejected.").waitFor();
    await form.getByLabel("Text", { exact: true }).nth(1).press("Enter");
    await page.getByRole("button", { name: "Undo changes to @ TXT" }).waitFor();
    await apply(page);
    expect(await stage.records(zone)).toEqual([
      "@ MX 3600 10 mx1.new.example., 20 mx2.new.example.",
      '@ TXT 3600 "site-verification=abc", "v=spf1 include:_spf.new.example -all"',
    ]);
    // The new host is not ready: one click brings all of it back.
    await page.locator("[data-sonner-toast]").getByRole("button", { name: "Undo" }).click();
    await page.getByText("It is as it was before.").waitFor();
    expect(await stage.records(zone)).toEqual([
      "@ MX 3600 10 mx1.old.example., 20 mx2.old.example.",
      '@ TXT 3600 "site-verification=abc", "v=spf1 include:_spf.old.example ~all"',
    ]);
    await context.close();
  });

  test("a DMARC record is made of its parts by somebody who does not know how it is written", async () => {
    const zone = await stage.zone("dmarc.example", [set("@", "MX", 3600, "10 mail.example.net.")]);
    const { page, context } = await openZone(browser, stage.owner, zone);
    await page.getByRole("button", { name: "Add record", exact: true }).click();
    const form = page.getByRole("form", { name: "Add record" });
    await form.getByLabel("Type").selectOption("TXT");
    await form.getByRole("button", { name: "DMARC" }).click();
    await form.getByLabel("Mail that fails").selectOption("quarantine");
    await form.getByLabel("Reports to").fill("dmarc@dmarc.example");
    await form.getByText("goes to the junk folder. Reports go to dmarc@dmarc.example.").waitFor();
    await form.getByRole("button", { name: "Save to draft" }).click();
    await apply(page);
    expect(await stage.records(zone)).toContain(
      '_dmarc TXT 3600 "v=DMARC1; p=quarantine; rua=mailto:dmarc@dmarc.example"',
    );
    await context.close();
  });

  test("TTLs are lowered before a move, all in one go", async () => {
    const hosts = ["a", "b", "c", "d"].map((name, n) => set(name, "A", 86400, `192.0.2.${n + 1}`));
    const zone = await stage.zone("lower.example", [...hosts, set("txt", "TXT", 86400, '"stays"')]);
    const { page, context } = await openZone(browser, stage.owner, zone);
    const hand = handOn(page);
    await hand.click(page.getByRole("link", { name: "A 4", exact: true }));
    await page.waitForURL("**type=A");
    await rowOf(page, zone, "txt", "TXT").waitFor({ state: "detached" });
    await hand.click(page.getByRole("checkbox", { name: "Select all records of this page" }));
    await hand.click(page.getByRole("button", { name: "Change TTL" }));
    await hand.type("5m");
    await hand.press("Enter");
    await page.getByText("4 changed").waitFor();
    await hand.press("Control+Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Apply" }).waitFor();
    const brake = dialog.getByRole("checkbox");
    if ((await brake.count()) > 0) await brake.check();
    await dialog.getByRole("button", { name: "Apply", disabled: false }).click();
    await dialog.waitFor({ state: "hidden" });
    within("lower four TTLs", hand.spent(), { keys: 2, clicks: 3 });
    expect(await stage.records(zone)).toEqual([
      ...["a", "b", "c", "d"].map((name, n) => `${name} A 300 192.0.2.${n + 1}`),
      'txt TXT 86400 "stays"',
    ]);
    await context.close();
  });

  test("a typo in a name is found and put right from the keyboard", async () => {
    const zone = await stage.zone("typo.example", [
      set("wwww", "A", 300, "192.0.2.1"),
      set("mail", "A", 300, "192.0.2.2"),
    ]);
    const { page, context } = await openZone(browser, stage.owner, zone);
    const hand = handOn(page);
    await hand.press("/");
    await hand.type("wwww");
    await rowOf(page, zone, "mail", "A").waitFor({ state: "detached" });
    await hand.press("ArrowDown");
    expect(await focused(page)).toBe("wwww.typo.example. A");
    await hand.press("e");
    await typing(page);
    await hand.press("Shift+Tab", "Shift+Tab");
    await hand.type("www");
    await hand.press("Enter");
    await page.getByText("1 added").waitFor();
    await page.getByText("1 removed").waitFor();
    within("fix a name", hand.spent(), { keys: 6, clicks: 0 });
    await apply(page);
    expect(await stage.records(zone)).toEqual(["mail A 300 192.0.2.2", "www A 300 192.0.2.1"]);
    await context.close();
  });
});
