/** Nodes as staff keep them: what is said of them, and their addresses. */
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type Node, type Refused, startNodes } from "../support/kept-nodes.ts";
import { insertServer } from "../support/stage.ts";
import type { Wings } from "../support/wings.ts";

const kept = await startNodes();
const { panel, keeper, looker, sql, add, made, opened, configuration } = kept;
let wings: Wings;
beforeEach(async () => {
  wings = await kept.started();
  return () => wings.close();
});
afterAll(() => kept.panel.close());

describe("what staff say of a node", () => {
  test("is kept, changed, and wrong with a sentence at its field", async () => {
    const { status, body } = await add({ location: "Here", classification: "paid" });
    expect(status).toBe(201);
    const node = await opened(body.id);
    expect(node).toMatchObject({
      health: "waiting",
      location: "Here",
      classification: "paid",
      memory: 4096,
      sftpPort: 2022,
      listenPort: null,
    });
    const edit = (given: object) => keeper.call<Refused>("PATCH", `/admin/nodes/${body.id}`, given);
    for (const [field, value] of [
      ["fqdn", "not a name"],
      ["fqdn", "192.0.2.256"],
      ["fqdn", "a/b"],
      ["port", 0],
      ["port", 70_000],
      ["memory", -1],
      ["memoryOver", -2],
      ["dataDirectory", "relative"],
      ["dataDirectory", "/a/../b"],
      ["organisation", "nobody"],
      ["name", "a\nb"],
      ["sftpPort", wings.port],
    ] as const)
      expect((await edit({ [field]: value })).body.fields, `${field} ${value}`).toHaveProperty(field);
    expect((await edit({ classification: "enterprise" })).body.fields).toHaveProperty("organisation");
    expect((await edit({ memoryOver: 50, maintenance: true, revision: node.revision })).status).toBe(200);
    expect((await edit({ memoryOver: 60, revision: node.revision })).status).toBe(409);
    expect(await opened(body.id)).toMatchObject({ memoryOver: 50, maintenance: true, location: "Here" });
    expect((await add()).body.fields).toHaveProperty("fqdn");
  });

  test("an enterprise node is for one organisation; without it it is nobody's", async () => {
    const owner = await panel.person("Owner", "root");
    await owner.call("POST", "/organisations", { name: "Large", handle: "large" });
    const id = await made({ classification: "enterprise", organisation: "large" });
    expect((await opened(id)).organisation).toMatchObject({ handle: "large" });
    expect((await owner.call("DELETE", "/organisations/large")).status).toBeLessThan(300);
    const node = await opened(id);
    expect(node.organisation).toBeNull();
    expect(node.warnings.join()).toMatch(/nobody’s servers/);
  });

  test("no secret leaves with what nodes:read sees, nor in a file, nor in the audit log", async () => {
    const id = await made();
    const { token, token_id } = await configuration(id);
    expect(token).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(token_id).toMatch(/^[A-Za-z0-9]{16}$/);
    const seen = await Promise.all([
      looker.call("GET", `/admin/nodes/${id}`),
      looker.call("GET", "/admin/nodes"),
      looker.call("GET", "/admin/tabs/nodes/csv"),
      looker.call("GET", `/admin/nodes/${id}/history`),
    ]);
    for (const { status, body } of seen) {
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toContain(token);
      expect(JSON.stringify(body)).not.toContain(token_id);
    }
    for (const act of ["configuration", "setup", "rotate"])
      expect((await looker.call("POST", `/admin/nodes/${id}/${act}`)).status, act).toBe(403);
    const { db } = await import("#db/client.ts");
    const log = db()
      .$client.prepare("select group_concat(coalesce(before, '') || coalesce(after, '')) as said from audit_log")
      .get() as { said: string };
    expect(log.said).not.toContain(token);
    const row = db().$client.prepare("select * from nodes where id = ?").get(id);
    expect(JSON.stringify(row)).not.toContain(token);
    const refused = db()
      .$client.prepare("select count(*) as n from audit_log where target_id = ? and outcome = 'refused'")
      .get(id);
    expect(refused).toEqual({ n: 3 });
  });

  test("the list is searched and filtered", async () => {
    const id = await made({ name: "Zephyr", location: "Far away", maintenance: true });
    const found = async (query: string) =>
      (await looker.call<{ items: Node[] }>("GET", `/admin/nodes?${query}`)).body.items.map((node) => node.id);
    expect(await found("q=zephyr")).toEqual([id]);
    expect(await found("q=far+away")).toEqual([id]);
    expect(await found("maintenance=on&health=waiting")).toContain(id);
    expect(await found("maintenance=off")).not.toContain(id);
    expect(await found("health=healthy")).not.toContain(id);
    expect(await found("classification=enterprise")).not.toContain(id);
  });
});

