/** `change`: how long one change of one record takes, beside the three calls that it cannot do without. */
import { askPowerDns, type BenchPanel, startBenchPanel } from "./bench-zone.ts";
import { median, percentile, type Row, row } from "./figures.ts";

const BENCH = "change";
const TIMES = 100;
const WARM_UP = 15;

export async function change(): Promise<Row[]> {
  // Only with test hooks does the server say how long each stage took.
  const panel = await startBenchPanel({ ZONEGATE_TEST_HOOKS: "1" });
  try {
    return [...(await changesIn(panel, "small.example", 50)), ...(await changesIn(panel, "large.example", 5000))];
  } finally {
    await panel.stop();
  }
}

export async function changesIn(panel: BenchPanel, name: string, rrsets: number): Promise<Row[]> {
  const zone = await panel.zone(name, rrsets);
  const through: number[] = [];
  const direct: number[] = [];
  const stages = new Map<string, number[]>();
  for (let index = 0; index < WARM_UP + TIMES; index++) {
    // In turn, so that whatever else the machine does falls on both.
    const panelFirst = index % 2 === 0;
    if (!panelFirst) await timed(direct, index, () => threeCalls(panel, name, index));
    await timed(through, index, async () => {
      const answer = await panel.client.fetch("POST", `${zone.api}/records`, {
        name: `panel-${index}`,
        type: "A",
        ttl: 300,
        content: "192.0.2.7",
      });
      if (answer.status !== 201) throw new Error(`A change was answered ${answer.status} ${await answer.text()}`);
      await answer.arrayBuffer();
      if (index >= WARM_UP) noteStages(stages, answer.headers.get("server-timing") ?? "");
    });
    if (panelFirst) await timed(direct, index, () => threeCalls(panel, name, index));
  }
  const what = `one A record, ${rrsets} RRsets`;
  const [ours, theirs] = [median(through), median(direct)];
  // Of each pair: what slows PowerDNS down for a while slows down both.
  const beyond = through.map((ms, index) => ms - (direct[index] ?? 0));
  const against = "GET, PATCH, GET at PowerDNS";
  return [
    row(BENCH, what, ours, "ms", { beside: theirs, against, goal: "≤ the three calls + 15 ms" }),
    row(BENCH, `${what}, p99`, percentile(through, 0.99), "ms", { beside: percentile(direct, 0.99), against }),
    row(BENCH, `${what}, beyond the three calls`, median(beyond), "ms", { goal: "≤ 15 ms" }),
    ...[...stages].map(([stage, values]) =>
      row(BENCH, `${what}, stage ${stage}`, median(values), "ms", { beside: ours, against: "one change" }),
    ),
  ];
}

async function timed(into: number[], index: number, work: () => Promise<void>): Promise<void> {
  const began = performance.now();
  await work();
  if (index >= WARM_UP) into.push(performance.now() - began);
}

/** What the panel has to ask of PowerDNS at the least: what is there, the change, what is there now. */
async function threeCalls({ powerDns }: BenchPanel, name: string, index: number): Promise<void> {
  const owner = `direct-${index}.${name}.`;
  const records = [{ content: "192.0.2.7", disabled: false }];
  await askPowerDns(powerDns, "GET", `/zones/${name}.?rrset_name=${owner}`);
  await askPowerDns(powerDns, "PATCH", `/zones/${name}.`, {
    rrsets: [{ name: owner, type: "A", ttl: 300, changetype: "REPLACE", records }],
  });
  await askPowerDns(powerDns, "GET", `/zones/${name}.?rrset_name=${owner}`);
}

/** `lock;dur=0.12, read;dur=3.40` */
function noteStages(stages: Map<string, number[]>, header: string): void {
  for (const part of header.split(",")) {
    const [, name = "", ms = ""] = /^\s*([\w-]+);dur=([\d.]+)/.exec(part) ?? [];
    if (name !== "") stages.set(name, [...(stages.get(name) ?? []), Number(ms)]);
  }
}
