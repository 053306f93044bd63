/** API tokens: making, listing, shrinking and revoking them. */
import { and, asc, count, desc, eq, inArray, or, type SQL, sql } from "drizzle-orm";
import { db, type Tx, transaction } from "#db/client.ts";
import { organisationMembers, organisations, tokens, users, zones } from "#db/schema/index.ts";
import { type TokenRights, whatWidens } from "#lib/access/token.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { type ListQuery, likeAnywhere, offsetOf, type Page, sortOf } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import { displayName } from "#lib/dns/name.ts";
import { visibleAmong } from "#lib/dns/zones.ts";
import { newId } from "#lib/id.ts";
import { queueMail } from "#lib/mail/outbox.ts";
import { withinNetworks } from "#lib/networks.ts";
import { onAccount } from "#lib/roles/gate.ts";
import { cutEverywhere } from "#lib/servers/holders.ts";
import { setting } from "#lib/settings/settings.ts";
import { assertAccount } from "#lib/users/directory.ts";
import { columnsOf, networksOf, rightsOf, type TokenRow, tokenLabel } from "./rights.ts";
import { hashOf, newSecret, prefixOf } from "./secret.ts";
import type { NewToken, TokenEdit, TokenSummary } from "./shapes.ts";
import { assertFuture, wantedNetworks, wantedRights } from "./wanted.ts";

type Person = Actor & { id: string };

/** Makes a token of the owner's. `by` is who asks: the owner, or whoever has a shell. The token itself is returned this once. */
export function createToken(input: NewToken, owner: Person, by: Actor): TokenSummary & { token: string } {
  const rights = wantedRights(input, owner, null);
  const networks = wantedNetworks(input.networks);
  assertFuture(input.expiresAt);
  const secret = newSecret();
  const row = transaction((tx) => {
    const limit = setting("limits.tokens_per_account", tx);
    const has = tx.select({ n: count() }).from(tokens).where(eq(tokens.userId, owner.id)).get()?.n ?? 0;
    if (has >= limit)
      throw new Problem(
        "conflict",
        `An account can have at most ${limit} tokens. Revoke one that is not used any more.`,
      );
    const now = Date.now();
    const made = tx
      .insert(tokens)
      .values({
        id: newId(now),
        userId: owner.id,
        name: input.name,
        prefix: prefixOf(secret),
        tokenHash: hashOf(secret),
        ...columnsOf(rights),
        networks: JSON.stringify(networks),
        createdAt: now,
        expiresAt: input.expiresAt,
      })
      .returning()
      .get();
    audit(tx, by, { target: targetOf(made), after: { account: owner.id, ...told(made) } });
    tellOwner(tx, made, by.address);
    return made;
  });
  return { ...summariesOf([row], owner)[0], token: secret } as TokenSummary & { token: string };
}

/** Its rights, networks and expiry only shrink. */
export function editToken(id: string, edit: TokenEdit, owner: Person): TokenSummary {
  const row = transaction((tx) => {
    const before = ownToken(tx, owner.id, id);
    const rights = shrunkRights(before, edit, owner);
    const after = tx
      .update(tokens)
      .set({
        name: edit.name ?? before.name,
        ...columnsOf(rights),
        networks: JSON.stringify(shrunkNetworks(before, edit.networks)),
        expiresAt: shrunkExpiry(before, edit.expiresAt),
      })
      .where(eq(tokens.id, id))
      .returning()
      .get();
    if (Object.keys(edit).some((field) => field !== "name")) cutEverywhere(tx, owner.id);
    audit(tx, owner, { target: targetOf(before), before: told(before), after: told(after) });
    return after;
  });
  return summariesOf([row], owner)[0] as TokenSummary;
}

function shrunkRights(row: TokenRow, edit: TokenEdit, owner: Person): TokenRights {
  const before = rightsOf(row);
  const { mode, permissions, organisations, zones, servers } = edit;
  if (![mode, permissions, organisations, zones, servers].some((field) => field !== undefined)) return before;
  const lists = before.mode === "listed" ? before : { permissions: [], organisations: [], zones: [], servers: [] };
  const asked = {
    mode: mode ?? before.mode,
    permissions: permissions ?? [...lists.permissions],
    organisations: organisations ?? [...lists.organisations],
    zones: zones ?? [...lists.zones],
    servers: servers ?? lists.servers.map((rule) => ({ ...rule, capabilities: [...rule.capabilities] })),
  };
  const after = wantedRights(asked, owner, before);
  const wider = whatWidens(before, after);
  if (wider) throw invalid({ [wider.field]: wider.reason });
  return after;
}

