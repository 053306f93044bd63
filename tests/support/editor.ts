/** A panel with zones to edit, the editor in a browser, and a hand that counts what every task costs. */
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { signedIn } from "./browser.ts";
import type { Client } from "./server.ts";
import { sharedServer } from "./shared-server.ts";

export interface Wanted {
  name: string;
  type: string;
  ttl: number;
  records: { content: string; disabled?: boolean }[];
}

export const set = (name: string, type: string, ttl: number, ...contents: string[]): Wanted => ({
  name,
  type,
  ttl,
  records: contents.map((content) => ({ content })),
});

export interface EditorStage {
  owner: Client;
  /** A zone of the panel's own with these records. Its API, from after `/api`. */
  zone(name: string, rrsets?: readonly Wanted[]): Promise<string>;
  /** A member with this level in the zone. */
  member(name: string, zone: string, level: object): Promise<Client>;
  /** `www A 300 192.0.2.1` for each RRset of the zone, SOA and apex NS left out. */
  records(zone: string): Promise<string[]>;
}

/** The organisation's handle is the test file's own. */
export async function startEditorStage(handle: string): Promise<EditorStage> {
  const server = await sharedServer();
  const owner = await server.person(`Owner of ${handle}`, "root");
  await owner.call("POST", "/organisations", { name: "Acme", handle });
  const zones = `/organisations/${handle}/dns/zones`;
  return {
    owner,
    async zone(name, rrsets = []) {
      await owner.call("POST", zones, { name, connection: "local" });
      const api = `${zones}/${name}`;
      if (rrsets.length > 0) await owner.call("POST", `${api}/changes`, { rrsets });
      return api;
    },
    async member(name, zone, level) {
      const person = await server.person(`${name} of ${handle}`);
      await owner.call("POST", `/organisations/${handle}/members`, { email: person.email, role: "member" });
      await owner.call("PUT", `${zone}/permissions/${person.id}`, level);
      return person;
    },
    async records(zone) {
      type Row = { relative: string; type: string; ttl: number; records: { content: string; disabled?: boolean }[] };
      const { items } = await owner.call<{ items: Row[] }>("GET", `${zone}/rrsets?perPage=200`);
      return items
        .filter(({ relative, type }) => relative !== "@" || (type !== "SOA" && type !== "NS"))
        .map(({ relative, type, ttl, records }) => {
          const contents = records.map(({ content, disabled }) => (disabled ? `(${content})` : content));
          return `${relative} ${type} ${ttl} ${contents.join(", ")}`;
        });
    },
  };
}

export interface Look {
  /** Somebody who only looks: there is nothing to wait for. */
  reads?: boolean;
  theme?: "light" | "dark";
  phone?: boolean;
}

/** The records of a zone in a browser of somebody's own. */
export async function openZone(
  browser: Browser,
  client: Client,
  zone: string,
  { theme = "light", phone = false, reads = false }: Look = {},
): Promise<{ context: BrowserContext; page: Page }> {
  const { context, page } = await signedIn(browser, client, {
    viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 860 },
    hasTouch: phone,
    colorScheme: theme,
    locale: "en-GB",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await context.addCookies([{ name: "theme", value: theme, url: client.origin }]);
  await page.goto(pathOf(zone));
  if (!reads) await editorReady(page);
  return { context, page };
}

/** The page's script has taken over. */
export const editorReady = (page: Page): Promise<void> =>
  page.getByRole("button", { name: "Add record", exact: true, disabled: false }).waitFor();

export const pathOf = (zone: string): string => `/dashboard${zone.replace("/dns/zones/", "/zones/")}`;

export interface Cost {
  /** Keys that are no text: Tab, Enter, `n`, shortcuts. */
  keys: number;
  clicks: number;
  /** Characters of names and values. */
  characters: number;
}

/** Works as a person does, and counts. */
export function handOn(page: Page) {
  let cost: Cost = { keys: 0, clicks: 0, characters: 0 };
  return {
    async press(...keys: string[]): Promise<void> {
      for (const key of keys) {
        cost.keys += 1;
        await page.keyboard.press(key);
      }
    },
    async type(text: string): Promise<void> {
      cost.characters += text.length;
      await page.keyboard.type(text);
    },
    async click(target: Locator): Promise<void> {
      cost.clicks += 1;
      await target.click();
    },
    /** What was spent since the last time. */
    spent(): Cost {
      const spent = cost;
      cost = { keys: 0, clicks: 0, characters: 0 };
      return spent;
    },
  };
}

export const clipboard = (page: Page, text: string): Promise<void> =>
  page.evaluate((text) => navigator.clipboard.writeText(text), text);

export const clipboardText = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

/** The row of a name and type, by its place in the table. */
export const rowOf = (page: Page, zone: string, name: string, type: string): Locator => {
  const apex = `${zone.split("/").at(-1)}.`;
  return page.locator(`tr[data-key="${name === "@" ? apex : `${name}.${apex}`} ${type}"]`);
};

/** Through the review into the zone. */
export async function apply(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Review changes" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Apply" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Review changes" }).waitFor({ state: "hidden" });
}
