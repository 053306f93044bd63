/** `staff`: the Staff Portal's tabs and its search where there is very much of everything. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { procedureAt } from "#lib/staff/loading.ts";
import { allTabs } from "#lib/staff/tabs.ts";
import { type Client, startServer } from "../support/server.ts";
import { asked, of } from "./asked.ts";
import { type Row, row } from "./figures.ts";
import { scriptsOf } from "./javascript.ts";
import { measure } from "./load.ts";
import { FULL, seedStaff } from "./staff-seed.ts";

const BENCH = "staff";

/** A third rare, a third common, a third absent. */
const terms = {
  users: ["hopper.9e3779b1", "lovelace", "nobody-like-this"],
  organisations: ["works 777", "turing works", "nothing-like-this"],
  everything: ["site-777.", "hopper", "nothing-like-this"],
};

/** A search that many are found by, and a filter. */
const narrowed: Record<string, Record<string, readonly string[]>> = {
  users: {
    suspended: ["q=ad&status=suspended", "q=hopper&status=suspended"],
    unverified: ["q=ad&status=unverified", "q=hopper&status=unverified"],
    active: ["q=ad&status=active", "q=hopper&status=active"],
  },
  deletions: { waiting: ["q=hopper&state=waiting", "q=ad&state=waiting"] },
  "export-jobs": { failed: ["q=hopper&state=failed", "q=ad&state=failed"] },
  feedback: { planned: ["q=records&status=planned", "q=ad&status=planned"] },
};

export async function staff(): Promise<Row[]> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "zonegate-staff-"));
  try {
    await (await startServer({ dataDir })).stop();
    const began = performance.now();
    seedStaff(dataDir, FULL);
    const seeded = (performance.now() - began) / 1000;
    const server = await startServer({ dataDir });
    try {
      const root = await server.person("Bench of staff", "root");
      const client = { ...root, cookie: `${root.cookie}; eclipanel_admin_privacy=visible` };
      const rows = [row(BENCH, "seed: 1,000,000 users, 10,000,000 log rows", seeded, "s", { goal: "< 300 s" })];
      for (const tab of allTabs) rows.push(...(await tabRows(server.origin, client, tab)));
      const found = await asked(
        server.origin,
        client,
        (n) => `/admin/search?q=${encodeURIComponent(of(terms.everything, n))}`,
      );
      rows.push(row(BENCH, "search over everything, p95", found, "ms", { goal: "< 50 ms" }));
      const page = await measure(`${server.origin}/dashboard/admin?tab=users`, { cookie: client.cookie });
      const healthz = await measure(`${server.origin}/healthz`);
      const against = { beside: healthz.perSecond, against: "/healthz", goal: "≥ 100/s" };
      rows.push(row(BENCH, "Users tab", page.perSecond, "pages/s", against));
      rows.push(row(BENCH, "Users tab, HTML", page.bytes / 1024, "KB"));
      return rows;
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function tabRows(origin: string, client: Client, tab: (typeof allTabs)[number]): Promise<Row[]> {
  const { route, inputSchema } = (await procedureAt(tab.list))["~orpc"];
  const takes = Object.keys((inputSchema as unknown as { shape: object }).shape);
  const words = tab.id === "users" || tab.id === "organisations" ? terms[tab.id] : terms.everything;
  const to = (query: string) => `${route.path}?${query}`;
  const goal = { goal: "< 50 ms" };
  const rows = [row(BENCH, `${tab.title}: first page, p95`, await asked(origin, client, () => to("")), "ms", goal)];
  if (takes.includes("at")) {
    const last = await asked(origin, client, () => to("at=last"));
    rows.push(row(BENCH, `${tab.title}: last page, p95`, last, "ms", goal));
  }
  if (takes.includes("q")) {
    const found = await asked(origin, client, (n) => to(`q=${encodeURIComponent(of(words, n))}`));
    rows.push(row(BENCH, `${tab.title}: search, p95`, found, "ms", goal));
    const two = await asked(origin, client, (n) => to(`q=${["ad", "tu", "zz"][n % 3]}`));
    rows.push(row(BENCH, `${tab.title}: search of two letters, p95`, two, "ms", goal));
  }
  for (const [filter, queries] of Object.entries(narrowed[tab.id] ?? {})) {
    const found = await asked(origin, client, (n) => to(of(queries, n)));
    rows.push(row(BENCH, `${tab.title}: search and ${filter}, p95`, found, "ms", goal));
  }
  const { kilobytes } = await scriptsOf(origin, `/dashboard/admin?tab=${tab.id}`, client.cookie);
  rows.push(row(BENCH, `${tab.title}: scripts`, kilobytes, "KB gzip", { goal: "≤ 220 KB" }));
  return rows;
}
