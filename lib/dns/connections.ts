/** How providers are reached: the panel itself, what the environment names, and what is kept in the panel. */
import { asc, eq, isNull, or, sql } from "drizzle-orm";
import { type DbOrTx, db } from "#db/client.ts";
import { prepared, remembered } from "#db/hot.ts";
import { connections as rows } from "#db/schema/index.ts";
import { unseal } from "#lib/crypto/seal.ts";
import { env } from "#lib/env.ts";
import { guardedSend, type Typist } from "#lib/http/guarded-fetch.ts";
import { singleton } from "#lib/singleton.ts";
import { killHere } from "#lib/test-hook.ts";
import { type ConnectionTest, EDITS_RECORDS } from "./connections/shapes.ts";
import { cloudflare } from "./providers/cloudflare.ts";
import { localProvider } from "./providers/local.ts";
import { powerDns } from "./providers/powerdns.ts";
import { type Provider, ProviderError } from "./providers/provider.ts";

export interface Connection {
  /** `local`, `powerdns`, `cloudflare` from the environment; otherwise a row's id. */
  id: string;
  kind: Provider["capabilities"]["kind"];
  label: string;
  /** The organisation that brought it, for its own zones alone; null: everybody's. */
  organisationId: string | null;
  provider: Provider;
}

export type ConnectionRow = typeof rows.$inferSelect;

/** Those of the environment and the panel itself, the default first: Cloudflare when it is configured, else PowerDNS, else local. */
export const connections = (): readonly Connection[] =>
  singleton("connections", () => {
    const { cloudflare: cloudflareEnv, powerDns: powerDnsEnv } = env();
    const found: Connection[] = [];
    const add = (kind: Connection["kind"], label: string, provider: Provider) =>
      found.push({ id: kind, kind, label, organisationId: null, provider });
    if (cloudflareEnv) add("cloudflare", "Cloudflare", cloudflare({ ...cloudflareEnv, hook: killHere }));
    if (powerDnsEnv) {
      const label = `PowerDNS at ${new URL(powerDnsEnv.url).host}`;
      add("powerdns", label, powerDns({ ...powerDnsEnv, hook: killHere }));
    }
    add("local", "Kept in the panel", localProvider());
    return found;
  });

export function connectionById(id: string): Connection | undefined {
  const fixed = connections().find((connection) => connection.id === id);
  if (fixed) return fixed;
  const row = rowById(id);
  return row ? fromRow(row) : undefined;
}

/**
 * Where an organisation's zones can be kept, the default first: what the environment names, what the organisation
 * brought, what staff keep for everybody, and last the panel itself, which nothing serves.
 */
export function connectionsFor(organisationId: string): Connection[] {
  const kept = db()
    .select()
    .from(rows)
    .where(or(isNull(rows.organisationId), eq(rows.organisationId, organisationId)))
    .orderBy(asc(isNull(rows.organisationId)), asc(rows.label), asc(rows.id))
    .all();
  const fixed = connections();
  return [
    ...fixed.filter(({ kind }) => kind !== "local"),
    ...kept.map(fromRow),
    ...fixed.filter(({ kind }) => kind === "local"),
  ];
}

/** The one that an organisation may use, by id; the default without one. */
export function connectionFor(organisationId: string, id: string | undefined): Connection | undefined {
  if (id === undefined) return connectionsFor(organisationId)[0];
  const found = connectionById(id);
  return found && (found.organisationId ?? organisationId) === organisationId ? found : undefined;
}

/** Whether it is still there, to be asked in the transaction that begins to use it. */
export const stillThere = (tx: DbOrTx, id: string): boolean =>
  connections().some((connection) => connection.id === id) ||
  tx.select({ id: rows.id }).from(rows).where(eq(rows.id, id)).get() !== undefined;

/** Who gave the address of a connection, which decides where it may lead. */
export const typistOf = (organisationId: string | null): Typist => (organisationId === null ? "staff" : "organisation");

const byId = prepared((handle) =>
  handle
    .select()
    .from(rows)
    .where(eq(rows.id, sql.placeholder("id")))
    .prepare(),
);

const rowById = remembered((id: string) => byId().get({ id }) ?? null);

/**
 * A connection holds what it knows of its server for as long as its row stays as it is. Every seal is another text, so a
 * new secret makes another one at once, in every thread and process.
 */
function fromRow(row: ConnectionRow): Connection {
  const known = singleton("kept connections", () => new Map<string, { of: string; provider: Provider }>());
  const of = JSON.stringify([
    row.kind,
    row.url,
    row.serverId,
    row.accountId,
    row.organisationId,
    row.secret,
    isDoubted(row),
  ]);
  const found = known.get(row.id);
  const provider = found?.of === of ? found.provider : providerOf(row);
  known.set(row.id, { of, provider });
  return { id: row.id, kind: row.kind, label: row.label, organisationId: row.organisationId, provider };
}

/** Whether its last test found that its token changes no records, where that was tried. */
function isDoubted({ kind, test }: ConnectionRow): boolean {
  if (kind !== "cloudflare" || test === null) return false;
  const { rights } = JSON.parse(test) as ConnectionTest;
  return rights.some(({ what, may }) => what === EDITS_RECORDS && may === false);
}

function providerOf(row: ConnectionRow): Provider {
  const { id, kind, url, serverId, accountId, organisationId } = row;
  const send = guardedSend(typistOf(organisationId));
  const made = (secret: string): Provider =>
    kind === "cloudflare"
      ? cloudflare({
          token: secret,
          accountId: accountId ?? undefined,
          base: env().cloudflareBase,
          zones: accountId === null ? "link" : "create",
          doubted: isDoubted(row),
          // Its address is Cloudflare's, or what the environment says instead: nobody typed it.
          hook: killHere,
        })
      : powerDns({ url: url ?? "", serverId: serverId ?? "localhost", apiKey: secret, send, hook: killHere });
  try {
    return made(unseal(row.secret, { table: "connections", column: "secret", row: id }));
  } catch {
    return closed(made(""));
  }
}

/** Whose secret does not open says so whenever it is asked for something, and breaks nothing beside it. */
function closed(provider: Provider): Provider {
  const fail = async (): Promise<never> => {
    const message = "The secret of this connection cannot be opened on this panel. Give it again.";
    throw new ProviderError("not_sent", "provider_credentials", message);
  };
  const here = new Set(["capabilities", "preview", "objections", "load"]);
  const calls = Object.entries(provider).map(([name, value]) => [name, here.has(name) ? value : fail]);
  return Object.fromEntries(calls) as Provider;
}