function shrunkNetworks(row: TokenRow, asked: readonly string[] | undefined): string[] {
  const before = networksOf(row);
  if (asked === undefined) return before;
  const after = wantedNetworks(asked);
  const wider = after.findIndex((network) => before.length > 0 && !withinNetworks(network, before));
  if (wider >= 0)
    throw invalid({ [`networks.${wider}`]: `${after[wider]} is not one of the networks that the token has.` });
  if (before.length > 0 && after.length === 0)
    throw invalid({ networks: "Without a network the token could be used from anywhere. Keep at least one." });
  return after;
}

function shrunkExpiry(row: TokenRow, asked: number | null | undefined): number | null {
  if (asked === undefined || asked === row.expiresAt) return row.expiresAt;
  assertFuture(asked);
  if (row.expiresAt !== null && (asked === null || asked > row.expiresAt))
    throw invalid({ expiresAt: "A token cannot be made to last longer. Make a new one." });
  return asked;
}

export function revokeOwn(id: string, owner: Person): { revoked: string } {
  transaction((tx) => remove(tx, ownToken(tx, owner.id, id), owner));
  return { revoked: id };
}

/** Somebody else's, under the ceiling. */
export function revokeOf(userId: string, id: string, actor: Actor): { revoked: string } {
  return transaction((tx) => {
    const row = ownToken(tx, userId, id);
    onAccount(tx, actor, userId, ["admin:user:edit"], () => remove(tx, row, actor, userId !== actor.id));
    return { revoked: row.id };
  });
}

/** By id or by how it begins, for whoever has a shell. */
export function revokeByPrefix(text: string, actor: Actor): TokenRow {
  return transaction((tx) => {
    const found = tx
      .select()
      .from(tokens)
      .where(or(eq(tokens.id, text), eq(tokens.prefix, text.replace(/…$/, ""))))
      .all();
    const [row, another] = found;
    if (!row) throw notFound("token");
    if (another)
      throw new Problem(
        "conflict",
        `Two tokens begin like this. Name one by its id: ${found.map(({ id }) => id).join(", ")}.`,
      );
    remove(tx, row, actor);
    return row;
  });
}

function remove(tx: Tx, row: TokenRow, actor: Actor, asStaff = false): void {
  tx.delete(tokens).where(eq(tokens.id, row.id)).run();
  // A console that it opened is open still.
  cutEverywhere(tx, row.userId);
  audit(tx, actor, { target: targetOf(row), before: { account: row.userId, ...told(row) }, asStaff });
}

function ownToken(tx: Tx, userId: string, id: string): TokenRow {
  const row = tx
    .select()
    .from(tokens)
    .where(and(eq(tokens.id, id), eq(tokens.userId, userId)))
    .get();
  if (!row) throw notFound("token");
  return row;
}

const sorts = { createdAt: tokens.createdAt, name: tokens.name, lastUsedAt: tokens.lastUsedAt } as const;

/** The tokens of one account. Throws `not_found` if there is no such account. */
export function tokensOf(userId: string, query: ListQuery, reader: Person): Page<TokenSummary> {
  assertAccount(userId);
  return page(eq(tokens.userId, userId), query, reader);
}

/** Everybody's, searched by the token's name or beginning and by the account. */
export const allTokens = (query: ListQuery, reader: Person) => page(undefined, query, reader);

