/** What the walk's calls about eggs and nodes are about. */

import { seal } from "#lib/crypto/seal.ts";
import { paper } from "../support/egg-files.ts";
import type { Person } from "../support/panel.ts";
import { fresh, type Stage } from "../support/stage.ts";

type Values = Record<string, unknown>;

export const serverSamples: Record<string, (stage: Stage, caller: Person) => Values> = {
  "eggs.open": ({ sql }) => ({ egg: insertEgg(sql) }),
  "eggs.history": ({ sql }) => ({ egg: insertEgg(sql) }),
  "eggs.create": () => ({ name: "Made", images: [["One", "image:1"]] }),
  "eggs.edit": ({ sql }) => ({ egg: insertEgg(sql), visible: false }),
  "eggs.clone": ({ sql }) => ({ egg: insertEgg(sql), name: "Copied" }),
  "eggs.remove": ({ sql }) => ({ egg: insertEgg(sql) }),
  "eggs.importOne": () => ({ text: JSON.stringify(paper) }),
  "eggs.replace": ({ sql }) => ({ egg: insertEgg(sql), text: JSON.stringify(paper) }),
  "eggs.download": ({ sql }) => ({ egg: insertEgg(sql) }),
  "eggs.check": ({ sql }) => ({ egg: insertEgg(sql), values: { NOTHING: "x" } }),
  "nodes.create": () => ({ name: "Made", fqdn: `made${fresh()}.example`, memory: 1024, disk: 1024 }),
  "nodes.edit": ({ sql }) => ({ node: insertNode(sql), maintenance: true }),
  "nodes.allocate": ({ sql }) => ({ node: insertNode(sql), ip: "192.0.2.1", ports: ["25565"] }),
  "nodes.alias": ({ sql }) => ({ ...insertAllocation(sql), alias: "play.example" }),
  "nodes.release": ({ sql }) => insertAllocation(sql),
  "remote.configure": () => ({ number: "1" }),
  ...Object.fromEntries(
    ["open", "beats", "history", "remove", "ask", "configuration", "setUp", "rotateCredentials", "allocations"].map(
      (name) => [`nodes.${name}`, ({ sql }: Stage) => ({ node: insertNode(sql) })],
    ),
  ),
};

/** Its daemon is at an address that the panel does not call. */
function insertNode(sql: Stage["sql"]): string {
  const id = `node-${fresh()}`;
  sql.run(
    `insert into nodes (id, number, name, fqdn, scheme, port, listen_port, sftp_port, memory, disk, data_directory, classification, token_id, token, rotated_at, created_at, updated_at)
     values (?, ?, 'N', '127.0.0.1', 'http', ?, 1, 2, 1, 1, '/x', 'free', ?, ?, 0, 0, 0)`,
    id,
    fresh(),
    fresh(),
    id,
    seal("secret", { table: "nodes", column: "token", row: id }),
  );
  return id;
}

function insertAllocation(sql: Stage["sql"]) {
  const [node, id] = [insertNode(sql), `allocation-${fresh()}`];
  sql.run("insert into allocations (id, node_id, ip, port, created_at) values (?, ?, '192.0.2.1', 25565, 0)", id, node);
  return { node, allocations: [id] };
}

function insertEgg(sql: Stage["sql"]): string {
  const id = `egg-${fresh()}`;
  sql.run(
    `insert into eggs (id, name, images, created_at, updated_at) values (?, 'E', '[["One","image:1"]]', 0, 0)`,
    id,
  );
  return id;
}
