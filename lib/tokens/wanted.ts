/** From what somebody asks a token to be to what its row holds: canonical, and of what the account has. */
import { eq, or } from "drizzle-orm";
import { zones } from "#db/schema/index.ts";
import { splitLabels } from "#lib/access/name-pattern.ts";
import { parseGrant, uncovered } from "#lib/access/permissions.ts";
import { type ServerCapability, singleCapabilities } from "#lib/access/server-capability.ts";
import type { OrganisationRule, TokenRights } from "#lib/access/token.ts";
import { atLeast } from "#lib/access/zone-level.ts";
import { maxRuleLabels, type ZoneRule } from "#lib/access/zone-rules.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, isProblem } from "#lib/api/errors.ts";
import { displayName, parseName } from "#lib/dns/name.ts";
import { patternIn, typeNamed } from "#lib/dns/scope.ts";
import { type LoadedZone, visibleAmong } from "#lib/dns/zones.ts";
import { canonicalNetwork } from "#lib/networks.ts";
import { loadOrganisation } from "#lib/organisations/organisations.ts";
import { loadServer } from "#lib/servers/load.ts";
import type { NewToken } from "./shapes.ts";

type Person = Actor & { id: string };
type Asked = Pick<NewToken, "mode" | "permissions" | "organisations" | "zones" | "servers">;

/**
 * What a new token may be: nothing that its account has not now. With `before`, what a token becomes: what it has
 * already may stay as it is, be it of zones and organisations that are gone; whether it only shrinks is asked elsewhere.
 */
export function wantedRights(asked: Asked, owner: Person, before: TokenRights | null): TokenRights {
  const { permissions, organisations, zones, servers } = asked;
  const lists = permissions.length + organisations.length + zones.length + servers.length;
  if (asked.mode === "full") {
    if (lists > 0) throw invalid({ mode: "A full token has all rights of your account: leave the lists empty." });
    return { mode: "full" };
  }
  if (lists === 0) throw invalid({ mode: "Give the token at least one right." });
  const had = before?.mode === "listed" ? before : null;
  for (const [at, { server, capabilities }] of servers.entries()) {
    if (capabilities.length === 0)
      throw invalid({ [`servers.${at}.capabilities`]: "Choose at least one thing that it may do there." });
    if (!had?.servers.some((rule) => rule.server === server)) assertServer(server, capabilities, owner, at);
  }
  return {
    mode: "listed",
    permissions: wantedPermissions(permissions, owner, before !== null),
    organisations: organisations.map((rule, at) =>
      had?.organisations.some(({ organisation }) => organisation === rule.organisation)
        ? rule
        : wantedOrganisation(rule, owner, before !== null, at),
    ),
    zones: zones.map((rule, at) => {
      const known = had?.zones.some(({ zone }) => zone !== null && zone === rule.zone) ?? false;
      return wantedZone(rule, owner, { known, shrinking: before !== null }, at);
    }),
    servers: servers.map(({ server, capabilities }) => ({ server, capabilities: [...new Set(capabilities)] })),
  };
}

/** Servers are named by their ids, which never change. */
function assertServer(server: string, capabilities: readonly ServerCapability[], owner: Person, at: number): void {
  const access = serverNamed(server, owner);
  if (!access?.has("any")) throw invalid({ [`servers.${at}.server`]: "There is no such server." });
  const whole = singleCapabilities.every((one) => access.has(one));
  const more = capabilities.find((one) => (one === "*" ? !whole : !access.has(one)));
  if (more !== undefined)
    throw invalid({ [`servers.${at}.capabilities`]: `You do not have the capability ${more} there.` });
}

function serverNamed(id: string, owner: Person) {
  try {
    const { server, access } = loadServer(id, owner);
    return server.id === id ? access : null;
  } catch (error) {
    if (!isProblem(error)) throw error;
    return null;
  }
}

function wantedPermissions(permissions: readonly string[], owner: Person, shrinking: boolean): string[] {
  for (const [at, text] of permissions.entries()) {
    const parsed = parseGrant(text);
    if (!parsed.ok) throw invalid({ [`permissions.${at}`]: parsed.reason });
    if (!shrinking && uncovered(owner.grants.grants, [text]).length > 0)
      throw invalid({ [`permissions.${at}`]: `You do not hold ${text}.` });
  }
  return [...new Set(permissions)];
}

