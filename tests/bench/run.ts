/** `npm run bench -- [names] [--json file]`: measures, prints a table, and leaves the judgement to whoever reads it. */
import { writeFileSync } from "node:fs";
import { powerDnsAvailable } from "../support/powerdns.ts";
import { change } from "./change.ts";
import { cloudflare } from "./cloudflare.ts";
import { entrance } from "./entrance.ts";
import { type Row, table } from "./figures.ts";
import { importing } from "./import.ts";
import { javascript } from "./javascript.ts";
import { logging } from "./logging.ts";
import { paint } from "./paint.ts";
import { parallel } from "./parallel.ts";
import { permissions } from "./permissions.ts";
import { plan } from "./plan.ts";
import { records } from "./records.ts";
import { scale } from "./scale.ts";
import { search } from "./search.ts";
import { servers } from "./servers.ts";
import { staff } from "./staff.ts";
import { zonefile } from "./zonefile.ts";

const benches: Record<string, { run: () => Promise<Row[]>; needsPowerDns: boolean }> = {
  records: { run: records, needsPowerDns: true },
  change: { run: change, needsPowerDns: true },
  cloudflare: { run: cloudflare, needsPowerDns: false },
  entrance: { run: entrance, needsPowerDns: false },
  javascript: { run: javascript, needsPowerDns: false },
  permissions: { run: permissions, needsPowerDns: false },
  search: { run: search, needsPowerDns: false },
  paint: { run: paint, needsPowerDns: false },
  logging: { run: logging, needsPowerDns: false },
  scale: { run: scale, needsPowerDns: true },
  zonefile: { run: zonefile, needsPowerDns: false },
  import: { run: importing, needsPowerDns: false },
  plan: { run: plan, needsPowerDns: true },
  staff: { run: staff, needsPowerDns: false },
  servers: { run: servers, needsPowerDns: false },
  parallel: { run: parallel, needsPowerDns: true },
};

// What was started is ended with this process.
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));

const { names, json } = parse(process.argv.slice(2));
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(", ")}. There are: ${Object.keys(benches).join(", ")}.`);
  process.exit(1);
}

const rows: Row[] = [];
for (const [name, { run, needsPowerDns }] of Object.entries(benches)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const missing = needsPowerDns ? powerDnsAvailable() : null;
  if (missing !== null) {
    console.error(`\n!!! ${name} is left out: ${missing}\n`);
    continue;
  }
  console.error(`Measuring ${name} …`);
  rows.push(...(await run()));
}
console.log(`\n${table(rows)}`);
if (json !== null) writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`);

function parse(args: readonly string[]): { names: string[]; json: string | null } {
  const at = args.indexOf("--json");
  if (at === -1) return { names: [...args], json: null };
  const file = args[at + 1];
  if (file === undefined) {
    console.error("--json needs the name of a file.");
    process.exit(1);
  }
  return { names: args.toSpliced(at, 2), json: file };
}
