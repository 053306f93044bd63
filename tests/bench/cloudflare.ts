/** `cloudflare`: what one change costs at Cloudflare, in calls, which are counted there, and in the panel's own time. */
import { startCloudflare } from "../support/cloudflare.ts";
import { startServer } from "../support/server.ts";
import { administrator } from "./bench-zone.ts";
import { median, percentile, type Row, row } from "./figures.ts";

const BENCH = "cloudflare";
const TIMES = 60;
const WARM_UP = 10;

export async function cloudflare(): Promise<Row[]> {
  const fake = await startCloudflare();
  fake.limit(1_000_000, 300_000);
  const server = await startServer({
    environment: {
      CLOUDFLARE_API_TOKEN: fake.token,
      CLOUDFLARE_ACCOUNT_ID: fake.accountId,
      CLOUDFLARE_API_BASE: fake.base,
    },
  });
  try {
    const client = await administrator(server);
    const zones = "/organisations/bench/dns/zones";
    await client.call("POST", zones, { name: "counted.example" });
    const there = fake.zone("counted.example");
    Object.assign(there, { status: "active", quota: 5000 });
    const times: number[] = [];
    let calls = 0;
    for (let index = 0; index < WARM_UP + TIMES; index++) {
      fake.requests.length = 0;
      const began = performance.now();
      const answer = await client.ask("POST", `${zones}/counted.example/records`, {
        name: `h${index}`,
        type: "A",
        content: "192.0.2.7",
      });
      if (answer.status !== 201)
        throw new Error(`A change was answered ${answer.status} ${JSON.stringify(answer.body)}`);
      if (index < WARM_UP) continue;
      times.push(performance.now() - began);
      calls += fake.requests.length;
    }
    fake.requests.length = 0;
    const rrsets = Array.from({ length: 1000 }, (_, index) => ({
      name: `many${index}`,
      type: "A",
      ttl: "auto",
      records: [{ content: "192.0.2.7" }],
    }));
    const many = await client.ask("POST", `${zones}/counted.example/changes`, { rrsets });
    if (many.status !== 200)
      throw new Error(`1,000 changes were answered ${many.status} ${JSON.stringify(many.body).slice(0, 500)}`);
    const inBatch = fake.requests.length;
    return [
      row(BENCH, "one A record", median(times), "ms"),
      row(BENCH, "one A record, p99", percentile(times, 0.99), "ms"),
      row(BENCH, "one A record, calls", calls / TIMES, "calls", { goal: "read, batch, read back" }),
      row(BENCH, "1,000 A records in one change, calls", inBatch, "calls"),
    ];
  } finally {
    await server.stop();
    await fake.close();
  }
}
