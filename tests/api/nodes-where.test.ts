/** Where a node is and whose: its secret is sent there, and what is on it stays with those whose it is. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type Placed, placeNode } from "../support/placed-server.ts";
import { fresh, type Sql, sqlOf } from "../support/stage.ts";

interface Refused {
  code: string;
  missing?: string;
  message: string;
  fields: Record<string, string>;
}

let panel: Panel;
let keeper: Person;
let sql: Sql;
let placed: Placed;

beforeAll(async () => {
  panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  keeper = await panel.person("Keeper", ["nodes:*", "admin:servers:manage", "apikeys:create"]);
  sql = await sqlOf();
});
beforeEach(async () => {
  placed = await placeNode(panel);
  return () => placed.wings.close();
});
afterAll(() => panel.close());

const edit = (given: object, person = keeper) => person.call<Refused>("PATCH", `/admin/nodes/${placed.node}`, given);
const organisation = (): string => {
  const id = `org-${fresh()}`;
  sql.run("insert into organisations (id, handle, name, created_at) values (?, ?, 'Some', 0)", id, id);
  return id;
};

test("where it is, those alone say who may see its credentials, in a session that is fresh", async () => {
  const writer = await panel.person(`Writer ${fresh()}`, ["nodes:read", "nodes:write"]);
  const { port } = placed.wings;
  for (const given of [{ port: 9 }, { fqdn: "127.0.0.9" }, { scheme: "https" }])
    expect((await edit(given, writer)).body, JSON.stringify(given)).toMatchObject({
      code: "forbidden",
      missing: "nodes:credentials",
    });
  expect((await edit({ port, fqdn: "127.0.0.1", name: "Another", listenPort: 8080 }, writer)).status).toBe(200);
  const confirmedAt = (at: number) => sql.run("update sessions set confirmed_at = ? where user_id = ?", at, keeper.id);
  confirmedAt(0);
  expect((await edit({ fqdn: "127.0.0.9" })).body.code).toBe("confirmation_required");
  expect((await edit({ name: "One more" })).status).toBe(200);
  confirmedAt(Date.now());
  const { token } = (await keeper.call<{ token: string }>("POST", "/account/tokens", { name: "Nodes", mode: "full" }))
    .body;
  const byToken = (given: object) =>
    panel.call<Refused>("PATCH", `/admin/nodes/${placed.node}`, given, { authorization: `Bearer ${token}` });
  expect((await byToken({ fqdn: "127.0.0.9" })).body.code).toBe("token_refused");
  expect((await byToken({ name: "By token" })).status).toBe(200);
  expect(sql.get("select fqdn, port, name from nodes where id = ?", placed.node)).toEqual({
    fqdn: "127.0.0.1",
    port,
    name: "By token",
  });
  expect((await edit({ fqdn: "127.0.0.9" })).status).toBe(200);
});

test("it becomes an organisation’s where no server of others is on it, and a server there is given to nobody else", async () => {
  const { id } = await placed.server(keeper);
  const [theirs, others] = [organisation(), organisation()];
  expect((await edit({ organisation: theirs })).body.fields.organisation).toMatch(/A server of others is on this node/);
  const give = (owner: string) => keeper.call<Refused>("POST", `/admin/servers/${id}/owner`, { owner });
  expect((await give(theirs)).status).toBe(200);
  expect((await edit({ organisation: others })).body.fields.organisation).toMatch(/A server of others/);
  expect((await edit({ organisation: theirs })).status).toBe(200);
  for (const owner of [others, keeper.email])
    expect(await give(owner), owner).toMatchObject({
      status: 409,
      body: { message: expect.stringMatching(/Move it/) },
    });
  expect((await edit({ organisation: null })).status).toBe(200);
  expect((await give(others)).status).toBe(200);
});

test("people are offered each organisation with its own nodes, everybody’s, and what it has already", async () => {
  const boss = await panel.person(`Boss ${fresh()}`);
  const made = async () =>
    (await boss.call<{ id: string; handle: string }>("POST", "/organisations", { name: "Some", handle: `o${fresh()}` }))
      .body;
  const [one, other] = [await made(), await made()];
  const { id } = await placed.server(keeper);
  sql.run("update servers set user_id = null, organisation_id = ?, memory = 700 where id = ?", one.id, id);
  const free = (node: string) =>
    sql.run(
      "insert into allocations (id, node_id, ip, port, created_at) values (?, ?, '192.0.2.9', 1, 0)",
      `f-${node}`,
      node,
    );
  const everybodys = await placeNode(panel);
  for (const { node } of [placed, everybodys]) free(node);
  expect((await edit({ organisation: one.id })).status).toBe(200);
  const { owners } = (
    await boss.call<{
      owners: {
        organisation: { handle: string } | null;
        nodes: { id: string }[];
        used: { servers: number; memory: number };
      }[];
    }>("GET", "/server-offers")
  ).body;
  const offered = (handle: string | null) => {
    const of = owners.find(({ organisation }) => (organisation?.handle ?? null) === handle);
    const there = of?.nodes.map((node) => node.id) ?? [];
    return [there.includes(placed.node), there.includes(everybodys.node), of?.used.servers, of?.used.memory];
  };
  expect(offered(one.handle)).toEqual([true, true, 1, 700]);
  expect(offered(other.handle)).toEqual([false, true, 0, 0]);
  expect(offered(null)).toEqual([false, true, 0, 0]);
  await everybodys.wings.close();
});

test("the files of all servers are kept where no mount shows them", async () => {
  const source = `/srv/all${fresh()}`;
  const mount = { name: "Shown", source, target: "/mnt/all", nodes: [placed.node], readOnly: true };
  expect((await keeper.call("POST", "/admin/mounts", mount)).status).toBe(201);
  for (const dataDirectory of [source, `${source}/volumes`, "/srv"])
    expect((await edit({ dataDirectory })).body.fields.dataDirectory, dataDirectory).toContain(source);
  expect((await edit({ dataDirectory: `${source}-else` })).status).toBe(200);
});

test("credentials are replaced again when those before have ended", async () => {
  const rotate = () => keeper.call<Refused>("POST", `/admin/nodes/${placed.node}/rotate`);
  expect((await rotate()).status).toBe(200);
  const now = placed.wings.config;
  expect(await rotate()).toMatchObject({ status: 409, body: { message: expect.stringMatching(/still count/) } });
  expect(placed.wings.config).toEqual(now);
  sql.run("update nodes set previous_until = ? where id = ?", Date.now(), placed.node);
  expect((await rotate()).status).toBe(200);
});
