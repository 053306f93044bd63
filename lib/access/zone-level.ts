/** What an account may do in a zone: the ladder none, view, edit, full, and where on it somebody stands. */
import { canonicalType } from "#lib/dns/type-numbers.ts";
import { matchesPattern, patternsCoverSubtree } from "./name-pattern.ts";
import type { GrantSet } from "./permissions.ts";

export type ZoneLevel = "none" | "view" | "edit" | "full";

/** The ladder, lowest first. */
export const zoneLevels: readonly ZoneLevel[] = ["none", "view", "edit", "full"];

/** Negative, zero or positive as `a` is lower than, equal to or higher than `b`; sorts lowest first. */
export const compareLevels = (a: ZoneLevel, b: ZoneLevel): number => zoneLevels.indexOf(a) - zoneLevels.indexOf(b);

export const maxLevel = (a: ZoneLevel, b: ZoneLevel): ZoneLevel => (compareLevels(a, b) >= 0 ? a : b);

export const minLevel = (a: ZoneLevel, b: ZoneLevel): ZoneLevel => (compareLevels(a, b) <= 0 ? a : b);

export const atLeast = (level: ZoneLevel, needed: ZoneLevel): boolean => compareLevels(level, needed) >= 0;

/** A level as `zone_permissions` stores it. */
export interface ZoneFlags {
  canView: boolean;
  canModify: boolean;
  canDelete: boolean;
}

export const flagsOf = (level: ZoneLevel): ZoneFlags => ({
  canView: atLeast(level, "view"),
  canModify: atLeast(level, "edit"),
  canDelete: atLeast(level, "full"),
});

/** The highest level whose flag and all lower ones are set. */
export function levelOfFlags(flags: ZoneFlags): ZoneLevel {
  if (!flags.canView) return "none";
  if (!flags.canModify) return "view";
  return flags.canDelete ? "full" : "edit";
}

/** Whether the flags are exactly those of a level; others cannot be written. */
export const isLadderFlags = ({ canView, canModify, canDelete }: ZoneFlags): boolean =>
  (canView || !canModify) && (canModify || !canDelete);

/** A row of (account, zone). Empty `names` or `types` do not narrow. `expiresAt` in milliseconds; then it is over. */
export interface ZoneRow {
  level: ZoneLevel;
  /** Name patterns. */
  names: readonly string[];
  types: readonly string[];
  expiresAt: number | null;
}

/** What decides somebody's access to a zone. */
export interface ZoneStanding {
  grants: GrantSet;
  /** Their role in the organisation that has the zone. */
  organisationRole: "owner" | "admin" | "member" | null;
  /** The level that the organisation's members have by default. */
  memberDefault: ZoneLevel;
  /** Whether the organisation and the panel let accounts outside it hold rows. */
  guests: boolean;
  row: ZoneRow | null;
  /** Milliseconds. */
  now: number;
}

/** Somebody's access to a zone. Names are relative to the apex and canonical; `@` is the apex. */
export interface ZoneAccess {
  /** The highest level anywhere in the zone. `none`: for this account the zone does not exist. */
  level: ZoneLevel;
  /** Settings, connection, DNSSEC, the ladder, transfer, deletion, and the apex records that make the zone. */
  manage: boolean;
  /** Where `level` comes from. On a tie it is the tenant's part; `none` means that no rule applied. */
  source: "platform" | "organisation" | "row" | "default" | "none";
  /** The part that comes from platform permissions. */
  platform: ZoneLevel;
  /** The level for the records of one name and type. */
  levelAt(name: string, type: string): ZoneLevel;
  /** The highest level that holds for every type at the name and at every name below it. */
  subtreeLevel(name: string): ZoneLevel;
  /** What `levelAt` would be without platform permissions: tells whether one act is done as staff. */
  tenantLevelAt(name: string, type: string): ZoneLevel;
  /** Somewhere in the zone, or in managing it, the tenant's part alone would give less. */
  viaPlatform: boolean;
  /** Nothing in the zone is hidden: the level is at least view for every name and type. */
  seesAll: boolean;
  /** Where `level` applies, if not everywhere. */
  narrowed: { names: readonly string[]; types: readonly string[] } | null;
  /** Where the tenant's part applies, if not everywhere: also where platform permissions give as much all around. */
  tenantNarrowed: { names: readonly string[]; types: readonly string[] } | null;
}

