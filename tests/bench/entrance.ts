/** `entrance`: what it costs a request to be known and let in, by stage, in the panel's own process and without HTTP around it. */
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { median, type Row, row } from "./figures.ts";

const BENCH = "entrance";
const TIMES = 400;
const WARM_UP = 100;
/** In the order in which a request passes them. What is left is the answer itself. */
const STAGES = ["cookie", "session", "standing", "token", "routing", "guard", "rest"];

type Ask = () => Promise<Headers>;

export async function entrance(): Promise<Row[]> {
  // Only with test hooks does the panel say how long each stage took.
  const panel = await startPanel({ ZONEGATE_TEST_HOOKS: "1", LOG_LEVEL: "silent" });
  try {
    const person = await panel.person("Bench", "root");
    await person.call("POST", "/organisations", { name: "Bench", handle: "bench" });
    await person.call("POST", "/organisations/bench/dns/zones", { name: "bench.example", connection: "local" });
    const bearer = { authorization: `Bearer ${await tokenOf(person)}` };
    const zone = "/organisations/bench/dns/zones/bench.example";
    const nobody = asking(panel, "/setup", {});
    const rows: Row[] = [];
    for (const [what, path] of [
      ["one's own account", "/account"],
      ["one zone", zone],
    ] as const) {
      for (const [who, headers] of [
        ["session", { cookie: person.cookie }],
        ["token", bearer],
      ] as const) {
        rows.push(...(await compare(`${what}, by ${who}`, asking(panel, path, headers), nobody)));
      }
    }
    return rows;
  } finally {
    await panel.close();
  }
}

/** Medians of a request and its stages, beside a request that nobody has to be known for, in turn. */
async function compare(what: string, ask: Ask, nobody: Ask): Promise<Row[]> {
  const whole: number[] = [];
  const beside: number[] = [];
  const stages = new Map<string, number[]>();
  for (let index = 0; index < WARM_UP + TIMES; index++) {
    const [first, second] = index % 2 === 0 ? [ask, nobody] : [nobody, ask];
    for (const one of [first, second]) {
      const began = performance.now();
      const headers = await one();
      const took = (performance.now() - began) * 1000;
      if (index < WARM_UP) continue;
      (one === ask ? whole : beside).push(took);
      if (one === ask) noteStages(stages, headers.get("server-timing") ?? "");
    }
  }
  const total = median(whole);
  return [
    row(BENCH, what, total, "µs", { beside: median(beside), against: "a request of nobody" }),
    ...STAGES.filter((name) => stages.has(name)).map((name) =>
      row(BENCH, `${what}, stage ${name}`, median(stages.get(name) ?? []), "µs", {
        beside: total,
        against: "all of it",
      }),
    ),
  ];
}

const asking =
  (panel: Panel, path: string, headers: Record<string, string>): Ask =>
  async () => {
    const answer = await panel.call("GET", path, undefined, headers);
    if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}.`);
    return answer.headers;
  };

async function tokenOf(person: Person): Promise<string> {
  // More requests than a token is let make in a minute.
  const { setSetting } = await import("#lib/settings/settings.ts");
  setSetting("limits.requests_per_token", 1_000_000);
  const made = await person.call<{ token: string }>("POST", "/account/tokens", { name: "Bench", mode: "full" });
  if (made.status !== 201) throw new Error(`A token was answered ${made.status}.`);
  return made.body.token;
}

/** `session;dur=0.12, guard;dur=0.40`, in milliseconds. */
function noteStages(stages: Map<string, number[]>, header: string): void {
  for (const part of header.split(",")) {
    const [, name = "", ms = ""] = /^\s*([\w-]+);dur=([\d.]+)/.exec(part) ?? [];
    stages.set(name, [...(stages.get(name) ?? []), Number(ms) * 1000]);
  }
}
