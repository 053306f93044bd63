/**
 * Whatever a provider does at whichever call: in the end the journal, the mirror and the provider agree, no change that was
 * acknowledged is missing, and none that was refused is there.
 */
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Connection } from "#lib/dns/connections.ts";
import { cloudflare } from "#lib/dns/providers/cloudflare.ts";
import type { Provider } from "#lib/dns/providers/provider.ts";
import type { RRset } from "#lib/dns/rrset.ts";
import { startCloudflare } from "../support/cloudflare.ts";
import { type CallFault, type Faulty, faults, faultyProvider } from "../support/faulty-provider.ts";
import { memoryProvider } from "../support/memory-provider.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type PowerDnsServer, startPowerDns } from "../support/powerdns.ts";
import { type Sql, sqlOf } from "../support/stage.ts";

let panel: Panel;
let sql: Sql;
let owner: Person;
let sequence = 0;
let powerdns: PowerDnsServer;
const zones = "/organisations/acme/dns/zones";

beforeAll(async () => {
  powerdns = await startPowerDns();
  panel = await startPanel({ ZONEGATE_TEST_HOOKS: "1" });
  sql = await sqlOf();
  const { setSetting } = await import("#lib/settings/settings.ts");
  setSetting("zone_claims", "trusted");
  setSetting("limits.zones_per_organisation", 100_000);
  owner = await panel.person("Owner");
  expect((await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" })).status).toBe(201);
});
afterAll(async () => {
  await panel?.close();
  await powerdns?.stop();
});

/** A connection of the panel's, to a provider that fails on demand. */
async function connected(id: string, provider: Provider): Promise<Faulty> {
  const { connections } = await import("#lib/dns/connections.ts");
  const faulty = faultyProvider(provider);
  const connection: Connection = {
    id,
    kind: provider.capabilities.kind,
    label: id,
    organisationId: null,
    provider: faulty.provider,
  };
  (connections() as Connection[]).push(connection);
  return faulty;
}

type Command =
  | { kind: "set"; label: number; values: number[]; ttl: number }
  | { kind: "several"; from: number; to: number; value: number }
  | { kind: "undo"; entry: number; force: boolean }
  | { kind: "restore"; entry: number }
  | { kind: "foreign"; label: number; value: number }
  | { kind: "look" }
  | { kind: "settle"; patient: boolean };

const fault = fc.option(fc.constantFrom(...faults), { freq: 2, nil: null });
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("set" as const),
      label: fc.nat(3),
      values: fc.uniqueArray(fc.nat(3), { maxLength: 2 }),
      ttl: fc.constantFrom(60, 300),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("several" as const),
      from: fc.nat(3),
      to: fc.integer({ min: 4, max: 9 }),
      value: fc.nat(3),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("undo" as const), entry: fc.nat(9), force: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restore" as const), entry: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("foreign" as const), label: fc.nat(3), value: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "look" as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("settle" as const), patient: fc.boolean() }) },
);
const story = fc.array(fc.record({ command, line: fc.array(fault, { maxLength: 4 }) }), { minLength: 1, maxLength: 8 });

const later = () => writeFileSync(path.join(panel.dataDir, "landing-ms"), "0");
const soon = () => rmSync(path.join(panel.dataDir, "landing-ms"), { force: true });
const set = (label: number, values: number[], ttl = 60) => ({
  name: `n${label}`,
  type: "A",
  ttl,
  records: values.map((value) => ({ content: `192.0.2.${value + 1}` })),
});

async function run(
  connection: string,
  faulty: Faulty,
  steps: { command: Command; line: CallFault[] }[],
): Promise<void> {
  const { settleAll } = await import("#lib/dns/settle.ts");
  const name = `story${++sequence}.example`;
  const at = `${zones}/${name}`;
  soon();
  faulty.next([]);
  expect((await owner.call("POST", zones, { name, connection })).status).toBe(201);
  const entries = () =>
    sql.all<{ id: string; kind: string; state: string; created_at: number }>(
      "select c.id, c.kind, c.state, c.created_at from zone_changes c join zones z on z.id = c.zone_id where z.name = ? order by c.created_at, c.id",
      `${name}.`,
    );
  const acknowledged = new Set<string>();
  const refused = new Set<string>();
  let foreign = 0;
  for (const { command, line } of steps) {
    faulty.next(line);
    const answer = await act(command, line);
    if (!answer) continue;
    const { change, state } = answer.body as { change?: string | null; state?: string };
    if (answer.status < 300 && change && state === "applied") acknowledged.add(change);
    if (answer.status >= 400 && change && answer.body.code !== "zone_settling") refused.add(change);
    expect(answer.status, JSON.stringify(answer.body)).not.toBe(500);
  }
  // Then all is well again, and time goes by.
  await faulty.land();
  later();
  await settleAll();
  await settleAll();
  await look();

  const journal = entries();
  expect(journal.filter(({ state }) => state === "pending" || state === "unknown")).toEqual([]);
  const stateOf = (id: string) => journal.find((entry) => entry.id === id)?.state;
  for (const id of acknowledged) expect(stateOf(id), "a change that was acknowledged is missing").toBe("applied");
  for (const id of refused) expect(["refused", "not_applied"], "a change that failed is there").toContain(stateOf(id));
  const truth = (await faulty.truth.readZone((await faulty.truth.findZone(`${name}.`))?.externalId ?? "")).rrsets;
  expect(shown(await mirror()), "the mirror and the provider").toEqual(shown(truth));
  expect(shown(replayed()), "the journal and the mirror").toEqual(shown(await mirror()));
  // What nobody else wrote was never somebody else's.
  if (foreign === 0) expect(journal.filter(({ kind }) => kind === "outside")).toEqual([]);

  async function act(command: Command, line: CallFault[]) {
    const pick = (index: number) => {
      const all = entries();
      return all[index % all.length];
    };
    switch (command.kind) {
      case "set": {
        const { label, values, ttl } = command;
        const body =
          values.length > 0 ? { rrsets: [set(label, values, ttl)] } : { deletions: [{ name: `n${label}`, type: "A" }] };
        return owner.call<Record<string, unknown>>("POST", `${at}/changes`, { ...body, confirm: true });
      }
      case "several": {
        const labels = Array.from({ length: command.to - command.from }, (_, n) => command.from + n);
        const rrsets = labels.map((label) => set(label, [command.value]));
        return owner.call<Record<string, unknown>>("POST", `${at}/changes`, { rrsets, confirm: true });
      }
      case "undo": {
        const { force } = command;
        return owner.call<Record<string, unknown>>("POST", `${at}/changes/${pick(command.entry)?.id}/revert`, {
          force,
          confirm: true,
        });
      }
      case "restore": {
        const moment = pick(command.entry)?.created_at;
        return owner.call<Record<string, unknown>>("POST", `${at}/restore`, { at: moment, confirm: true });
      }
      case "foreign": {
        foreign += 1;
        const info = await faulty.truth.findZone(`${name}.`);
        const after: RRset = { ...set(command.label, [command.value]), name: `n${command.label}.${name}.`, ttl: 77 };
        const held = (await faulty.truth.readNames(info?.externalId ?? "", [after.name])).rrsets.find(
          ({ type }) => type === "A",
        );
        const change = held
          ? ({ kind: "update", name: after.name, type: "A", before: held, after } as const)
          : ({ kind: "create", name: after.name, type: "A", before: null, after } as const);
        await faulty.truth.apply(info?.externalId ?? "", [change]);
        return null;
      }
      case "look":
        await look();
        return null;
      case "settle":
        if (command.patient) {
          // Half a minute goes by: what was on its way has landed.
          await faulty.land();
          faulty.next(line);
          later();
        }
        await settleAll();
        soon();
        return null;
    }
  }
  async function look(): Promise<void> {
    sql.run("update zones set refreshed_at = 0, compared_at = 0 where name = ?", `${name}.`);
    await owner.call("POST", `${at}/refresh`);
  }
  async function mirror(): Promise<RRset[]> {
    const rows = sql.all<{ name: string; type: string; ttl: number; records: string }>(
      "select r.name, r.type, r.ttl, r.records from rrsets r join zones z on z.id = r.zone_id where z.name = ?",
      `${name}.`,
    );
    return rows.map(({ records, ...row }) => ({ ...row, records: JSON.parse(records) as RRset["records"] }));
  }
  /** From nothing, entry by entry, as the journal says that they went in. */
  function replayed(): RRset[] {
    const state = new Map<string, RRset>();
    const rows = sql.all<{ plan: string; differs: string | null }>(
      "select c.plan, c.differs from zone_changes c join zones z on z.id = c.zone_id where z.name = ? and c.revision is not null order by c.revision",
      `${name}.`,
    );
    for (const row of rows) {
      const found = new Map(
        (JSON.parse(row.differs ?? "[]") as { name: string; type: string; found: RRset | null }[]).map((one) => [
          `${one.name} ${one.type}`,
          one.found,
        ]),
      );
      for (const { name: owned, type, after } of JSON.parse(row.plan) as {
        name: string;
        type: string;
        after: RRset | null;
      }[]) {
        const key = `${owned} ${type}`;
        const now = found.has(key) ? (found.get(key) ?? null) : after;
        if (now) state.set(key, now);
        else state.delete(key);
      }
    }
    return [...state.values()];
  }
}

/** Without what is no data: ids, and the serial. */
const shown = (sets: readonly RRset[]): string[] =>
  sets
    .flatMap(({ name, type, ttl, records }) =>
      records.map(({ content }) => `${name} ${type} ${ttl} ${type === "SOA" ? "" : content}`),
    )
    .toSorted();

describe.each<[string, () => Promise<Provider>, number]>([
  ["memory", async () => memoryProvider(), 60],
  [
    "fake Cloudflare",
    async () => {
      const fake = await startCloudflare();
      return cloudflare({ token: fake.token, accountId: fake.accountId, base: fake.base });
    },
    12,
  ],
  [
    "PowerDNS",
    async () => {
      const { powerDns } = await import("#lib/dns/providers/powerdns.ts");
      return powerDns({ url: powerdns.apiUrl, apiKey: powerdns.apiKey });
    },
    12,
  ],
])("%s", (id, open, numRuns) => {
  test("the journal, the mirror and the provider agree in the end", { timeout: 120_000 }, async () => {
    const faulty = await connected(id, await open());
    await fc.assert(
      fc.asyncProperty(story, (steps) => run(id, faulty, steps)),
      { numRuns, endOnFailure: false },
    );
  });
});