/** The access that a standing gives: everywhere the higher of what platform permissions and the tenant give. */
export function zoneAccess(standing: ZoneStanding): ZoneAccess {
  const platform = platformLevel(standing.grants);
  const tenant = tenantPart(standing);
  const { row } = tenant;
  const tenantManages = tenant.source === "organisation";
  const outside = row ? minLevel(tenant.level, "view") : tenant.level;
  const types = new Set(row?.types.map(canonicalType));

  const tenantLevelAt = (name: string, type: string): ZoneLevel => {
    if (!row) return tenant.level;
    const named = row.names.length === 0 || row.names.some((pattern) => matchesPattern(pattern, name));
    const typed = types.size === 0 || types.has(canonicalType(type));
    return named && typed ? tenant.level : outside;
  };
  const tenantSubtree = (name: string): ZoneLevel => {
    if (!row) return tenant.level;
    // Records of every type live below a name, so a list of types never covers a subtree.
    const covered = types.size === 0 && (row.names.length === 0 || patternsCoverSubtree(row.names, name));
    return covered ? tenant.level : outside;
  };
  const manage = tenantManages || standing.grants.has("dns:manage");

  return {
    level: maxLevel(platform, tenant.level),
    manage,
    source: compareLevels(platform, tenant.level) > 0 ? "platform" : tenant.source,
    platform,
    levelAt: (name, type) => maxLevel(platform, tenantLevelAt(name, type)),
    subtreeLevel: (name) => maxLevel(platform, tenantSubtree(name)),
    tenantLevelAt,
    viaPlatform: compareLevels(platform, outside) > 0 || (manage && !tenantManages),
    // Outside of its scope a row gives view.
    seesAll: atLeast(maxLevel(platform, outside), "view"),
    narrowed: row && compareLevels(tenant.level, platform) > 0 ? { names: row.names, types: row.types } : null,
    tenantNarrowed: row && { names: row.names, types: row.types },
  };
}

function platformLevel(grants: GrantSet): ZoneLevel {
  if (grants.has("dns:manage")) return "full";
  if (grants.has("dns:write")) return grants.has("dns:delete") ? "full" : "edit";
  return grants.has("dns:read") ? "view" : "none";
}

/** Whether a row narrows its level to names or types. */
const narrows = (row: ZoneRow): boolean => atLeast(row.level, "edit") && row.names.length + row.types.length > 0;

/** Whether a row gives less than the level, be it only outside its names and types. Its end would then give more. */
export const isBelow = (row: ZoneRow, level: ZoneLevel): boolean =>
  compareLevels(narrows(row) ? "view" : row.level, level) < 0;

/** The first rule that applies; `row` is set only where it narrows. */
function tenantPart({ organisationRole, memberDefault, guests, row, now }: ZoneStanding): {
  level: ZoneLevel;
  source: Exclude<ZoneAccess["source"], "platform">;
  row: ZoneRow | null;
} {
  if (organisationRole === "owner" || organisationRole === "admin") {
    return { level: "full", source: "organisation", row: null };
  }
  const member = organisationRole === "member";
  if (row && (member || guests)) {
    const over = row.expiresAt !== null && row.expiresAt <= now;
    if (!over) return { level: row.level, source: "row", row: narrows(row) ? row : null };
    // No end gives more than there was: where the row was below the member default, the lower of the two goes on.
    if (member && isBelow(row, memberDefault)) {
      const level = minLevel(row.level, memberDefault);
      return { level, source: "row", row: narrows(row) ? row : null };
    }
  }
  if (member) return { level: memberDefault, source: "default", row: null };
  return { level: "none", source: "none", row: null };
}
