/** A process that dies while it asks a node for a server, or has one moved: the next one does it once, or leaves it clear what is. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { paper } from "../support/egg-files.ts";
import { runJobs } from "../support/jobs.ts";
import { killedAt } from "../support/killed.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type Placed, placeNode } from "../support/placed-server.ts";
import { fresh, type Sql, sqlOf } from "../support/stage.ts";

const environment = { ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8", ZONEGATE_TEST_HOOKS: "1" };
let panel: Panel;
let root: Person;
let sql: Sql;
let egg: string;

beforeAll(async () => {
  panel = await startPanel(environment);
  root = await panel.person("Root", "root");
  sql = await sqlOf();
  const script = "echo once >> /mnt/server/installed.txt";
  const text = JSON.stringify({ ...paper, scripts: { installation: { script, container: "i:1", entrypoint: "sh" } } });
  egg = (await root.call<{ id: string }>("POST", "/admin/eggs/import", { text })).body.id;
});
// Nothing of the test before is due.
beforeEach(() => runJobs());
afterAll(() => panel.close());

const diesIn = (moment: string) => killedAt(moment, panel, environment, "due-jobs.ts");

/** The next start, once nobody can be running what the dead one had taken. */
async function nextStart(...places: Placed[]): Promise<void> {
  sql.run("update jobs set due_at = 0 where state = 'running'");
  await runJobs();
  for (const { wings } of places) await wings.settled();
  await runJobs();
}

/** A node of that version with free addresses, until the end of the test. */
async function nodes<T>(versions: readonly string[], use: (...places: Placed[]) => Promise<T>): Promise<T> {
  const places = await Promise.all(versions.map((version) => placeNode(panel, version)));
  for (const { node } of places)
    await root.call("POST", `/admin/nodes/${node}/allocations`, { ip: "127.0.0.1", ports: ["40000-40005"] });
  try {
    return await use(...places);
  } finally {
    for (const { wings } of places) await wings.close();
  }
}
const stateOf = (id: string) =>
  sql.get<{ state: string; node_id: string; uuid: string }>(
    "select state, node_id, uuid from servers where id = ?",
    id,
  );

test.each(
  ["1.11.13", "1.13.1"].flatMap((version) =>
    ["server-before-create", "server-created"].map((moment) => [version, moment] as const),
  ),
)("a server that is being made at Wings %s, killed at %s: it is there once, installed once", (version, moment) =>
  nodes([version], async (place) => {
    const given = { name: `Server ${fresh()}`, egg, node: place.node, memory: 64, disk: 64, owner: root.email };
    const { body } = await root.call<{ id: string }>("POST", "/admin/servers", { ...given, start: false });
    await diesIn(moment);
    expect(stateOf(body.id)?.state).toMatch(/^(installing|ready)$/);
    await nextStart(place);
    const { state, uuid = "" } = stateOf(body.id) ?? {};
    expect(state).toBe("ready");
    expect([...place.wings.servers.keys()]).toEqual([uuid]);
    expect(place.wings.doubled).toEqual([]);
    expect(readFileSync(`${place.wings.root}/volumes/${uuid}/installed.txt`, "utf8")).toBe("once\n");
    expect(sql.all("select 1 from jobs where kind = 'servers.create'")).toEqual([]);
  }),
);

test("a server that is being made, killed as often as it is tried: that it failed is said", () =>
  nodes(["1.13.1"], async (place) => {
    const given = { name: `Server ${fresh()}`, egg, node: place.node, memory: 64, disk: 64, owner: root.email };
    const { body } = await root.call<{ id: string }>("POST", "/admin/servers", given);
    sql.run("update jobs set attempts = 9 where kind = 'servers.create'");
    await diesIn("server-before-create");
    await nextStart(place);
    expect(sql.get("select state, problem from servers where id = ?", body.id)).toEqual({
      state: "install_failed",
      problem: expect.stringMatching(/\S/),
    });
    expect(place.wings.servers.size).toBe(0);
  }));

test.each([
  // Not asked for yet: the next process does.
  ["transfer-begun", "moved"],
  // Nobody knows whether it was asked for, and it is not asked for twice: it waits for a word, and can be called off.
  ["transfer-marked", "going"],
  ["transfer-asked", "moved"],
])("a move, killed at %s: %s, and asked for at most once", (moment, outcome) =>
  nodes(["1.13.1", "1.13.1"], async (here, there) => {
    const server = await here.server(root);
    writeFileSync(`${server.folder}/world.dat`, "world");
    expect((await root.call("POST", `/admin/servers/${server.id}/transfer`, { node: there.node })).status).toBe(200);
    await diesIn(moment);
    await here.wings.settled();
    await nextStart(here, there);
    const asks = here.wings.asked.filter((one) => /^POST .*\/transfer$/.test(one)).length;
    expect([moves(server.id), asks]).toEqual([outcome, outcome === "going" ? 0 : 1]);
    if (outcome === "going") {
      expect(stateOf(server.id)).toMatchObject({ state: "transferring", node_id: here.node });
      expect((await root.call("DELETE", `/admin/servers/${server.id}/transfer`)).status).toBe(200);
      await nextStart(here, there);
    }
    const [at, before] = outcome === "moved" ? [there, here] : [here, there];
    expect(stateOf(server.id)).toMatchObject({ state: "ready", node_id: at.node });
    expect(readFileSync(`${at.wings.root}/volumes/${server.uuid}/world.dat`, "utf8")).toBe("world");
    expect(existsSync(`${before.wings.root}/volumes/${server.uuid}`)).toBe(false);
  }),
);

test.each(["transfer-asked", "started-again"])(
  "a server that ran before its move, killed at %s: it runs after it, and is started once",
  (moment) =>
    nodes(["1.13.1", "1.13.1"], async (here, there) => {
      const server = await here.server(root);
      sql.run(
        `update eggs set startup = 'echo up; while read -r line; do [ "$line" = stop ] && exit; done', stop = 'stop',
           config_startup = '{"done":"up"}' where id = (select egg_id from servers where id = ?)`,
        server.id,
      );
      await root.call("POST", `/servers/${server.id}/power`, { action: "start" });
      await here.wings.settled();
      while (here.wings.servers.get(server.uuid)?.state !== "running") await new Promise(setImmediate);
      await root.call("POST", `/admin/servers/${server.id}/transfer`, { node: there.node });
      if (moment !== "transfer-asked") {
        await runJobs();
        await here.wings.settled();
        await runJobs();
        dueNow();
      }
      await diesIn(moment);
      await here.wings.settled();
      for (let n = 0; n < 3; n++) {
        await nextStart(here, there);
        dueNow();
      }
      expect(stateOf(server.id)?.node_id).toBe(there.node);
      expect(there.wings.servers.get(server.uuid)?.state).toMatch(/starting|running/);
      expect(there.wings.asked.filter((one) => /^POST .*\/power$/.test(one))).toHaveLength(1);
      expect(sql.all("select 1 from jobs where kind = 'servers.start-again'")).toEqual([]);
    }),
);
const dueNow = () => sql.run("update jobs set due_at = 0 where kind = 'servers.start-again'");

const moves = (id: string) =>
  sql.get<{ state: string }>("select state from server_transfers where server_id = ?", id)?.state;
