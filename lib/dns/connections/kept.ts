/** Connections that are kept in the panel: staff's for everybody, an organisation's for its own zones. Nothing untested is stored. */
import { and, asc, count, eq, inArray, isNull } from "drizzle-orm";
import { type DbOrTx, db, type Tx, transaction } from "#db/client.ts";
import { connections as rows, zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { seal, unseal } from "#lib/crypto/seal.ts";
import { env } from "#lib/env.ts";
import { newId } from "#lib/id.ts";
import { limitOf } from "#lib/organisations/limits.ts";
import { type ConnectionRow, connectionById, connections } from "../connections.ts";
import { shownName, visibleAmong } from "../zones.ts";
import { counted, type Probe, probe, type Target } from "./probe.ts";
import type { ConnectionTest, KeptConnection } from "./shapes.ts";

/** Whose connections are meant: an organisation's, or with null the panel's. */
export interface Keeper {
  organisationId: string | null;
  asStaff: boolean;
}

type Given = { label: string; url?: string | undefined; serverId?: string | undefined; accountId?: string | undefined };
export type NewConnection = Given & { kind: Target["kind"]; secret: string };
export type ConnectionEdit = Partial<Given> & { secret?: string | undefined; confirm: boolean };

/** The panel's with those of the environment first; an organisation's are its own alone. */
export function listConnections({ organisationId }: Keeper): { items: KeptConnection[] } {
  const kept = db().select().from(rows).where(of(organisationId)).orderBy(asc(rows.label), asc(rows.id)).all();
  const fixed = organisationId === null ? connections() : [];
  const used = zonesAt([...fixed, ...kept].map(({ id }) => id));
  const { powerDns, cloudflare } = env();
  return {
    items: [
      ...fixed.map(({ id, kind, label }) => ({
        id,
        kind,
        label,
        fixed: true,
        url: kind === "powerdns" ? (powerDns?.url ?? null) : null,
        serverId: kind === "powerdns" ? (powerDns?.serverId ?? null) : null,
        accountId: kind === "cloudflare" ? (cloudflare?.accountId ?? null) : null,
        zones: used.get(id) ?? 0,
        createdAt: null,
        rotatedAt: null,
        test: null,
        load: loadOf(id),
      })),
      ...kept.map((row) => summaryOf(row, used.get(row.id) ?? 0)),
    ],
  };
}

export async function addConnection(keeper: Keeper, input: NewConnection, actor: Actor): Promise<KeptConnection> {
  assertRoom(keeper, db());
  const place = placeOf(input.kind, input);
  const found = await probe({ ...place, ...keeper, secret: input.secret });
  if (!found.ok) throw invalid({ [found.field]: found.message });
  return transaction((tx) => {
    assertRoom(keeper, tx);
    const now = Date.now();
    const id = newId(now);
    const row = {
      id,
      ...place,
      label: input.label,
      organisationId: keeper.organisationId,
      secret: sealed(id, input.secret),
      revision: 1,
      test: JSON.stringify(testOf(found, now)),
      createdAt: now,
      updatedAt: now,
      rotatedAt: now,
    };
    tx.insert(rows).values(row).run();
    audit(tx, actor, { ...targetOf(row, keeper), after: shown(row) });
    return summaryOf(row, 0);
  });
}

/** Where it leads is changed only together with its secret: otherwise a key could be sent to whoever one likes. */
export async function editConnection(keeper: Keeper, id: string, edit: ConnectionEdit, actor: Actor) {
  const row = load(keeper, id);
  const place = placeOf(row.kind, {
    url: edit.url ?? row.url ?? undefined,
    serverId: edit.serverId ?? row.serverId ?? undefined,
    accountId: edit.accountId ?? row.accountId ?? undefined,
  });
  const moves = place.url !== row.url || place.serverId !== row.serverId || place.accountId !== row.accountId;
  if (moves && edit.secret === undefined)
    throw invalid({ secret: "Give the key again: the connection will lead somewhere else." });
  const found =
    edit.secret === undefined ? null : await tested(row, { ...place, ...keeper, secret: edit.secret }, edit.confirm);
  const now = Date.now();
  const set = {
    ...place,
    label: edit.label ?? row.label,
    ...(found && edit.secret ? secretOf(row, edit.secret, found, now) : {}),
  };
  return store(keeper, row, set, actor, {
    before: shown(row),
    after: { ...shown({ ...row, ...set }), ...(found ? { secret: "given again" } : {}) },
  });
}

/** The new secret is tried first: one that does not work replaces nothing. */
export async function rotateSecret(
  keeper: Keeper,
  id: string,
  { secret, confirm }: { secret: string; confirm: boolean },
  actor: Actor,
): Promise<KeptConnection> {
  const row = load(keeper, id);
  const found = await tested(row, { ...row, secret }, confirm);
  const after = { secret: "replaced" };
  return store(keeper, row, secretOf(row, secret, found, Date.now()), actor, { after });
}

export async function testConnection(keeper: Keeper, id: string, actor: Actor): Promise<ConnectionTest> {
  const row = load(keeper, id);
  const found = await probeRow(row);
  const missing = found.sees === null ? [] : zonesOf(id).filter((name) => !found.sees?.has(name));
  const test = testOf(found, Date.now());
  if (missing.length > 0)
    test.notes.push(`${counted(missing.length, "zone")} that this panel keeps there cannot be seen with it.`);
  transaction((tx) => {
    const now = tx.select({ revision: rows.revision }).from(rows).where(eq(rows.id, id)).get();
    if (!now) throw notFound("connection");
    if (now.revision === row.revision)
      tx.update(rows)
        .set({ test: JSON.stringify(test) })
        .where(eq(rows.id, id))
        .run();
    audit(tx, actor, { ...targetOf(row, keeper), after: { ok: test.ok, message: test.message } });
  });
  return test;
}

/** Every connection that is kept, tried out; nothing is written down. */
export const tryAll = () =>
  db()
    .select()
    .from(rows)
    .orderBy(asc(rows.label), asc(rows.id))
    .all()
    .map(async (row) => ({ label: row.label, found: await probeRow(row) }));

function probeRow(row: ConnectionRow): Promise<Probe> | Probe {
  const secret = open(row);
  return secret === null ? CLOSED : probe({ ...row, secret });
}

/** Only what no zone is kept at. Says which are, as far as the actor can view them. */
export function removeConnection(keeper: Keeper, id: string, actor: Actor & { id: string }): { removed: string } {
  const row = load(keeper, id);
  return transaction((tx) => {
    const used = zonesAt([id], tx).get(id) ?? 0;
    if (used > 0) {
      const names = visibleAmong(actor, eq(zones.connection, id))
        .slice(0, 20)
        .map(({ zone }) => shownName(zone));
      const rest = used - names.length;
      const those = [...names, ...(rest > 0 ? [names.length > 0 ? `${rest} more` : counted(rest, "zone")] : [])];
      const message = `Zones are kept there: ${those.join(", ")}. Delete them or move them first.`;
      throw new Problem("conflict", message, { zones: names, hidden: rest });
    }
    tx.delete(rows).where(eq(rows.id, id)).run();
    audit(tx, actor, { ...targetOf(row, keeper), before: shown(row) });
    return { removed: id };
  });
}

const of = (organisationId: string | null) =>
  organisationId === null ? isNull(rows.organisationId) : eq(rows.organisationId, organisationId);

function load({ organisationId }: Keeper, id: string): ConnectionRow {
  const row = db()
    .select()
    .from(rows)
    .where(and(eq(rows.id, id), of(organisationId)))
    .get();
  if (!row) throw notFound("connection");
  return row;
}

function assertRoom({ organisationId }: Keeper, tx: DbOrTx): void {
  if (organisationId === null) return;
  const limit = limitOf(organisationId, "limits.connections_per_organisation", tx);
  const has = tx.select({ n: count() }).from(rows).where(of(organisationId)).get()?.n ?? 0;
  if (has < limit) return;
  const message =
    limit === 0
      ? "On this panel organisations bring no connections of their own."
      : `An organisation can have at most ${counted(limit, "connection")}.`;
  throw new Problem("conflict", message);
}

/** What of the input a kind has, and what it has to have. */
function placeOf(kind: Target["kind"], { url, serverId, accountId }: Omit<Given, "label">) {
  if (kind === "cloudflare") return { kind, url: null, serverId: null, accountId: accountId ?? null };
  if (url === undefined) throw invalid({ url: "Enter the address of the PowerDNS API." });
  return { kind, url, serverId: serverId ?? "localhost", accountId: null };
}

async function tested(row: ConnectionRow, target: Target, confirmed: boolean): Promise<Probe> {
  const found = await probe(target);
  if (!found.ok) throw invalid({ [found.field]: found.message });
  const missing = found.sees === null ? 0 : zonesOf(row.id).filter((name) => !found.sees?.has(name)).length;
  if (missing > 0 && !confirmed) {
    const message = `${counted(missing, "zone")} that this panel keeps there cannot be seen with it. Confirm that you mean it.`;
    throw new Problem("confirm_required", message, { fields: { confirm: message }, missing: String(missing) });
  }
  return found;
}

/** Stores what was tested, unless somebody else changed the connection meanwhile. */
function store(
  keeper: Keeper,
  row: ConnectionRow,
  set: Partial<ConnectionRow>,
  actor: Actor,
  said: { before?: object; after: object },
): KeptConnection {
  return transaction((tx) => {
    const stored = tx
      .update(rows)
      .set({ ...set, revision: row.revision + 1, updatedAt: Date.now() })
      .where(and(eq(rows.id, row.id), eq(rows.revision, row.revision)))
      .returning()
      .get();
    if (!stored) throw new Problem("conflict", "Somebody else has changed this connection meanwhile. Try again.");
    audit(tx, actor, { ...targetOf(stored, keeper), ...said });
    return summaryOf(stored, zonesAt([row.id], tx).get(row.id) ?? 0);
  });
}

const secretOf = (row: ConnectionRow, secret: string, found: Probe, now: number) => ({
  secret: sealed(row.id, secret),
  test: JSON.stringify(testOf(found, now)),
  rotatedAt: now,
});

const place = (id: string) => ({ table: "connections", column: "secret", row: id });
const sealed = (id: string, secret: string): string => seal(secret, place(id));

function open(row: ConnectionRow): string | null {
  try {
    return unseal(row.secret, place(row.id));
  } catch {
    return null;
  }
}

const CLOSED: Probe = {
  ok: false,
  message: "The secret of this connection cannot be opened on this panel. Give it again.",
  version: null,
  zones: null,
  names: [],
  rights: [],
  notes: [],
  sees: null,
  field: "secret",
};

const testOf = ({ sees: _sees, field: _field, ...found }: Probe, at: number): ConnectionTest => ({ at, ...found });

/** How many zones are kept at each. */
const zonesAt = (ids: readonly string[], tx: DbOrTx | Tx = db()): Map<string, number> =>
  new Map(
    tx
      .select({ id: zones.connection, n: count() })
      .from(zones)
      .where(inArray(zones.connection, [...ids]))
      .groupBy(zones.connection)
      .all()
      .map(({ id, n }) => [id, n]),
  );

/** Those that are there: not the ones that are still to be made. */
const zonesOf = (id: string): string[] =>
  db()
    .select({ name: zones.name, at: zones.externalId })
    .from(zones)
    .where(eq(zones.connection, id))
    .all()
    .flatMap(({ name, at }) => (at === null ? [] : name));

const summaryOf = (row: ConnectionRow, used: number): KeptConnection => ({
  id: row.id,
  kind: row.kind,
  label: row.label,
  fixed: false,
  url: row.url,
  serverId: row.serverId,
  accountId: row.accountId,
  zones: used,
  createdAt: row.createdAt,
  rotatedAt: row.rotatedAt,
  test: row.test === null ? null : (JSON.parse(row.test) as ConnectionTest),
  load: loadOf(row.id),
});

const loadOf = (id: string): KeptConnection["load"] => connectionById(id)?.provider.load?.() ?? null;

/** For the audit log. */
const shown = ({ kind, label, url, serverId, accountId }: ConnectionRow) => ({
  kind,
  label,
  url,
  serverId,
  accountId,
});

const targetOf = (row: Pick<ConnectionRow, "id" | "label">, { organisationId, asStaff }: Keeper) => ({
  target: { type: "connection", id: row.id, label: row.label },
  organisationId,
  asStaff,
});