function page(among: SQL | undefined, query: ListQuery, reader: Person) {
  const pattern = likeAnywhere(query.q);
  const matches = query.q
    ? sql`(${tokens.name} like ${pattern} escape '\\' or ${tokens.prefix} like ${pattern} escape '\\' or ${users.email} like ${pattern} escape '\\')`
    : undefined;
  const where = and(among, matches);
  const { column, descending } = sortOf(query);
  const by = sorts[column as keyof typeof sorts];
  const rows = db()
    .select({ token: tokens, account: { id: users.id, name: users.name, email: users.email } })
    .from(tokens)
    .innerJoin(users, eq(users.id, tokens.userId))
    .where(where)
    .orderBy(descending ? desc(by) : asc(by), asc(tokens.id))
    .limit(query.perPage)
    .offset(offsetOf(query))
    .all();
  const total =
    db().select({ n: count() }).from(tokens).innerJoin(users, eq(users.id, tokens.userId)).where(where).get()?.n ?? 0;
  const summaries = summariesOf(
    rows.map(({ token }) => token),
    reader,
  );
  const items = rows.flatMap(({ account }, at) => {
    const summary = summaries[at];
    return summary ? { ...summary, account } : [];
  });
  return { items, total, page: query.page, perPage: query.perPage };
}

/** With the names of what the rights are about, as far as the reader can see it. */
function summariesOf(rows: readonly TokenRow[], reader: Person): TokenSummary[] {
  const parsed = rows.map((row) => ({ row, rights: rightsOf(row) }));
  const lists = parsed.flatMap(({ rights }) => (rights.mode === "listed" ? rights : []));
  const zoneNames = namesOfZones(
    lists.flatMap((list) => list.zones.flatMap(({ zone }) => zone ?? [])),
    reader,
  );
  const organisationNames = namesOfOrganisations(
    lists.flatMap((list) => list.organisations.flatMap(({ organisation }) => organisation ?? [])),
    reader,
  );
  return parsed.map(({ row, rights }) => {
    const { id, name, prefix, createdAt, expiresAt, lastUsedAt, lastUsedAddress } = row;
    const list = rights.mode === "listed" ? rights : { permissions: [], organisations: [], zones: [], servers: [] };
    return {
      id,
      name,
      prefix,
      mode: rights.mode,
      permissions: [...list.permissions],
      organisations: list.organisations.map((rule) => ({
        ...rule,
        label: (rule.organisation !== null && organisationNames.get(rule.organisation)) || null,
      })),
      zones: list.zones.map((rule) => ({ ...rule, label: (rule.zone !== null && zoneNames.get(rule.zone)) || null })),
      servers: list.servers.map(({ server, capabilities }) => ({ server, capabilities: [...capabilities] })),
      networks: networksOf(row),
      createdAt,
      expiresAt,
      lastUsedAt,
      lastUsedAddress,
    };
  });
}

const namesOfZones = (ids: string[], reader: Person): Map<string, string> =>
  new Map(
    ids.length === 0
      ? []
      : visibleAmong(reader, inArray(zones.id, ids)).map(({ zone }) => [
          zone.id,
          displayName(zone.name).replace(/\.$/, ""),
        ]),
  );

function namesOfOrganisations(ids: string[], reader: Person): Map<string, string> {
  if (ids.length === 0) return new Map();
  const member = sql`exists (select 1 from ${organisationMembers} m where m.organisation_id = ${organisations.id} and m.user_id = ${reader.id})`;
  const rows = db()
    .select({ id: organisations.id, name: organisations.name })
    .from(organisations)
    .where(and(inArray(organisations.id, ids), reader.grants.has("org:read") ? undefined : member))
    .all();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** No link: whoever did not make it should go to the panel by themselves. */
function tellOwner(tx: Tx, token: TokenRow, address: string | null): void {
  const owner = tx.select({ email: users.email }).from(users).where(eq(users.id, token.userId)).get();
  if (!owner) return;
  const from = address === null ? "on the command line of the panel" : `from the address ${address}`;
  const rights =
    token.mode === "full"
      ? "It can do everything that your account can."
      : "It has the rights that were listed for it.";
  queueMail(tx, {
    template: "token",
    userId: token.userId,
    recipient: owner.email,
    subject: "A new API token of your account",
    text: [
      `The API token “${token.name}” (${token.prefix}…) was made for your account ${from}.`,
      rights,
      "",
      "If this was not you, revoke it in the panel under Settings, API tokens, and change your password.",
    ].join("\n"),
  });
}

const targetOf = (row: TokenRow) => ({ type: "token", id: row.id, label: tokenLabel(row) });

/** What the audit log holds of a token. */
const told = (row: TokenRow) => ({
  name: row.name,
  ...rightsOf(row),
  networks: networksOf(row),
  expiresAt: row.expiresAt,
});