describe("addresses", () => {
  const allocate = (id: string, given: object) =>
    keeper.call<{ added: number; there: number } & Refused>("POST", `/admin/nodes/${id}/allocations`, given);
  const listed = async (id: string, query = "") =>
    (
      await looker.call<{ items: { id: string; ip: string; port: number; alias: string | null; used: boolean }[] }>(
        "GET",
        `/admin/nodes/${id}/allocations?perPage=200&${query}`,
      )
    ).body.items;

  test("are added by ports and ranges, once each, in one spelling, and bounded", async () => {
    const id = await made();
    expect((await allocate(id, { ip: "192.0.2.1", ports: ["25565", "25570 - 25572"] })).body).toEqual({
      added: 4,
      there: 0,
    });
    expect((await allocate(id, { ip: "192.0.2.1", ports: ["25565-25566"], alias: "Play.Example" })).body).toEqual({
      added: 1,
      there: 1,
    });
    expect((await allocate(id, { ip: "2001:DB8:0::1", ports: ["25565"] })).body.added).toBe(1);
    expect((await allocate(id, { ip: "2001:db8::1", ports: ["25565"] })).body.added).toBe(0);
    expect((await allocate(id, { ip: "::ffff:192.0.2.1", ports: ["25565"] })).body.added).toBe(0);
    for (const ports of [
      ["80"],
      ["1023-1030"],
      ["65000-65536"],
      ["30-20"],
      ["x"],
      ["1-2-3"],
      ["2000-3000"],
      ["2000-2600", "3000-3600"],
      [],
    ])
      expect((await allocate(id, { ip: "192.0.2.1", ports })).body.fields, ports.join()).toHaveProperty("ports");
    for (const ip of ["", "192.0.2", "1", "example.org", "fe80::1%eth0", "192.0.2.0/24"])
      expect((await allocate(id, { ip, ports: ["25565"] })).body.fields, ip).toHaveProperty("ip");
    expect((await listed(id)).map(({ port }) => port)).toEqual([25565, 25565, 25566, 25570, 25571, 25572]);
    expect(await listed(id, "q=2001:db8::0001")).toHaveLength(1);
    expect(await listed(id, "q=25566")).toMatchObject([{ alias: "play.example" }]);
    expect(await opened(id)).toMatchObject({ allocations: 6, freeAllocations: 6 });
  });

  test("of memory and disk it is said what servers have and what is left, those on their way counted", async () => {
    const id = await made({ memory: 4096, memoryOver: 50, disk: 10_000, diskOver: -1 });
    const other = await made({ port: 9 });
    const { sqlOf, insertServer, fresh } = await import("../support/stage.ts");
    const stage = await sqlOf();
    const organisation = `org-${fresh()}`;
    sql(
      "insert into organisations (id, handle, name, created_at) values (?, ?, 'Some', 0)",
      organisation,
      organisation,
    );
    const here = insertServer(stage, organisation, id);
    const away = insertServer(stage, organisation, other);
    sql("update servers set memory = 1500, disk = 20000 where id = ?", here);
    sql("update servers set memory = 6000, disk = 30 where id = ?", away);
    const taken = { servers: 1, memory: 1500, disk: 20_000 };
    expect(await opened(id)).toMatchObject({ taken, left: { memory: 4644, disk: null } });
    sql(
      `insert into server_transfers (id, server_id, from_node_id, to_node_id, from_name, to_name, from_addresses, to_addresses, state, started_at)
       values ('moving', ?, ?, ?, 'A', 'B', '[]', '[]', 'going', 0)`,
      away,
      other,
      id,
    );
    const both = { servers: 2, memory: 7500, disk: 20_030 };
    expect(await opened(id)).toMatchObject({ taken: both, left: { memory: -1356, disk: null } });
    const { items } = (await looker.call<{ items: { id: string; taken: object }[] }>("GET", "/admin/nodes")).body;
    expect(items.find((node) => node.id === id)?.taken).toEqual(both);
    sql("update server_transfers set state = 'failed' where id = 'moving'");
    expect(await opened(id)).toMatchObject({ taken });
    sql("delete from server_transfers");
  });

  test("only those that are free are removed, and only the node's own; a node with one in use stays", async () => {
    const [id, other] = [await made(), await made({ port: 1, sftpPort: 2 })];
    await allocate(id, { ip: "192.0.2.1", ports: ["30000-30002"] });
    await allocate(other, { ip: "192.0.2.1", ports: ["30000"] });
    const [first, second, third] = (await listed(id)).map((one) => one.id);
    const [theirs] = (await listed(other)).map((one) => one.id);
    sql("insert into organisations (id, handle, name, created_at) values ('acme', 'acme', 'Acme', 0)");
    const server = insertServer({ run: sql }, "acme", other);
    sql("update allocations set server_id = ? where id = ?", server, first);
    const remove = (allocations: unknown[]) =>
      keeper.call<Refused>("POST", `/admin/nodes/${id}/allocations/remove`, { allocations });
    expect((await remove([first, second])).status).toBe(409);
    expect((await remove([second, theirs])).status).toBe(409);
    expect(
      (await keeper.call("PATCH", `/admin/nodes/${id}/allocations`, { allocations: [theirs], alias: "x.example" }))
        .status,
    ).toBe(409);
    expect(await listed(id)).toHaveLength(3);
    expect(await listed(id, "state=used")).toMatchObject([{ id: first }]);
    expect((await remove([second])).status).toBe(200);
    expect(
      (await keeper.call("PATCH", `/admin/nodes/${id}/allocations`, { allocations: [third], alias: "x.example" }))
        .status,
    ).toBe(200);
    expect((await listed(id)).map(({ alias }) => alias)).toEqual([null, "x.example"]);
    expect((await keeper.call("DELETE", `/admin/nodes/${other}`)).status).toBe(409);
    expect((await keeper.call("DELETE", `/admin/nodes/${id}`)).status).toBe(200);
    expect((await looker.call("GET", `/admin/nodes/${id}`)).status).toBe(404);
  });
});
