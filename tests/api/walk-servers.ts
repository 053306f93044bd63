/** What the walk's calls about eggs and nodes are about. */

import { randomUUID } from "node:crypto";
import { paper } from "../support/egg-files.ts";
import type { Person } from "../support/panel.ts";
import { sshKey } from "../support/ssh-key.ts";
import { fresh, insertEgg, insertNode, insertPlace, type Stage } from "../support/stage.ts";

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
  "mounts.create": ({ sql }) => ({
    name: `Made ${fresh()}`,
    source: "/srv/made",
    target: "/mnt/made",
    nodes: [insertNode(sql)],
  }),
  "mounts.edit": ({ sql }) => ({ mount: insertMount(sql), name: `Changed ${fresh()}` }),
  "mounts.remove": ({ sql }) => ({ mount: insertMount(sql) }),
  "servers.mounts.give": ({ sql, server }) => ({ mount: insertMount(sql, server) }),
  "servers.mounts.take": ({ sql, server }) => {
    const mount = insertMount(sql, server);
    sql.run("insert into server_mounts (server_id, mount_id, created_at) values (?, ?, 0)", server, mount);
    return { mount };
  },
  ...Object.fromEntries(
    ["download", "remove", "restore"].map((act) => [
      `servers.backups.${act}`,
      ({ sql, server }: Stage) => ({ backup: insertBackup(sql, server) }),
    ]),
  ),
  "servers.backups.create": ({ sql, server }) => {
    sql.run("update servers set backup_limit = 5 where id = ?", server);
    return {};
  },
  "servers.backups.lock": ({ sql, server }) => ({ backup: insertBackup(sql, server), locked: true }),
  "servers.files.read": () => ({ path: "/a" }),
  "servers.files.download": () => ({ path: "/a" }),
  "servers.files.write": () => ({ path: "/a", text: "a" }),
  "servers.files.createFolder": () => ({ name: "a" }),
  "servers.files.move": () => ({ files: [{ from: "/a", to: "/b" }] }),
  "servers.files.copy": () => ({ path: "/a" }),
  "servers.files.remove": () => ({ names: ["a"] }),
  "servers.files.pack": () => ({ names: ["a"] }),
  "servers.files.unpack": () => ({ name: "a.tar.gz" }),
  "servers.files.mode": () => ({ names: ["a"], mode: "644" }),
  "sshKeys.add": () => ({ name: "Laptop", key: sshKey(fresh()) }),
  "sshKeys.remove": ({ sql }, caller) => ({ key: insertSshKey(sql, caller.id) }),
  "servers.sftp.dropPassword": ({ sql, server }, caller) => {
    if (caller.id)
      sql.run(
        "insert into sftp_passwords (server_id, user_id, token_hash, created_at) values (?, ?, 'x', 0)",
        server,
        caller.id,
      );
    return {};
  },
  "remote.sftp": () => ({ username: "a", password: "b" }),
  "servers.people.invite": () => ({ email: `into.${fresh()}@example.org`, capabilities: ["console"] }),
  "servers.people.edit": ({ subuser }) => ({ user: subuser, capabilities: ["files"] }),
  "servers.people.remove": ({ subuser }) => ({ user: subuser }),
  "servers.people.resend": ({ serverInvite }) => ({ invite: serverInvite }),
  "servers.people.revoke": ({ serverInvite }) => ({ invite: serverInvite }),
  "servers.create": (stage, caller) => ({
    name: "Made",
    egg: insertEgg(stage.sql),
    node: insertPlace(stage.sql),
    memory: 512,
    disk: 512,
    cpu: 50,
    organisation: managedBy(stage, caller),
  }),
  "servers.edit": () => ({ name: "Called otherwise" }),
  "servers.remove": () => ({ name: "Lobby" }),
  "servers.power": () => ({ action: "start" }),
  "servers.setStartup": ({ sql, server }) => {
    sql.run("update servers set image = 'image:0' where id = ?", server);
    return { image: "image:1" };
  },
  "servers.addPort": ({ sql, server }) => {
    sql.run("update servers set allocation_limit = 3 where id = ?", server);
    giveAddress({ sql, server }, null);
    return {};
  },
  "servers.setPrimary": (stage) => ({ allocation: giveAddress(stage, stage.server) }),
  "servers.removePort": (stage) => ({ allocation: giveAddress(stage, stage.server) }),
  "staffServers.create": ({ sql, organisation }) => ({
    name: "Made",
    egg: insertEgg(sql),
    node: insertPlace(sql),
    memory: 512,
    disk: 512,
    owner: organisation.handle,
  }),
  "staffServers.edit": () => ({ name: "Called otherwise" }),
  "staffServers.limit": () => ({ memory: 256 }),
  "staffServers.suspend": () => ({ reason: "Unpaid" }),
  "staffServers.unsuspend": ({ sql, server }) => {
    sql.run("update servers set suspended_at = 1 where id = ?", server);
    return {};
  },
  "staffServers.handOver": ({ member }) => ({ owner: member.email }),
  "staffServers.transfer.begin": (stage) => ({ node: beforeMove(stage) }),
  "staffServers.transfer.cancel": (stage) => {
    const node = beforeMove(stage);
    stage.sql.run(
      "insert into server_transfers (id, server_id, from_node_id, to_node_id, from_name, to_name, from_addresses, to_addresses, state, started_at) select ?, id, node_id, ?, 'A', 'B', '[]', '[]', 'going', 0 from servers where id = ?",
      `transfer-${fresh()}`,
      node,
      stage.server,
    );
    stage.sql.run("update servers set state = 'transferring' where id = ?", stage.server);
    return {};
  },
  "staffServers.remove": () => ({ name: "Lobby" }),
  "remote.configure": () => ({ number: "1" }),
  ...Object.fromEntries(
    ["open", "beats", "history", "remove", "ask", "configuration", "setUp", "rotateCredentials", "allocations"].map(
      (name) => [`nodes.${name}`, ({ sql }: Stage) => ({ node: insertNode(sql) })],
    ),
  ),
};

