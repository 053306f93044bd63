/** A server of somebody on a panel that runs in a process of its own, at a daemon of this one. */
import { randomUUID } from "node:crypto";
import path from "node:path";
import Database from "better-sqlite3";
import { parse } from "yaml";
import type { Person } from "./server.ts";
import type { SharedServer } from "./shared-server.ts";
import { fresh, insertServer } from "./stage.ts";
import type { Wings } from "./wings.ts";

export interface PlacedServer {
  id: string;
  uuid: string;
  /** Where its files are. */
  folder: string;
}

/** Nothing is placed any more at the daemons of other test files, which are gone. */
export function closeNodes(panel: SharedServer): void {
  const database = new Database(path.join(panel.dataDir, "panel.db"));
  database.prepare("update nodes set maintenance = 1").run();
  database.close();
}

/** The panel has to be let call private networks. The server is called Lobby. */
export async function placeServer(panel: SharedServer, wings: Wings, owner: Person): Promise<PlacedServer> {
  const name = `placed-${fresh()}`;
  const keeper = await panel.person(`Keeper of ${name}`, ["nodes:*"]);
  const given = { name, fqdn: "127.0.0.1", scheme: "http", port: wings.port, memory: 4096, disk: 4096 };
  const node = (await keeper.call<{ id: string }>("POST", "/admin/nodes", given)).id;
  wings.config = parse((await keeper.call<{ text: string }>("POST", `/admin/nodes/${node}/configuration`)).text);
  await keeper.call("POST", `/admin/nodes/${node}/ask`);
  const database = new Database(path.join(panel.dataDir, "panel.db"));
  const run = (text: string, ...values: unknown[]) => void database.prepare(text).run(...values);
  run("insert into organisations (id, handle, name, created_at) values (?, ?, 'Some', 0)", name, name);
  const made = insertServer({ run }, name, node);
  const id = randomUUID();
  run("update allocations set server_id = null where server_id = ?", made);
  run(
    "update servers set id = ?, user_id = ?, organisation_id = null, skip_scripts = 1, backup_limit = 2, database_limit = 2, name = 'Lobby' where id = ?",
    id,
    owner.id,
    made,
  );
  const { uuid } = database.prepare("select uuid from servers where id = ?").get(id) as { uuid: string };
  database.close();
  const headers = { authorization: `Bearer ${wings.config?.token}`, "content-type": "application/json" };
  const body = JSON.stringify({ uuid, start_on_completion: false });
  await fetch(`http://127.0.0.1:${wings.port}/api/servers`, { method: "POST", headers, body });
  await wings.settled();
  return { id, uuid, folder: path.join(wings.root, "volumes", uuid) };
}
