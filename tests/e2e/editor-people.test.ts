import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityProblems, sharedBrowser } from "../support/browser.ts";
import {
  apply,
  clipboard,
  type EditorStage,
  openZone,
  pathOf,
  rowOf,
  set,
  startEditorStage,
} from "../support/editor.ts";

let stage: EditorStage;
let browser: Browser;

beforeAll(async () => {
  stage = await startEditorStage("edited-by-many");
  browser = await sharedBrowser();
});

afterAll(async () => {
  await browser?.close();
});

const editValue = async (page: Page, label: string, value: string) => {
  await page.getByRole("button", { name: `Edit ${label}` }).click();
  const form = page.getByRole("form", { name: `Edit ${label}` });
  await form.getByLabel("IPv4 address").first().fill(value);
  await form.getByRole("button", { name: "Save to draft" }).click();
  await form.waitFor({ state: "detached" });
};

test("two people edit the same record: the second sees all three states and decides", async () => {
  const zone = await stage.zone("two.example", [set("www", "A", 300, "192.0.2.1")]);
  const other = await stage.member("second", zone, { level: "full" });
  const mine = await openZone(browser, stage.owner, zone);
  const theirs = await openZone(browser, other, zone);
  await editValue(mine.page, "www A", "192.0.2.10");
  await editValue(theirs.page, "www A", "192.0.2.20");
  await apply(theirs.page);

  await mine.page.getByRole("button", { name: "Review changes" }).click();
  const dialog = mine.page.getByRole("dialog");
  await dialog.getByText("was changed by somebody else").waitFor();
  const states = await dialog.getByRole("definition").allInnerTexts();
  expect(states.map((text) => text.split("\n").at(-1))).toEqual(["192.0.2.20", "192.0.2.10", "192.0.2.1"]);
  expect(await dialog.getByRole("button", { name: "Apply" }).isDisabled()).toBe(true);
  expect(await accessibilityProblems(mine.page)).toEqual([]);
  await dialog.getByRole("button", { name: "Rebase onto what is there now: www A" }).click();
  await dialog.getByRole("button", { name: "Apply", disabled: false }).click();
  await dialog.waitFor({ state: "hidden" });
  expect(await stage.records(zone)).toEqual(["www A 300 192.0.2.10"]);
  await mine.context.close();
  await theirs.context.close();
});

describe("levels", () => {
  let zone: string;
  beforeAll(async () => {
    zone = await stage.zone("levels.example", [
      set("pool", "A", 300, "192.0.2.1", "192.0.2.2"),
      set("www", "A", 300, "192.0.2.3"),
    ]);
  });

  test("edit changes and adds values of many, and takes none away", async () => {
    const { page, context } = await openZone(browser, await stage.member("editor", zone, { level: "edit" }), zone);
    await page.getByRole("button", { name: "Edit pool A" }).click();
    const form = page.getByRole("form");
    expect(await form.getByRole("button", { name: /Remove value/ }).count()).toBe(0);
    expect(await form.getByRole("checkbox", { name: /do not serve/ }).count()).toBe(0);
    expect(await form.getByLabel("Name", { exact: true }).getAttribute("readonly")).not.toBeNull();
    await form.getByLabel("IPv4 address").first().fill("192.0.2.11");
    await form.getByRole("button", { name: "Add value" }).click();
    await form.getByLabel("IPv4 address").nth(2).fill("192.0.2.12");
    // What was added in the form may leave it again.
    expect(await form.getByRole("button", { name: /Remove value/ }).count()).toBe(3);
    await form.getByRole("button", { name: "Save to draft" }).click();
    expect(await page.getByRole("button", { name: /^Remove / }).count()).toBe(0);
    await page.getByRole("checkbox", { name: "Select www A" }).check();
    const bar = page.getByRole("region", { name: "Selected records" });
    expect(await bar.getByRole("button").allInnerTexts()).toEqual(["Change TTL", "Copy", "Clear selection"]);
    await page.getByRole("checkbox", { name: "Select www A" }).uncheck();
    await apply(page);
    expect(await stage.records(zone)).toEqual(["pool A 300 192.0.2.11, 192.0.2.12, 192.0.2.2", "www A 300 192.0.2.3"]);
    await context.close();
  });

  test("a narrowed level is marked where it does not reach, and pastes only what it may", async () => {
    const client = await stage.member("narrowed", zone, { level: "full", names: ["*.dev"], types: [] });
    const { page, context } = await openZone(browser, client, zone);
    await page.getByRole("button", { name: "Add record", exact: true }).waitFor();
    expect(await rowOf(page, zone, "www", "A").innerText()).toContain("view only");
    expect(await page.getByRole("button", { name: /^(Edit|Remove) / }).count()).toBe(0);
    await clipboard(page, "www A 192.0.2.99\napp.dev A 192.0.2.98");
    await page.keyboard.press("Control+v");
    await page.getByText("Line 1, column 1: Your level for www A is view.").waitFor();
    await page.getByRole("button", { name: "Discard app.dev A" }).waitFor();
    await apply(page);
    expect(await stage.records(zone)).toContain("app.dev A 3600 192.0.2.98");
    await context.close();
  });

  test("view sees records and nothing to edit them with", async () => {
    const { page, context } = await openZone(browser, await stage.member("viewer", zone, { level: "view" }), zone, {
      reads: true,
    });
    await page.getByText("192.0.2.3").waitFor();
    expect(await page.getByRole("checkbox").count()).toBe(0);
    expect(await page.getByRole("button", { name: /add record|paste|^edit|^remove|review/i }).count()).toBe(0);
    await page.keyboard.press("n");
    await page.locator("td", { hasText: "192.0.2.3" }).first().click();
    expect(await page.getByRole("form").count()).toBe(0);
    await context.close();
  });
});

