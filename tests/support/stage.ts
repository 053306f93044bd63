/** What the walk calls procedures on: one organisation with a zone and everything in it, and people of every standing towards it. */
import { createHash, randomUUID } from "node:crypto";
import { seal } from "#lib/crypto/seal.ts";
import type { Panel, Person } from "./panel.ts";

/** Everything that a route's parameters can name. */
export interface Stage {
  panel: Panel;
  sql: Sql;
  organisation: { id: string; handle: string };
  zone: string;
  record: string;
  change: string;
  /** A zone that was deleted and can be brought back. */
  deleted: string;
  /** A pending invitation to somebody else. */
  invite: string;
  /** A pending invitation of somebody else to the zone. */
  zoneInvite: string;
  /** A bulk change of the member's, or of the caller's once there is one. */
  bulk: string;
  /** A pending invitation to the caller, once there is one. */
  ownInvite: string;
  /** The token of an invitation by mail: to the caller, once there is one; to an address without account otherwise. */
  inviteToken: string;
  session: string;
  passkey: string;
  /** An API token of the member's, or of the caller's once there is one. */
  token: string;
  /** Connections whose secrets do not open: the organisation's, and the panel's. */
  ownConnection: string;
  sharedConnection: string;
  /** One that adds a record. */
  template: string;
  /** A server of the organisation, on a node of its own whose daemon is at an address that the panel does not call. */
  server: string;
  /** Somebody without anything else, who was let into it. */
  subuser: string;
  serverInvite: string;
  /** Whoever made the organisation, and holds everything. */
  owner: string;
  member: Person;
  /** An account that holds nothing, with a session, a passkey and a one-time password. */
  bare: Person & { passkey: string };
  /** A role that the bare account has beside another that grants nothing. */
  role: string;
}

/** The database under the panel, for what no procedure does. */
export interface Sql {
  run(text: string, ...values: unknown[]): void;
  get<T>(text: string, ...values: unknown[]): T | undefined;
  all<T>(text: string, ...values: unknown[]): T[];
}

let sequence = 0;

/** A number that no name on any stage had before. */
export const fresh = (): number => ++sequence;

export async function setStage(panel: Panel, address = "192.0.2.1"): Promise<Stage> {
  const n = fresh();
  const sql = await sqlOf();
  const owner = await panel.person(`Owner ${n}`, "root");
  const member = await panel.person(`Member ${n}`);
  const handle = `org-${n}`;
  const organisation = (
    await owner.call<{ id: string; handle: string }>("POST", "/organisations", { name: `Organisation ${n}`, handle })
  ).body;
  await owner.call("POST", `/organisations/${handle}/members`, { email: member.email, role: "member" });
  const zone = `stage${n}.example`;
  await owner.call("POST", `/organisations/${handle}/dns/zones`, { name: zone, connection: "local" });
  const base = `/organisations/${handle}/dns/zones/${zone}`;
  const record = (
    await owner.call<{ id: string; change: string }>("POST", `${base}/records`, {
      name: "www",
      type: "A",
      ttl: 60,
      content: address,
    })
  ).body;
  await owner.call("PUT", `${base}/permissions/${member.id}`, { level: "view" });
  const gone = `gone${n}.example`;
  const deleted = (
    await owner.call<{ id: string }>("POST", `/organisations/${handle}/dns/zones`, { name: gone, connection: "local" })
  ).body.id;
  await owner.call("DELETE", `/organisations/${handle}/dns/zones/${gone}`, { name: gone });
  const { bare, role } = await bareAccount(panel, sql, n);
  const stage = {
    panel,
    sql,
    organisation,
    zone,
    record: record.id,
    change: record.change,
    member,
    bare,
    role,
    owner: owner.id,
  };
  const inviteToken = `token-of-${n}`;
  const invite = insertInvite(stage, `somebody.${n}@example.org`, owner.id, inviteToken);
  const server = insertServer(sql, organisation.id);
  return {
    ...stage,
    deleted,
    invite,
    zoneInvite: insertZoneInvite(stage, `guest.${n}@example.org`, owner.id),
    ownInvite: invite,
    inviteToken,
    session: sessionOf(sql, member.id),
    passkey: insertPasskey(sql, member.id),
    token: insertToken(stage, member.id),
    bulk: insertBulk(sql, member.id),
    ownConnection: insertConnection(sql, organisation.id),
    sharedConnection: insertConnection(sql, null),
    template: insertTemplate(sql, organisation.id),
    server,
    subuser: await insertSubuser(panel, sql, server, n),
    serverInvite: insertServerInvite(sql, server, owner.id),
  };
}

