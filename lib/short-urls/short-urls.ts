/** Short addresses as staff keep them. */
import { randomBytes } from "node:crypto";
import { and, asc, eq, gt, inArray, ne, sql } from "drizzle-orm";
import * as z from "zod";
import { db, type Tx, transaction } from "#db/client.ts";
import { shortUrlClicks, shortUrls, users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound } from "#lib/api/errors.ts";
import { type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { likeAnywhere } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import { env } from "#lib/env.ts";
import { newId } from "#lib/id.ts";

const DAY = 86_400_000;
const SHOWN_DAYS = 90;

/** http and https alone, with a host, and nobody's password. */
const target = z
  .string()
  .trim()
  .max(2000, "An address has at most 2,000 characters.")
  .refine(leads, "Enter an address that begins with https:// or http://.")
  // Two of them could lead to each other without end.
  .refine((text) => !isShort(text), "This is a short address itself: enter where that leads.")
  .transform((text) => new URL(text).href);

export const fields = {
  target,
  code: z
    .string()
    .trim()
    .toLowerCase()
    .max(64, "A code has at most 64 characters.")
    .regex(/^([a-z0-9][a-z0-9_-]*)?$/, "Use letters, digits, hyphens and underscores; begin with a letter or digit.")
    .default(""),
  note: z.string().trim().max(200, "A note has at most 200 characters.").default(""),
  expiresAt: z.number().int().nullable().default(null),
};
const Fields = z.object(fields);
type Fields = z.output<typeof Fields>;
type Row = typeof shortUrls.$inferSelect;

const summaryOf = ({ enabled, createdBy, ...row }: Row) => ({
  ...row,
  enabled: enabled === 1,
  url: `${env().origin}/s/${row.code}`,
});

export const shortUrlStates = ["on", "off", "expired"] as const;

const list = {
  from: shortUrls,
  id: shortUrls.id,
  sorts: { createdAt: shortUrls.createdAt, code: shortUrls.code, clicks: shortUrls.clicks },
};

export function listShortUrls(query: KeyedQuery & { state?: (typeof shortUrlStates)[number] | undefined }) {
  const now = Date.now();
  const over = sql`${shortUrls.expiresAt} is not null and ${shortUrls.expiresAt} <= ${now}`;
  const inState = {
    on: sql`${shortUrls.enabled} = 1 and not (${over})`,
    off: sql`${shortUrls.enabled} = 0`,
    expired: over,
  };
  const pattern = likeAnywhere(query.q);
  const says = sql`(${shortUrls.code} like ${pattern} escape '\\' or ${shortUrls.target} like ${pattern} escape '\\' or ${shortUrls.note} like ${pattern} escape '\\')`;
  const conditions = [query.state && { where: inState[query.state] }, query.q ? { where: says } : undefined].filter(
    (one) => typeof one === "object",
  );
  return readKeyed(list, query, { conditions }, (ids) =>
    db().select().from(shortUrls).where(inArray(shortUrls.id, ids)).all().map(summaryOf),
  );
}

/** With its clicks of the last ninety days, a number for each day that had any. */
export function openShortUrl(id: string) {
  const row = load(db(), id);
  const since = new Date(Date.now() - SHOWN_DAYS * DAY).toISOString().slice(0, 10);
  const days = db()
    .select({ day: shortUrlClicks.day, clicks: shortUrlClicks.clicks })
    .from(shortUrlClicks)
    .where(and(eq(shortUrlClicks.shortUrlId, id), gt(shortUrlClicks.day, since)))
    .orderBy(asc(shortUrlClicks.day))
    .all();
  const author = row.createdBy
    ? db().select({ name: users.name }).from(users).where(eq(users.id, row.createdBy)).get()
    : undefined;
  return { ...summaryOf(row), author: author?.name ?? null, days, shownDays: SHOWN_DAYS };
}

/** Without a code it gets a random one. */
export function createShortUrl(given: Fields, actor: Actor): { id: string; code: string } {
  assertToCome(given);
  return transaction((tx) => {
    const now = Date.now();
    const id = newId(now);
    const code = given.code || freeCode(tx);
    assertFree(tx, code, id);
    const row = { ...given, code, createdBy: actor.id, createdAt: now, updatedAt: now };
    tx.insert(shortUrls)
      .values({ id, ...row })
      .run();
    audit(tx, actor, { ...targetOf({ id, code }), after: { ...given, code } });
    return { id, code };
  });
}

/** What changes nothing leaves no entry. */
export function editShortUrl(id: string, given: Partial<Fields> & { enabled?: boolean | undefined }, actor: Actor) {
  return transaction((tx) => {
    const before = load(tx, id);
    if (given.code) assertFree(tx, given.code, id);
    if (given.expiresAt !== before.expiresAt) assertToCome(given);
    const set = {
      ...(given.code ? { code: given.code } : {}),
      ...(given.target === undefined ? {} : { target: given.target }),
      ...(given.note === undefined ? {} : { note: given.note }),
      ...(given.expiresAt === undefined ? {} : { expiresAt: given.expiresAt }),
      ...(given.enabled === undefined ? {} : { enabled: Number(given.enabled) }),
    };
    const moved = Object.entries(set).filter(([key, value]) => before[key as keyof Row] !== value);
    if (moved.length === 0) return { id };
    const after = Object.fromEntries(moved);
    tx.update(shortUrls)
      .set({ ...after, updatedAt: Date.now() })
      .where(eq(shortUrls.id, id))
      .run();
    const was = Object.fromEntries(moved.map(([key]) => [key, before[key as keyof Row]]));
    audit(tx, actor, { ...targetOf(before), before: was, after });
    return { id };
  });
}

export function removeShortUrl(id: string, actor: Actor): { id: string } {
  return transaction((tx) => {
    const row = load(tx, id);
    tx.delete(shortUrls).where(eq(shortUrls.id, id)).run();
    audit(tx, actor, { ...targetOf(row), before: { code: row.code, target: row.target, clicks: row.clicks } });
    return { id };
  });
}

function leads(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  return (protocol === "https:" || protocol === "http:") && hostname !== "" && username === "" && password === "";
}

function isShort(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { host, pathname } = new URL(text);
  return host === new URL(env().origin).host && pathname.startsWith("/s/");
}

function assertToCome({ expiresAt }: { expiresAt?: number | null | undefined }): void {
  if (expiresAt != null && expiresAt <= Date.now()) throw invalid({ expiresAt: "Choose a time to come." });
}

function assertFree(tx: Tx, code: string, except: string): void {
  const taken = and(eq(shortUrls.code, code), ne(shortUrls.id, except));
  if (tx.select({ id: shortUrls.id }).from(shortUrls).where(taken).get())
    throw invalid({ code: "This code is taken." });
}

/** Without those that look like each other: 31 to the power of seven of them. */
const ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";

function freeCode(tx: Tx): string {
  for (;;) {
    const code = Array.from(randomBytes(7), (octet) => ALPHABET[octet % ALPHABET.length]).join("");
    if (!tx.select({ id: shortUrls.id }).from(shortUrls).where(eq(shortUrls.code, code)).get()) return code;
  }
}

function load(tx: Pick<Tx, "select">, id: string): Row {
  const row = tx.select().from(shortUrls).where(eq(shortUrls.id, id)).get();
  if (!row) throw notFound("short address");
  return row;
}

const targetOf = ({ id, code }: Pick<Row, "id" | "code">) => ({ target: { type: "short_url", id, label: code } });
