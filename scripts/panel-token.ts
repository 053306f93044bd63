/** `npm run panel -- token …`: the API tokens of accounts. */
import * as z from "zod";
import { compileGrants } from "#lib/access/permissions.ts";
import type { Actor } from "#lib/actor.ts";
import { grantsOf } from "#lib/roles/roles.ts";
import { newToken } from "#lib/tokens/shapes.ts";
import { allTokens, createToken, revokeByPrefix, tokensOf } from "#lib/tokens/tokens.ts";
import { accountByEmail } from "#lib/users/users.ts";
import { CommandError, option } from "./command.ts";

/** The commands as they stand in the usage. */
export const tokenUsage = `  token list [EMAIL]            list API tokens
  token create EMAIL --name NAME [--days N] [--network NETWORK]... RIGHTS
                                make one and show it; RIGHTS are --full, or any of --permission PERMISSION,
                                --organisation HANDLE=ROLE and --zone ZONE=LEVEL[,NAME[,TYPE]], as often as needed;
                                a HANDLE, ZONE, NAME or TYPE of any is every one
  token revoke PREFIX           revoke one, named by how it begins or by its id`;

export function tokenCommand([verb, ...args]: string[], given: Actor): void {
  const actor = { ...given, action: `${given.action}.${verb}` };
  if (verb === "list") list(args[0], actor);
  else if (verb === "create") create(args, actor);
  else if (verb === "revoke") revoke(args[0], actor);
  else throw new CommandError(`What about tokens?\n\n${tokenUsage}`);
}

function list(email: string | undefined, actor: Actor): void {
  const reader = { ...actor, id: "" };
  for (let page = 1; ; page++) {
    const query = { page, perPage: 200, sort: "createdAt", q: "" };
    const account = email === undefined ? null : accountOf(email);
    const { items, total } = account ? tokensOf(account.id, query, reader) : allTokens(query, reader);
    for (const token of items) {
      const ends = token.expiresAt === null ? "never expires" : `expires ${day(token.expiresAt)}`;
      const used = token.lastUsedAt === null ? "never used" : `used ${day(token.lastUsedAt)}`;
      const owner = "account" in token ? (token.account as { email: string }).email : (account?.email ?? "");
      console.log([`${token.prefix}…`, token.name, owner, token.mode, ends, used, token.id].join("\t"));
    }
    if (page * 200 >= total) return;
  }
}

/** With no more than the account has, as if its owner made it. */
function create(args: string[], actor: Actor): void {
  const days = option(args, "--days");
  const name = option(args, "--name");
  const networks = all(args, "--network");
  const full = args.includes("--full");
  const asked = z.strictObject(newToken).safeParse({
    name: name ?? "",
    mode: full ? "full" : "listed",
    permissions: all(args, "--permission"),
    organisations: all(args, "--organisation").map(organisationFrom),
    zones: all(args, "--zone").map(zoneFrom),
    networks,
    expiresAt: days === undefined ? null : Date.now() + wholeDays(days) * 86_400_000,
  });
  const [email, ...more] = args.filter((argument) => argument !== "--full");
  if (!email || more.length > 0) throw new CommandError(`Whose?\n\n${tokenUsage}`);
  if (!asked.success) throw new CommandError(asked.error.issues[0]?.message ?? "This is not right.");
  const account = accountOf(email);
  const grants = compileGrants(grantsOf(account.id));
  const made = createToken(asked.data, { ...actor, type: "user", id: account.id, grants }, actor);
  console.log(`${made.token}\nIt is shown this once. It begins with ${made.prefix} and belongs to ${account.email}.`);
}

function revoke(text: string | undefined, actor: Actor): void {
  if (!text) throw new CommandError("Which? npm run panel -- token revoke PREFIX");
  const row = revokeByPrefix(text, actor);
  console.log(`The token ${row.name} (${row.prefix}…) is revoked.`);
}

function accountOf(email: string) {
  const account = accountByEmail(email);
  if (!account) throw new CommandError(`There is no account with the e-mail address ${email}.`);
  return account;
}

/** Every value of an option that may stand more than once. */
function all(args: string[], name: string): string[] {
  const values: string[] = [];
  for (let value = option(args, name); value !== undefined; value = option(args, name)) values.push(value);
  return values;
}

const orAny = (text: string | undefined): string | null => (text === undefined || text === "any" ? null : text);

function organisationFrom(text: string) {
  const [organisation, role] = text.split("=");
  return { organisation: orAny(organisation), role };
}

function zoneFrom(text: string) {
  const [zone, rest = ""] = text.split("=");
  const [level, name, type] = rest.split(",");
  return { zone: orAny(zone), level, name: orAny(name), type: orAny(type) };
}

function wholeDays(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new CommandError("--days is a whole number of days, 1 to 9999.");
  return Number(text);
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