/** Ready, with one address. */
export function insertServer(sql: Pick<Sql, "run">, organisation: string, node = insertNode(sql)): string {
  const [id, egg, allocation] = [`server-${fresh()}`, insertEgg(sql), `allocation-${fresh()}`];
  const uuid = randomUUID();
  sql.run(
    `insert into servers (id, uuid, short, name, organisation_id, node_id, egg_id, image, memory, disk, state, created_at, updated_at)
     values (?, ?, ?, 'Lobby', ?, ?, ?, 'image:1', 512, 1024, 'ready', 0, 0)`,
    id,
    uuid,
    uuid.slice(0, 8),
    organisation,
    node,
    egg,
  );
  sql.run(
    "insert into allocations (id, node_id, ip, port, server_id, created_at) values (?, ?, '192.0.2.1', 25565, ?, 0)",
    allocation,
    node,
    id,
  );
  sql.run("update servers set allocation_id = ? where id = ?", allocation, id);
  return id;
}

async function insertSubuser(panel: Panel, sql: Sql, server: string, n: number): Promise<string> {
  const { id } = await panel.person(`Subuser ${n}`);
  sql.run(
    "insert into server_subusers (server_id, user_id, capabilities, created_at, updated_at) values (?, ?, '[\"console\"]', 0, 0)",
    server,
    id,
  );
  return id;
}

function insertServerInvite(sql: Sql, server: string, by: string): string {
  const id = `server-invite-${fresh()}`;
  const now = Date.now();
  sql.run(
    "insert into server_invites (id, server_id, email, capabilities, invited_by, created_at, expires_at) values (?, ?, ?, '[\"console\"]', ?, ?, ?)",
    id,
    server,
    `${id}@example.org`,
    by,
    now,
    now + 3_600_000,
  );
  return id;
}

