/** A server that stands in the panel and runs at a daemon: with its owner, and people who were let into it. */
import { parse } from "yaml";
import type { Panel, Person } from "./panel.ts";
import { fresh, insertServer, sqlOf } from "./stage.ts";
import { startWings, type Wings } from "./wings.ts";

export interface Placed {
  wings: Wings;
  node: string;
  /** A server of the owner, at the daemon, with nothing in it. */
  server(owner: Person): Promise<{ id: string; uuid: string; folder: string }>;
}

/** Ask for private networks to be called before: the daemon is on this machine. */
export async function placeNode(panel: Panel, version = "1.13.1"): Promise<Placed> {
  const sql = await sqlOf();
  const wings = await startWings({ version, panel: panel.call });
  const keeper = await panel.person(`Keeper ${fresh()}`, ["nodes:*"]);
  const given = { fqdn: "127.0.0.1", scheme: "http", port: wings.port, memory: 65_536, disk: 65_536 };
  const node = (await keeper.call<{ id: string }>("POST", "/admin/nodes", { ...given, name: `Node ${fresh()}` })).body
    .id;
  const { text } = (await keeper.call<{ text: string }>("POST", `/admin/nodes/${node}/configuration`)).body;
  wings.config = parse(text);
  // So that the panel knows its version.
  await keeper.call("POST", `/admin/nodes/${node}/ask`);
  const organisation = `org-${fresh()}`;
  sql.run(
    "insert into organisations (id, handle, name, created_at) values (?, ?, 'Some', 0)",
    organisation,
    organisation,
  );
  return {
    wings,
    node,
    server: async (owner) => {
      const id = insertServer(sql, organisation, node);
      sql.run(
        "update servers set user_id = ?, organisation_id = null, backup_limit = 2, skip_scripts = 1 where id = ?",
        owner.id,
        id,
      );
      sql.run("update allocations set port = ? where server_id = ?", 30_000 + fresh(), id);
      const uuid = sql.get<{ uuid: string }>("select uuid from servers where id = ?", id)?.uuid ?? "";
      const headers = { authorization: `Bearer ${wings.config?.token}`, "content-type": "application/json" };
      const body = JSON.stringify({ uuid, start_on_completion: false });
      await fetch(`http://127.0.0.1:${wings.port}/api/servers`, { method: "POST", headers, body });
      await wings.settled();
      return { id, uuid, folder: `${wings.root}/volumes/${uuid}` };
    },
  };
}

/** Lets somebody into a server. */
export async function letIn(
  server: string,
  person: Person,
  capabilities: readonly string[],
  expiresAt: number | null = null,
): Promise<void> {
  const sql = await sqlOf();
  sql.run(
    "insert or replace into server_subusers (server_id, user_id, capabilities, expires_at, created_at, updated_at) values (?, ?, ?, ?, 0, 0)",
    server,
    person.id,
    JSON.stringify(capabilities),
    expiresAt,
  );
}