function wantedOrganisation(
  { organisation: reference, role }: OrganisationRule,
  owner: Person,
  shrinking: boolean,
  at: number,
): OrganisationRule {
  if (reference === null) return { organisation: null, role };
  const { organisation, access } = organisationNamed(reference, owner, at);
  if (!shrinking && !access.has(role))
    throw invalid({ [`organisations.${at}.role`]: `In ${organisation.name} you are not ${role}.` });
  return { organisation: organisation.id, role };
}

function organisationNamed(reference: string, owner: Person, at: number) {
  const missing = invalid({ [`organisations.${at}.organisation`]: "There is no such organisation." });
  try {
    const loaded = loadOrganisation(reference, owner);
    if (loaded.access.has("member")) return loaded;
  } catch (error) {
    if (!isProblem(error)) throw error;
  }
  throw missing;
}

function wantedZone(
  rule: ZoneRule,
  owner: Person,
  asked: { known: boolean; shrinking: boolean },
  at: number,
): ZoneRule {
  const loaded = rule.zone === null || asked.known ? null : zoneNamed(rule.zone, owner, at);
  if (loaded && !asked.shrinking && !atLeast(loaded.access.level, rule.level)) {
    const zone = displayName(loaded.zone.name).replace(/\.$/, "");
    throw invalid({ [`zones.${at}.level`]: `Your own level in ${zone} is ${loaded.access.level}.` });
  }
  return {
    zone: loaded?.zone.id ?? rule.zone,
    name: rule.name === null ? null : wantedPattern(rule.name, loaded?.zone.name ?? null, at),
    type: rule.type === null ? null : wantedType(rule.type, at),
    level: rule.level,
  };
}

function zoneNamed(reference: string, owner: Person, at: number): LoadedZone {
  const field = `zones.${at}.zone`;
  const [, handle, text = reference] = /^([a-z0-9-]+)\/(.+)$/.exec(reference.trim()) ?? [];
  const name = parseName(text.endsWith(".") ? text : `${text}.`, null);
  const found = visibleAmong(owner, or(eq(zones.id, text), name.ok ? eq(zones.name, name.value) : undefined)).filter(
    ({ organisation }) => handle === undefined || organisation.handle === handle,
  );
  const [loaded, another] = found;
  if (!loaded) throw invalid({ [field]: `There is no zone ${text} that you can see.` });
  if (another) {
    const which = found.map(({ organisation }) => `${organisation.handle}/${text}`).join(" or ");
    throw invalid({ [field]: `More than one organisation has this zone. Write ${which}.` });
  }
  return loaded;
}

/** Any zone, or one that is gone: the name is relative to whatever apex there is. */
const SOME_APEX = "any-zone.invalid.";

function wantedPattern(text: string, apex: string | null, at: number): string {
  const field = `zones.${at}.name`;
  const pattern = patternIn(apex ?? SOME_APEX, text);
  if (!pattern.ok) {
    const relative = "Write a name relative to the zone, such as www or _acme-challenge.**";
    throw invalid({
      [field]: apex === null && / is not a name in /.test(pattern.reason) ? `${relative}.` : pattern.reason,
    });
  }
  if (splitLabels(pattern.value).length > maxRuleLabels)
    throw invalid({ [field]: `The name pattern of a token has at most ${maxRuleLabels} labels.` });
  return pattern.value;
}

function wantedType(text: string, at: number): string {
  const type = typeNamed(text);
  if (!type.ok) throw invalid({ [`zones.${at}.type`]: type.reason });
  return type.value;
}

/** Canonical, once each. */
export function wantedNetworks(networks: readonly string[]): string[] {
  const canonical = networks.map((text, at) => {
    const network = canonicalNetwork(text);
    if (network === null)
      throw invalid({ [`networks.${at}`]: `${text} is no address or network, such as 192.0.2.7 or 2001:db8::/48.` });
    return network;
  });
  return [...new Set(canonical)];
}

export function assertFuture(expiresAt: number | null): void {
  if (expiresAt !== null && expiresAt <= Date.now()) throw invalid({ expiresAt: "This moment has passed." });
}