/** Its daemon is at an address that the panel does not call. */
export function insertNode(sql: Pick<Sql, "run">): string {
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

/** A node that answers, with room and a free address. */
export function insertPlace(sql: Pick<Sql, "run">): string {
  const id = insertNode(sql);
  sql.run("update nodes set seen_at = ?, memory = 8192, disk = 8192 where id = ?", Date.now(), id);
  sql.run(
    "insert into allocations (id, node_id, ip, port, created_at) values (?, ?, '192.0.2.1', 25565, 0)",
    `allocation-${fresh()}`,
    id,
  );
  return id;
}

export function insertEgg(sql: Pick<Sql, "run">): string {
  const id = `egg-${fresh()}`;
  sql.run(
    `insert into eggs (id, name, images, created_at, updated_at) values (?, 'E', '[["One","image:1"]]', 0, 0)`,
    id,
  );
  return id;
}

/** It is through, and changed something in a zone that is gone. */
export function insertBulk(sql: Sql, user: string): string {
  const id = `bulk-${fresh()}`;
  const wanted = { find: { type: "A", name: "", content: "", whole: false, zones: [] }, change: { kind: "delete" } };
  sql.run(
    "insert into bulks (id, user_id, wanted, confirmed, state, actor, created_at) values (?, ?, ?, 0, 'done', '{}', 0)",
    id,
    user,
    JSON.stringify(wanted),
  );
  sql.run(
    "insert into bulk_zones (bulk_id, zone_id, position, name, digest, state, change_id) values (?, 'gone', 0, 'gone.example.', 'x', 'applied', 'gone')",
    id,
  );
  return id;
}

/** The one that there can be of the feature. */
export function insertRollout(sql: Sql): string {
  const id = `rollout-${fresh()}`;
  sql.run("delete from rollouts");
  sql.run(
    "insert into rollouts (id, key, treatments, created_at, updated_at) values (?, 'records.density', '[]', 0, 0)",
    id,
  );
  return id;
}

/** Whoever has one permission alone is above it: so the ceiling is no reason to refuse what the guard lets through. */
async function bareAccount(panel: Panel, sql: Sql, n: number) {
  const person = await panel.person(`Bare ${n}`, []);
  const passkey = insertPasskey(sql, person.id);
  const role = `role-${n}`;
  sql.run("insert into totp_factors (user_id, secret, confirmed_at, created_at) values (?, 'sealed', 1, 0)", person.id);
  sql.run("insert into roles (id, name, created_at) values (?, ?, 0)", role, `Role ${n}`);
  sql.run("insert into user_roles (user_id, role_id, created_at) values (?, ?, 0)", person.id, role);
  return { bare: { ...person, passkey }, role };
}

/** A plan of the stage's zone that waits to be applied, made by somebody. */
export function insertImport({ sql, zone, organisation }: Stage, userId: string, batch: string | null = null): string {
  const id = `import-${fresh()}`;
  sql.run(
    "insert into zone_imports (id, batch_id, organisation_id, zone_id, name, mode, apex, state, actor, user_id, created_at) select ?, ?, organisation_id, id, name, 'merge', 0, 'planned', '{}', (select id from users where id = ?), ? from zones where organisation_id = ? and name = ?",
    id,
    batch,
    userId,
    Date.now(),
    organisation.id,
    `${zone}.`,
  );
  return id;
}

export function insertInvite(
  stage: Pick<Stage, "sql" | "organisation">,
  email: string,
  by: string,
  token: string | null = null,
): string {
  const id = `invite-${fresh()}`;
  const now = Date.now();
  stage.sql.run(
    "insert into organisation_invites (id, organisation_id, email, role, token_hash, invited_by, created_at, expires_at) values (?, ?, ?, 'member', ?, ?, ?, ?)",
    id,
    stage.organisation.id,
    email,
    token === null ? null : createHash("sha256").update(token).digest("hex"),
    by,
    now,
    now + 3_600_000,
  );
  return id;
}

/** A passkey that nobody holds the key of. */
export function insertPasskey(sql: Sql, user: string): string {
  const id = `passkey-${fresh()}`;
  sql.run(
    "insert into passkeys (id, user_id, name, credential_id, public_key, counter, synced, backed_up, aaguid, created_at) values (?, ?, 'A passkey', ?, x'00', 0, 0, 0, '', 0)",
    id,
    user,
    Buffer.from(id).toString("base64url"),
  );
  return id;
}

function insertZoneInvite({ sql, organisation }: Pick<Stage, "sql" | "organisation">, email: string, by: string) {
  const id = `zone-invite-${fresh()}`;
  const now = Date.now();
  sql.run(
    "insert into zone_invites (id, zone_id, email, level, access_until, invited_by, created_at, expires_at) select ?, id, ?, 'view', ?, ?, ?, ? from zones where organisation_id = ?",
    id,
    email,
    now + 86_400_000,
    by,
    now,
    now + 3_600_000,
    organisation.id,
  );
  return id;
}

/** A full token that nothing opens with: its row alone. */
export function insertToken({ sql }: Pick<Stage, "sql">, owner: string): string {
  const id = `token-${fresh()}`;
  sql.run(
    "insert into tokens (id, user_id, name, prefix, token_hash, mode, created_at) values (?, ?, 'Stage', 'zg_stage', ?, 'full', 0)",
    id,
    owner,
    id,
  );
  return id;
}

function insertTemplate(sql: Sql, organisation: string): string {
  const id = `template-${fresh()}`;
  sql.run(
    "insert into zone_templates (id, organisation_id, name, content, created_at, updated_at) values (?, ?, 'Stage', ?, 0, 0)",
    id,
    organisation,
    JSON.stringify({ records: "templated A 192.0.2.1", nameservers: [], soa: null }),
  );
  return id;
}

function insertConnection(sql: Sql, organisation: string | null): string {
  const id = `connection-${fresh()}`;
  sql.run(
    "insert into connections (id, kind, label, organisation_id, url, server_id, secret, created_at, updated_at, rotated_at) values (?, 'powerdns', 'Stage', ?, 'http://192.0.2.1', 'localhost', 'sealed', 0, 0, 0)",
    id,
    organisation,
  );
  return id;
}

export const sessionOf = (sql: Sql, user: string): string =>
  sql.get<{ id: string }>("select id from sessions where user_id = ?", user)?.id ?? "";

/** An account that is in no organisation: its e-mail address. */
export function spareAccount({ sql }: Pick<Stage, "sql">): { id: string; email: string } {
  const id = `spare-${fresh()}`;
  const email = `${id}@example.org`;
  sql.run("insert into users (id, name, email, created_at, updated_at) values (?, 'Spare', ?, 0, 0)", id, email);
  return { id, email };
}

export async function sqlOf(): Promise<Sql> {
  const { db } = await import("#db/client.ts");
  const { $client } = db();
  return {
    run: (text, ...values) => void $client.prepare(text).run(...values),
    get: (text, ...values) => $client.prepare(text).get(...values) as never,
    all: (text, ...values) => $client.prepare(text).all(...values) as never,
  };
}