/** The stage's server can leave its node, and there is another for it. */
/** For everybody, at the server's node if one is named. */
function insertMount(sql: Stage["sql"], server: string | null = null): string {
  const id = `mount-${fresh()}`;
  sql.run(
    "insert into mounts (id, name, source, target, self_service, created_at, updated_at) values (?, ?, '/srv/a', ?, 1, 0, 0)",
    id,
    id,
    `/mnt/${id}`,
  );
  sql.run("insert into mount_nodes (mount_id, node_id) select ?, node_id from servers where id = ?", id, server);
  return id;
}

function beforeMove({ sql, server }: Stage): string {
  sql.run("delete from server_transfers where server_id = ?", server);
  sql.run("update servers set state = 'ready' where id = ?", server);
  sql.run("update nodes set seen_at = ? where id = (select node_id from servers where id = ?)", Date.now(), server);
  return insertPlace(sql);
}

function insertSshKey(sql: Stage["sql"], user: string): string {
  const id = `key-${fresh()}`;
  if (user)
    sql.run(
      "insert into ssh_keys (id, user_id, name, public_key, fingerprint, created_at) values (?, ?, 'K', 'x', ?, 0)",
      id,
      user,
      id,
    );
  return id;
}

function insertAllocation(sql: Stage["sql"]) {
  const [node, id] = [insertNode(sql), `allocation-${fresh()}`];
  sql.run("insert into allocations (id, node_id, ip, port, created_at) values (?, ?, '192.0.2.1', 25565, 0)", id, node);
  return { node, allocations: [id] };
}

function insertBackup(sql: Stage["sql"], server: string): string {
  const id = `backup-${fresh()}`;
  sql.run("update servers set backup_limit = 5 where id = ?", server);
  sql.run(
    "insert into server_backups (id, uuid, server_id, node_id, adapter, name, state, created_at) select ?, ?, id, node_id, 'wings', 'B', 'done', 0 from servers where id = ?",
    id,
    randomUUID(),
    server,
  );
  return id;
}

/** A token that lists rights makes servers of organisations alone. */
function managedBy({ sql, organisation }: Stage, { id }: Person): string | null {
  const role = sql.get<{ role: string }>(
    "select role from organisation_members where organisation_id = ? and user_id = ?",
    organisation.id,
    id,
  )?.role;
  return role === "owner" || role === "admin" ? organisation.handle : null;
}

function giveAddress({ sql, server }: Pick<Stage, "sql" | "server">, to: string | null): string {
  const id = `allocation-${fresh()}`;
  sql.run(
    "insert into allocations (id, node_id, ip, port, server_id, created_at) select ?, node_id, '192.0.2.1', ?, ?, 0 from servers where id = ?",
    id,
    30_000 + fresh(),
    to,
    server,
  );
  return id;
}

/** The node of the stage is not called. */
export const unanswered = Object.fromEntries(
  [
    ...["list", "read", "write", "createFolder", "move", "copy", "remove", "pack", "unpack", "mode"].map(
      (act) => `files.${act}`,
    ),
    ...["create", "remove", "restore"].map((act) => `backups.${act}`),
  ].map((act) => [`servers.${act}`, { every: [502] }]),
);
