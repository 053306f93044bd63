/** The rights of an API token, and how they lower those of its account: each right is the lower of the two. */
import {
  type OrganisationAccess,
  type OrganisationNeed,
  type OrganisationRole,
  roleRank,
} from "./organisation-role.ts";
import { coversGrant, type Grant, type GrantSet, uncovered } from "./permissions.ts";
import { lowerServer, type ServerAccess, type ServerCapability } from "./server-capability.ts";
import type { ZoneAccess } from "./zone-level.ts";
import { lowerAccess, moreSomewhere, type RuleSet, ruleSet, type ZoneRule } from "./zone-rules.ts";

export interface OrganisationRule {
  /** An organisation's id; null is any, and one that is named goes before it. */
  organisation: string | null;
  role: OrganisationRole;
}

export interface ServerRule {
  server: string;
  capabilities: readonly ServerCapability[];
}

export interface ListedRights {
  mode: "listed";
  permissions: readonly Grant[];
  organisations: readonly OrganisationRule[];
  zones: readonly ZoneRule[];
  servers: readonly ServerRule[];
}

/** `full`: all that the account may do. `listed`: what stands here, and a missing list opens nothing. */
export type TokenRights = { mode: "full" } | ListedRights;

/** What both cover. Of two grants either one covers the other or they have nothing in common. */
export function commonGrants(account: readonly Grant[], token: readonly Grant[]): Grant[] {
  const common = account.flatMap((own) =>
    token.flatMap((listed) => (coversGrant(own, listed) ? [listed] : coversGrant(listed, own) ? [own] : [])),
  );
  return [...new Set(common)];
}

export const lowerGrants = (account: readonly Grant[], rights: TokenRights): readonly Grant[] =>
  rights.mode === "full" ? account : commonGrants(account, rights.permissions);

/** The role up to which the token acts in an organisation, whatever its account is there. */
export function organisationCap(rights: ListedRights, organisation: string | null): OrganisationRole | null {
  const named = rights.organisations.filter((rule) => rule.organisation === organisation);
  const rules = named.length > 0 ? named : rights.organisations.filter((rule) => rule.organisation === null);
  return rules.map(({ role }) => role).toSorted((a, b) => roleRank(a) - roleRank(b))[0] ?? null;
}

export function lowerOrganisation(
  access: OrganisationAccess,
  rights: TokenRights,
  organisation: string,
): OrganisationAccess {
  if (rights.mode === "full") return access;
  const cap = organisationCap(rights, organisation);
  const has = (need: OrganisationNeed) => access.has(need) && allows(cap, need);
  return {
    member: has("member"),
    admin: has("admin"),
    owner: has("owner"),
    canDelete: has("delete"),
    role: lowerRole(access.role, cap),
    acts: lowerRole(access.acts, cap),
    has,
    viaPlatform: (need) => has(need) && access.viaPlatform(need),
  };
}

export const lowerRole = (a: OrganisationRole | null, b: OrganisationRole | null): OrganisationRole | null =>
  roleRank(a) <= roleRank(b) ? a : b;

const allows = (cap: OrganisationRole | null, need: OrganisationNeed): boolean =>
  roleRank(cap) >= roleRank(need === "delete" ? "owner" : need);

export const lowerZone = (access: ZoneAccess, rights: TokenRights, zone: string): ZoneAccess =>
  rights.mode === "full" ? access : lowerAccess(access, rulesFor(rights, zone));

/** Capabilities that several rules list for one server add up. */
export function lowerServerAccess(
  access: ServerAccess,
  grants: GrantSet,
  rights: TokenRights,
  server: string,
): ServerAccess {
  if (rights.mode === "full") return access;
  const listed = rights.servers.filter((rule) => rule.server === server).flatMap((rule) => rule.capabilities);
  return lowerServer(access, grants, listed);
}

/** The zones in which a rule gives view: those listed, and whether also all that no rule names. */
export function visibleZones(rights: ListedRights): { named: string[]; visible: string[]; others: boolean } {
  const named = [...new Set(rights.zones.flatMap(({ zone }) => zone ?? []))];
  const opens = (zone: string | null) => rulesFor(rights, zone).range().highest !== "none";
  return { named, visible: named.filter(opens), others: opens(null) };
}

/** Whether the token manages zones that no rule names, such as one that it is about to make. */
export const managesNewZones = (rights: TokenRights): boolean =>
  rights.mode === "full" || rulesFor(rights, null).manages;

/** What `after` opens and `before` does not, by the field that it stands in; null if it opens nothing. */
export function whatWidens(before: TokenRights, after: TokenRights): { field: string; reason: string } | null {
  if (before.mode === "full") return null;
  if (after.mode === "full") return { field: "mode", reason: "A token with listed rights cannot become a full one." };
  return (
    widerPermission(before, after) ??
    widerOrganisation(before, after) ??
    widerZone(before, after) ??
    widerServer(before, after)
  );
}

function widerPermission(before: ListedRights, after: ListedRights) {
  const [grant] = uncovered(before.permissions, after.permissions);
  if (grant === undefined) return null;
  return { field: "permissions", reason: `${grant} is more than the token has. Rights can only shrink.` };
}

/** Every organisation that is named in either, and one that is in none. */
function widerOrganisation(before: ListedRights, after: ListedRights) {
  const ids = new Set([...before.organisations, ...after.organisations].map((rule) => rule.organisation).concat(null));
  for (const id of ids) {
    const cap = organisationCap(after, id);
    if (roleRank(cap) <= roleRank(organisationCap(before, id))) continue;
    const where = id === null ? "organisations that are not listed" : "one of the organisations";
    return { field: "organisations", reason: `The token would become ${cap} in ${where}. Rights can only shrink.` };
  }
  return null;
}

function widerZone(before: ListedRights, after: ListedRights) {
  const ids = new Set([...before.zones, ...after.zones].map((rule) => rule.zone).concat(null));
  for (const id of ids) {
    const more = moreSomewhere(ruleSet(before.zones, id), ruleSet(after.zones, id));
    if (!more) continue;
    const what = more.type === null ? "records" : `${more.type} records`;
    const where = more.name === "@" ? "the apex" : more.name;
    const zone = id === null ? "zones that are not listed" : "one of the zones";
    return {
      field: "zones",
      reason: `The token would get more than it has for ${what} at ${where} in ${zone}. Rights can only shrink; a rule below a wider one limits it.`,
    };
  }
  return null;
}

function widerServer(before: ListedRights, after: ListedRights) {
  for (const { server, capabilities } of after.servers) {
    const had = before.servers.filter((rule) => rule.server === server).flatMap((rule) => rule.capabilities);
    const more = capabilities.find((one) => !had.includes(one) && (one === "*" || !had.includes("*")));
    if (more) return { field: "servers", reason: `${more} is more than the token has. Rights can only shrink.` };
  }
  return null;
}

/** Made ready once for the rights of a request. */
function rulesFor(rights: ListedRights, zone: string | null): RuleSet {
  const named = rights.zones.some((rule) => rule.zone === zone) ? zone : null;
  const sets = compiled.get(rights) ?? new Map<string | null, RuleSet>();
  compiled.set(rights, sets);
  const set = sets.get(named) ?? ruleSet(rights.zones, named);
  sets.set(named, set);
  return set;
}

const compiled = new WeakMap<ListedRights, Map<string | null, RuleSet>>();