test("records come from another host's export: nothing is lost without a word", async () => {
  const zone = await stage.zone("moved.example", [set("www", "A", 300, "192.0.2.1")]);
  const { page, context } = await openZone(browser, stage.owner, zone);
  await page.getByRole("button", { name: "Paste records" }).click();
  const form = page.getByRole("form", { name: "Paste records" });
  await form.getByRole("textbox").fill(`$ORIGIN moved.example.
$TTL 1h
@ IN SOA ns1.other.example. admin.other.example. (
    2026010101 ; serial
    3600 900 604800 300 )
@ IN NS ns1.other.example.
www 300 IN A 192.0.2.1
www 300 IN A 192.0.2.2
mail IN A 192.0.2.300
ftp.moved.example IN CNAME www
@ IN MX 10 mail ; the old one
@ IN TXT "v=spf1 mx -all"
foo IN NOSUCH data
elsewhere.example. IN A 192.0.2.4
`);
  await form.getByRole("button", { name: "Add to the draft" }).click();
  const report = page.getByRole("region", { name: "What was pasted" });
  await report.getByText("5 records are in the draft, 5 lines are not.").waitFor();
  expect((await report.getByRole("listitem").locator("p").allInnerTexts()).map((text) => text.split(":")[0])).toEqual([
    "Line 3, column 1",
    "Line 6, column 1",
    "Line 9, column 11",
    "Line 10, column 1",
    "Line 13, column 8",
    "Line 14, column 1",
  ]);
  expect(await accessibilityProblems(page)).toEqual([]);
  await apply(page);
  expect(await stage.records(zone)).toEqual([
    "@ MX 3600 10 mail.moved.example.",
    '@ TXT 3600 "v=spf1 mx -all"',
    "ftp CNAME 3600 www.moved.example.",
    "www A 300 192.0.2.1, 192.0.2.2",
  ]);
  await context.close();
});

test("whoever leaves with a draft is asked, and finds it again", async () => {
  const zone = await stage.zone("leave.example", [set("www", "A", 300, "192.0.2.1")]);
  const { page, context } = await openZone(browser, stage.owner, zone);
  await editValue(page, "www A", "192.0.2.5");
  await page.getByRole("link", { name: "History" }).click();
  await page.waitForURL("**/history");
  await page.getByRole("link", { name: "Records" }).click();
  await page.getByRole("button", { name: "Undo changes to www A" }).waitFor();
  await page.getByRole("link", { name: "Members" }).first().click();
  const question = page.getByRole("alertdialog", { name: "Leave without applying the draft?" });
  await question.getByText("1 changed").waitFor();
  await question.getByRole("button", { name: "Cancel" }).click();
  expect(new URL(page.url()).pathname).toBe(pathOf(zone));
  await page.getByRole("link", { name: "Members" }).first().click();
  await question.getByRole("button", { name: "Leave" }).click();
  await page.waitForURL("**/members");
  await page.goto(pathOf(zone));
  await page.getByRole("button", { name: "Undo changes to www A" }).waitFor();
  await context.close();
});

