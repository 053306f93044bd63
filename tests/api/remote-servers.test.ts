/** What nodes are told of servers, and tell of them: each of its own, and of no other. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { fresh, insertServer, type Sql, sqlOf } from "../support/stage.ts";

interface Config {
  token_id: string;
  token: string;
}
interface Told {
  uuid: string;
  settings: { meta: { name: string }; suspended: boolean; allocations: unknown; environment: object };
  process_configuration: object;
}
interface Listed {
  data: Told[];
  meta: Record<string, number>;
}

let panel: Panel;
let keeper: Person;
let sql: Sql;

beforeAll(async () => {
  panel = await startPanel();
  keeper = await panel.person("Keeper", "root");
  sql = await sqlOf();
  sql.run("insert into organisations (id, handle, name, created_at) values ('acme', 'acme', 'Acme', 0)");
});
afterAll(() => panel.close());

async function nodeWithConfig(): Promise<{ id: string; config: Config }> {
  const n = fresh();
  const made = await keeper.call<{ id: string }>("POST", "/admin/nodes", {
    name: `Node ${n}`,
    fqdn: `node${n}.example`,
    memory: 4096,
    disk: 4096,
  });
  const { text } = (await keeper.call<{ text: string }>("POST", `/admin/nodes/${made.body.id}/configuration`)).body;
  const [, token_id = ""] = /^token_id: (\S+)$/m.exec(text) ?? [];
  const [, token = ""] = /^token: (\S+)$/m.exec(text) ?? [];
  return { id: made.body.id, config: { token_id, token } };
}

const ask = <T = Record<string, unknown>>({ token_id, token }: Config, method: string, path: string, body?: unknown) =>
  panel.call<T>(method, `/remote${path}`, body, { authorization: `Bearer ${token_id}.${token}` });
const server = (node: string) => {
  const id = insertServer(sql, "acme", node);
  const port = 30_000 + fresh();
  sql.run("update allocations set port = ? where server_id = ?", port, id);
  return sql.get<{ id: string; uuid: string }>("select id, uuid from servers where id = ?", id) ?? { id, uuid: "" };
};
const stateOf = (id: string) => sql.get("select state, suspended_at from servers where id = ?", id);
const set = (id: string, state: string) => sql.run("update servers set state = ? where id = ?", state, id);

describe("a node", () => {
  test("is told its own servers, whole, and no others", async () => {
    const [here, there] = [await nodeWithConfig(), await nodeWithConfig()];
    const [mine, theirs] = [server(here.id), server(there.id)];
    sql.run("update servers set suspended_at = 1, suspended_reason = 'Unpaid' where id = ?", mine.id);
    const { body } = await ask<Listed>(here.config, "GET", "/servers?page=0&per_page=50");
    expect(body.data.map(({ uuid }) => uuid)).toEqual([mine.uuid]);
    expect(body.meta).toEqual({ current_page: 1, from: 1, last_page: 1, per_page: 50, to: 1, total: 1 });
    const one = await ask<Told>(here.config, "GET", `/servers/${mine.uuid}`);
    expect(one.body).toEqual(body.data[0]);
    const port = sql.get<{ port: number }>("select port from allocations where server_id = ?", mine.id)?.port;
    expect(one.body.settings).toMatchObject({
      suspended: true,
      allocations: { default: { ip: "192.0.2.1", port }, mappings: { "192.0.2.1": [port] } },
    });
    expect((await ask(here.config, "GET", `/servers/${mine.uuid}/install`)).body).toEqual({
      container_image: "",
      entrypoint: "",
      script: "",
    });
    for (const [method, path, given] of [
      ["GET", "", undefined],
      ["GET", "/install", undefined],
      ["POST", "/install", { successful: true, reinstall: false }],
      ["POST", "/container/status", { data: { previous_state: "offline", new_state: "running" } }],
    ] as const) {
      for (const uuid of [theirs.uuid, theirs.id, mine.id, randomUUID(), "x"]) {
        const { status, body: refused } = await ask(here.config, method, `/servers/${uuid}${path}`, given);
        expect(status, `${method} ${uuid}${path}`).toBe(404);
        expect(refused).toMatchObject({ errors: [{ status: "404" }] });
      }
    }
    expect((await ask(here.config, "POST", `/servers/${mine.uuid}/container/status`, { data: {} })).status).toBe(204);
  });

  test("says what came of installing, once, and of its own alone", async () => {
    const [here, there] = [await nodeWithConfig(), await nodeWithConfig()];
    const [mine, theirs] = [server(here.id), server(there.id)];
    const say = (config: Config, uuid: string, successful: unknown) =>
      ask(config, "POST", `/servers/${uuid}/install`, { successful, reinstall: false });
    set(mine.id, "installing");
    set(theirs.id, "installing");
    expect((await say(here.config, theirs.uuid, true)).status).toBe(404);
    expect(stateOf(theirs.id)).toMatchObject({ state: "installing" });
    expect((await say(here.config, mine.uuid, true)).status).toBe(204);
    expect(stateOf(mine.id)).toMatchObject({ state: "ready" });
    expect((await say(here.config, mine.uuid, false)).status).toBe(204);
    expect(stateOf(mine.id)).toMatchObject({ state: "ready" });
    expect((await say(there.config, theirs.uuid, false)).status).toBe(204);
    expect(stateOf(theirs.id)).toMatchObject({ state: "install_failed" });
    for (const state of ["interrupted", "deleting", "transferring", "restoring"]) {
      set(mine.id, state);
      expect((await say(here.config, mine.uuid, true)).status).toBe(204);
      expect(stateOf(mine.id)).toMatchObject({ state });
    }
    expect(
      sql.all(
        "select actor_type, action, after from audit_log where target_type = 'server' and target_id = ?",
        mine.id,
      ),
    ).toEqual([{ actor_type: "node", action: "remoteServers.installed", after: '{"state":"ready"}' }]);
  });

  test("that starts anew has installed nothing, and lifts no suspension", async () => {
    const [here, there] = [await nodeWithConfig(), await nodeWithConfig()];
    const [mine, restoring, theirs] = [server(here.id), server(here.id), server(there.id)];
    for (const { id } of [mine, theirs]) set(id, "installing");
    set(restoring.id, "restoring");
    sql.run("update servers set suspended_at = 1 where id in (?, ?)", mine.id, restoring.id);
    expect((await ask(here.config, "POST", "/servers/reset", "null")).status).toBe(204);
    expect(stateOf(mine.id)).toEqual({ state: "interrupted", suspended_at: 1 });
    expect(stateOf(restoring.id)).toEqual({ state: "ready", suspended_at: 1 });
    expect(stateOf(theirs.id)).toEqual({ state: "installing", suspended_at: null });
  });

  test("begins with two thousand servers, each once, with as many questions however many there are", async () => {
    const { id, config } = await nodeWithConfig();
    const [first] = [server(id)];
    sql.run("begin");
    for (let n = 1; n < 2000; n++) {
      const uuid = randomUUID();
      sql.run(
        `insert into servers (id, uuid, short, name, organisation_id, node_id, egg_id, image, memory, disk, state, created_at, updated_at)
         select ?, ?, ?, 'Many', organisation_id, node_id, egg_id, image, memory, disk, state, 0, 0 from servers where id = ?`,
        `many-${n}`,
        uuid,
        `m${n}`,
        first.id,
      );
    }
    sql.run("commit");
    const seen = new Set<string>();
    let last = 1;
    let pages = 0;
    for (let page = 0; page <= last; page = Math.max(1, page) + 1) {
      const { body } = await ask<Listed>(config, "GET", `/servers?page=${page}&per_page=50`);
      for (const { uuid, process_configuration } of body.data) {
        expect(process_configuration).not.toBeNull();
        seen.add(uuid);
      }
      last = body.meta.last_page ?? 0;
      pages++;
    }
    expect({ seen: seen.size, last, pages }).toEqual({ seen: 2000, last: 40, pages: 40 });
    const asked = async (perPage: number) => {
      const { db } = await import("#db/client.ts");
      const { $client } = db();
      const { prepare } = $client;
      let n = 0;
      $client.prepare = ((text: string) => {
        n++;
        return prepare(text);
      }) as typeof prepare;
      await ask(config, "GET", `/servers?page=1&per_page=${perPage}`);
      $client.prepare = prepare;
      return n;
    };
    expect(await asked(100)).toBe(await asked(2));
  });
});
