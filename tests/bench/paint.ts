/** `paint`: how long a person waits for the editor of a small and of a large zone: until something is seen, and until a record can be edited. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import type { BrowserContext } from "playwright-core";
import { chromiumAvailable, launch } from "../support/browser.ts";
import { startServer } from "../support/server.ts";
import { administrator } from "./bench-zone.ts";
import { median, type Row, row } from "./figures.ts";
import { fillMirror } from "./seed.ts";

const BENCH = "paint";
const [SMALL, LARGE] = [1_000, 100_000];
const LOADS = 7;

export async function paint(): Promise<Row[]> {
  const missing = chromiumAvailable();
  if (missing !== null) throw new Error(missing);
  const dataDir = mkdtempSync(path.join(tmpdir(), "zonegate-paint-"));
  const server = await startServer({ dataDir });
  const browser = await launch();
  try {
    const client = await administrator(server);
    const database = new Database(path.join(dataDir, "panel.db"));
    for (const size of [SMALL, LARGE]) {
      await client.call("POST", "/organisations/bench/dns/zones", { name: nameOf(size), connection: "local" });
      const zone = database.prepare("select id, name from zones where name = ?").get(`${nameOf(size)}.`);
      fillMirror(database, [zone as { id: string; name: string }], size);
    }
    database.close();
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addCookies(cookiesOf(client.cookie, server.origin));
    const waits = new Map([SMALL, LARGE].map((size) => [size, { seen: [] as number[], editable: [] as number[] }]));
    // In turn, so that whatever else the machine does falls on both; the first loads fetch what browsers keep.
    for (let load = -1; load < LOADS; load++) {
      for (const [size, into] of waits) {
        const { seen, editable } = await waited(
          context,
          `${server.origin}/dashboard/organisations/bench/zones/${nameOf(size)}`,
        );
        if (load < 0) continue;
        into.seen.push(seen);
        into.editable.push(editable);
      }
    }
    const against = `${SMALL} RRsets`;
    const compared = (what: string, of: "seen" | "editable") => {
      const [small = 0, large = 0] = [SMALL, LARGE].map((size) => median(waits.get(size)?.[of] ?? []));
      return row(BENCH, `${what}, ${LARGE} RRsets`, large, "ms", { beside: small, against, goal: "within 1.5×" });
    };
    return [compared("editor, first paint", "seen"), compared("editor, a record can be edited", "editable")];
  } finally {
    await browser.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const nameOf = (size: number): string => `paint-${size}.example`;

/** Milliseconds from the click on a link to the zone. */
async function waited(context: BrowserContext, url: string): Promise<{ seen: number; editable: number }> {
  const page = await context.newPage();
  try {
    await page.goto(url, { waitUntil: "commit" });
    const editable = await page.waitForFunction(
      () => {
        const buttons = [...document.querySelectorAll("button")];
        const add = buttons.find((button) => button.textContent?.startsWith("Add record"));
        return add && !add.hasAttribute("aria-disabled") ? performance.now() : null;
      },
      undefined,
      { polling: "raf" },
    );
    const seen = await page.evaluate(
      () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
    );
    return { seen, editable: (await editable.jsonValue()) as number };
  } finally {
    await page.close();
  }
}

const cookiesOf = (header: string, url: string) =>
  header.split("; ").map((pair) => {
    const at = pair.indexOf("=");
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url };
  });
