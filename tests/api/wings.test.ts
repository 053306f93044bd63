/** What the panel takes back from a node is taken back also when the node was down. Against a daemon over the network. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { startWings, type Wings } from "../support/wings.ts";

let panel: Panel;
let keeper: Person;
let wings: Wings;

beforeAll(async () => {
  panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  keeper = await panel.person("Keeper of nodes", ["nodes:*"]);
  wings = await startWings({ version: "1.13.1", panel: panel.call });
});
afterAll(async () => {
  await wings.close();
  await panel.close();
});

test("a denial that a node did not take is tried until it has; what has no node any more is over", async () => {
  const given = { name: "A node", fqdn: "127.0.0.1", scheme: "http", port: wings.port, memory: 1024, disk: 1024 };
  const { id } = (await keeper.call<{ id: string }>("POST", "/admin/nodes", given)).body;
  const { text } = (await keeper.call<{ text: string }>("POST", `/admin/nodes/${id}/configuration`)).body;
  const { parse } = await import("yaml");
  wings.config = parse(text);
  const { db, transaction } = await import("#db/client.ts");
  const { takeFromNode } = await import("#lib/wings/deauthorize.ts");
  const waiting = () =>
    db().$client.prepare("select state, attempts from jobs where kind = 'wings.deauthorize'").all() as object[];
  const denials = () => wings.asked.filter((one) => one === "POST /api/deauthorize-user").length;
  wings.broken = { status: 502, body: "" };
  transaction((tx) => takeFromNode(tx, id, "a person", ["a server"]));
  transaction((tx) => takeFromNode(tx, id, "a person", []));
  await runJobs();
  expect(denials()).toBe(1);
  expect(waiting()).toEqual([{ state: "queued", attempts: 1 }]);
  wings.broken = null;
  db().$client.prepare("update jobs set due_at = 0 where kind = 'wings.deauthorize'").run();
  await runJobs();
  expect(denials()).toBe(2);
  expect(waiting()).toEqual([]);
  transaction((tx) => takeFromNode(tx, "no node", "a person", ["a server"]));
  await runJobs();
  expect(waiting()).toEqual([]);
});