describe("a zone of thousands", () => {
  const COUNT = 4000;
  let zone: string;
  beforeAll(async () => {
    const rrsets = Array.from({ length: COUNT }, (_, n) =>
      set(`host${String(n).padStart(4, "0")}`, "A", 300, `10.0.${n >> 8}.${n & 255}`),
    );
    zone = await stage.zone("large.example", rrsets);
  });

  test("a page of it is served, and a record of the thousands is found, edited and applied", async () => {
    const { page, context } = await openZone(browser, stage.owner, zone);
    await page.getByText("4,002 record sets").waitFor();
    expect(await page.locator("tr[data-key]").count()).toBe(50);
    await page.keyboard.press("/");
    await page.keyboard.type("host3141");
    await rowOf(page, zone, "host0000", "A").waitFor({ state: "detached" });
    await editValue(page, "host3141 A", "10.9.9.9");
    await page.getByRole("searchbox").fill("host2718");
    await page.getByRole("button", { name: "Remove host2718 A" }).click();
    // The draft goes along from page to page.
    await page.getByRole("region", { name: "Also in this draft" }).getByText("host3141 A").waitFor();
    await apply(page);
    const answer = await stage.owner.call<{ total: number }>("GET", `${zone}/rrsets?type=A`);
    expect(answer.total).toBe(COUNT - 1);
    const found = await stage.owner.call<{ items: { records: object[] }[] }>("GET", `${zone}/rrsets?q=host3141`);
    expect(found.items[0]?.records).toEqual([{ content: "10.9.9.9" }]);
    await context.close();
  });

  test("what is typed in a form is still there after a search, another order and another page", async () => {
    const { page, context } = await openZone(browser, stage.owner, zone);
    await page.getByRole("button", { name: "Edit host0007 A" }).click();
    const form = page.getByRole("form", { name: "Edit host0007 A" });
    const value = form.getByLabel("IPv4 address").first();
    await value.fill("10.7.7.7");
    await page.getByRole("searchbox").fill("host1618");
    await rowOf(page, zone, "host1618", "A").waitFor();
    expect(await value.inputValue()).toBe("10.7.7.7");
    await page.getByRole("searchbox").fill("");
    await rowOf(page, zone, "host0000", "A").waitFor();
    expect(await value.inputValue()).toBe("10.7.7.7");
    await page.getByRole("columnheader", { name: "Name" }).getByRole("link").click();
    await rowOf(page, zone, "host3999", "A").waitFor();
    await page.getByRole("link", { name: "Next", exact: true }).click();
    await rowOf(page, zone, "host3999", "A").waitFor({ state: "detached" });
    expect(await value.inputValue()).toBe("10.7.7.7");
    await value.press("Enter");
    await form.waitFor({ state: "detached" });
    await page.getByRole("region", { name: "Also in this draft" }).getByText("10.7.7.7").waitFor();
    await context.close();
  });
});

describe.each([
  { theme: "light", phone: false },
  { theme: "dark", phone: true },
] as const)("for everybody, $theme, phone: $phone", (look) => {
  test("no state of the editor has problems that axe finds, nor scrolls sideways", async () => {
    const name = `axe-${look.theme}-${look.phone ? "phone" : "wide"}.example`;
    const zone = await stage.zone(name, [
      set("@", "MX", 3600, "10 mail"),
      set("@", "TXT", 3600, '"v=spf1 include:a ip4:1 +all"', `"${"long ".repeat(50)}"`),
      set("pool", "A", 300, ...Array.from({ length: 9 }, (_, n) => `192.0.2.${n + 1}`)),
      set("xn--mnchen-3ya", "A", 300, "192.0.2.80"),
      { name: "off", type: "A", ttl: 60, records: [{ content: "192.0.2.81", disabled: true }] },
    ]);
    const { page, context } = await openZone(browser, stage.owner, zone, look);
    const fine = async (state: string) => {
      expect(await accessibilityProblems(page), state).toEqual([]);
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(wider, state).toBe(0);
    };
    await page.getByText("münchen").waitFor();
    await page.getByText("and 5 more values").click();
    await fine("the table");
    await page.getByRole("button", { name: "Edit @ TXT" }).click();
    await page.getByRole("button", { name: "Edit SPF by its parts" }).click();
    await fine("a form");
    await page.keyboard.press("Escape");
    await editValue(page, "off A", "192.0.2.99");
    await page.getByRole("button", { name: "Remove @ MX" }).click();
    await page.getByRole("button", { name: "Add record", exact: true }).click();
    await page.getByRole("form").getByLabel("Name", { exact: true }).fill("new");
    await page.getByRole("form").getByLabel("IPv4 address").fill("nonsense");
    await page.getByRole("button", { name: "Save to draft" }).click();
    await page.getByText("An IPv4 address is four numbers").waitFor();
    await fine("a form with an error");
    await page.getByRole("form").getByLabel("IPv4 address").fill("192.0.2.7");
    await page.getByRole("button", { name: "Save to draft" }).click();
    await page.getByRole("button", { name: "Discard new A" }).waitFor();
    await page.getByRole("checkbox", { name: "Select pool A" }).check();
    await page.getByRole("button", { name: "Change TTL" }).click();
    await fine("a draft and a selection");
    await page.getByRole("button", { name: "Clear selection" }).click();
    await page.getByRole("button", { name: "Review changes" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Apply" }).waitFor();
    await page.getByRole("dialog").getByText("Added").first().waitFor();
    await fine("the review");
    await context.close();
  });
});
