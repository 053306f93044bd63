/** `parallel`: a thousand changes over a hundred zones at once. None that was acknowledged may be missing; those that were refused are counted. */
import { askPowerDns, startBenchPanel } from "./bench-zone.ts";
import { percentile, type Row, row } from "./figures.ts";

const BENCH = "parallel";
const ZONES = 100;
const CHANGES = 1_000;
const AT_ONCE = 100;

export async function parallel(): Promise<Row[]> {
  const panel = await startBenchPanel();
  const { client, powerDns } = panel;
  try {
    await panel.server.command(["settings", "limits.zones_per_organisation", String(ZONES + 1)]);
    const zones = Array.from({ length: ZONES }, (_, index) => `parallel-${index}.example`);
    for (const name of zones) await client.call("POST", "/organisations/bench/dns/zones", { name });
    const zoneOf = (index: number) => zones[index % ZONES] as string;
    const content = (index: number) => `192.0.2.${index % 250}`;

    const statuses = new Map<number, number>();
    const acknowledged: number[] = [];
    const waits: number[] = [];
    const through = await manyAtOnce(async (index) => {
      const body = { name: `panel-${index}`, type: "A", ttl: 300, content: content(index) };
      const began = performance.now();
      const { status } = await client.ask("POST", `/organisations/bench/dns/zones/${zoneOf(index)}/records`, body);
      waits.push(performance.now() - began);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 201) acknowledged.push(index);
    });
    let refusedThere = 0;
    const raw = await manyAtOnce(async (index) => {
      const rrset = {
        name: `direct-${index}.${zoneOf(index)}.`,
        type: "A",
        ttl: 300,
        changetype: "REPLACE",
        records: [{ content: content(index), disabled: false }],
      };
      // Its database takes one writer at a time, and says 500 to who waited too long: that one tries again.
      for (let attempt = 1; ; attempt++) {
        try {
          return await askPowerDns(powerDns, "PATCH", `/zones/${zoneOf(index)}.`, { rrsets: [rrset] });
        } catch (error) {
          if (attempt === 20) throw error;
          refusedThere++;
        }
      }
    });
    const there = new Set<string>();
    for (const name of zones) {
      const answer = await fetch(`${powerDns.apiUrl}/api/v1/servers/localhost/zones/${name}.`, {
        headers: { "X-API-Key": powerDns.apiKey },
      });
      const { rrsets } = (await answer.json()) as { rrsets: { name: string; records: { content: string }[] }[] };
      for (const set of rrsets) there.add(`${set.name} ${set.records[0]?.content}`);
    }
    const lost = acknowledged.filter((index) => !there.has(`panel-${index}.${zoneOf(index)}. ${content(index)}`));
    const refused = statuses.get(409) ?? 0;
    return [
      row(BENCH, `${CHANGES} changes over ${ZONES} zones`, CHANGES / (through / 1000), "changes/s", {
        beside: CHANGES / (raw / 1000),
        against: "PATCH at PowerDNS alone",
      }),
      row(BENCH, "one of them, p99", percentile(waits, 0.99), "ms"),
      row(BENCH, "acknowledged", acknowledged.length, "changes"),
      row(BENCH, "acknowledged and lost", lost.length, "changes", { goal: "0" }),
      row(BENCH, "answered with 409", refused, "changes"),
      row(BENCH, "refused by PowerDNS when asked directly", refusedThere, "changes"),
      row(BENCH, "answered otherwise", CHANGES - acknowledged.length - refused, "changes", { goal: "0" }),
    ];
  } finally {
    await panel.stop();
  }
}

/** Milliseconds for all of them. */
async function manyAtOnce(work: (index: number) => Promise<void>): Promise<number> {
  const began = performance.now();
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < CHANGES; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return performance.now() - began;
}
