/** `scale`: a zone of 50,000 RRsets is linked and refreshed, and what of the server's memory that takes at its height. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { askPowerDns, startBenchPanel } from "./bench-zone.ts";
import { type Row, row } from "./figures.ts";
import { residentMemory } from "./process.ts";

const BENCH = "scale";
const RRSETS = 50_000;
const NAME = "scale.example";

export async function scale(): Promise<Row[]> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "zonegate-scale-"));
  const panel = await startBenchPanel({}, dataDir);
  const rows: Row[] = [];
  /** Notes how long it takes, and the most memory that there is meanwhile. */
  const noted = async (what: string, work: () => Promise<void>) => {
    let most = 0;
    const look = () => {
      most = Math.max(most, residentMemory(panel.server.pid) ?? 0);
    };
    const timer = setInterval(look, 20);
    const began = performance.now();
    await work();
    const took = performance.now() - began;
    look();
    clearInterval(timer);
    rows.push(row(BENCH, `${RRSETS} RRsets ${what}`, took / 1000, "s"));
    if (most > 0) rows.push(row(BENCH, `${RRSETS} RRsets ${what}, most memory`, most, "MB"));
  };
  try {
    const zone = await panel.filled(NAME, RRSETS);
    await noted("linked", zone.link);
    const database = new Database(path.join(dataDir, "panel.db"));
    const refresh = async () => {
      // Older than a mirror may be before it is compared whole.
      database.prepare("update zones set refreshed_at = 0, compared_at = 0").run();
      await panel.client.call("POST", `${zone.api}/refresh`);
    };
    await noted("refreshed, one moved", async () => {
      await askPowerDns(panel.powerDns, "PATCH", `/zones/${NAME}.`, {
        rrsets: [
          {
            name: `moved.${NAME}.`,
            type: "A",
            ttl: 60,
            changetype: "REPLACE",
            records: [{ content: "192.0.2.1", disabled: false }],
          },
        ],
      });
      await refresh();
    });
    const moved = await panel.client.call<{ total: number }>("GET", `${zone.api}/records?q=moved`);
    if (moved.total !== 1) throw new Error("The refresh did not find what moved.");
    database.close();
    return rows;
  } finally {
    await panel.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
