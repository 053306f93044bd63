/** What an account may do on one server: as its owner, in the organisation that has it, as a sub-user, or as staff. */
import type { GrantSet, Permission } from "./permissions.ts";

/** What can be allowed on one server; `*` is all of the others and nothing else. */
export const serverCapabilities = [
  "console",
  "files",
  "backups",
  "databases",
  "schedules",
  "startup",
  "settings",
  "network",
  "mounts",
  "activity",
  "stats",
  "*",
] as const;

export type ServerCapability = (typeof serverCapabilities)[number];
export type SingleCapability = Exclude<ServerCapability, "*">;

/** All of them, one by one. */
export const singleCapabilities: readonly SingleCapability[] = serverCapabilities.filter((one) => one !== "*");

/**
 * What an act asks for. `any`: to see the server at all. `owner`: what is for those alone who have it, such as managing its
 * sub-users. `people`: to see who they are, which staff may too.
 */
export type ServerNeed = SingleCapability | "any" | "people" | "owner";

/** Platform permissions that pass for a need, one being enough. What no permission passes for says nothing. */
const PLATFORM: Readonly<Partial<Record<ServerNeed, readonly Permission[]>>> = {
  any: ["servers:read"],
  files: ["files:read", "files:write"],
  backups: ["backups:read", "backups:create", "backups:write"],
  databases: ["databases:read", "databases:write"],
  schedules: ["schedules:read", "schedules:create", "schedules:write"],
  console: ["commands:execute"],
};

/** What decides somebody's access to a server. */
export interface ServerStanding {
  grants: GrantSet;
  /** The server is their account's. */
  own: boolean;
  /** Their role in the organisation that has the server. */
  organisationRole: "owner" | "admin" | "member" | null;
  /** Their row as a sub-user who accepted. `expiresAt` in milliseconds; then it is over. */
  row: { capabilities: readonly ServerCapability[]; expiresAt: number | null } | null;
  /** Milliseconds. */
  now: number;
}

export interface ServerAccess {
  /** The owner, and the owner and admins of the organisation that has it. */
  owner: boolean;
  /** What they may do without platform permissions. */
  capabilities: readonly SingleCapability[];
  /**
   * Whether the need is met. `permission` is the one that passes for this very act besides `admin:servers:manage`, where
   * one of the platform's does.
   */
  has(need: ServerNeed, permission?: Permission): boolean;
  /** Whether it is met, and would not be without platform permissions. */
  viaPlatform(need: ServerNeed, permission?: Permission): boolean;
}

/** Whether a permission may stand for a need at all. */
const isPlatformFor = (need: ServerNeed, permission: Permission): boolean =>
  PLATFORM[need]?.includes(permission) ?? false;

export function serverAccess({ grants, own, organisationRole, row, now }: ServerStanding): ServerAccess {
  const owner = own || organisationRole === "owner" || organisationRole === "admin";
  const live = row !== null && (row.expiresAt === null || row.expiresAt > now) ? row.capabilities : [];
  return accessOf(owner, owner ? singleCapabilities : expanded(live), grants);
}

/** What a token leaves of it: of its account's rights those that it lists for this server. `null`: it lists none. */
export function lowerServer(
  access: ServerAccess,
  grants: GrantSet,
  listed: readonly ServerCapability[] | null,
): ServerAccess {
  const allowed = expanded(listed ?? []);
  const lower = accessOf(
    false,
    access.capabilities.filter((one) => allowed.includes(one)),
    grants,
  );
  const open = (need: ServerNeed) => (need === "any" ? allowed.length > 0 : allowed.some((one) => one === need));
  return {
    ...lower,
    has: (need, permission) => open(need) && lower.has(need, permission),
    viaPlatform: (need, permission) => open(need) && lower.viaPlatform(need, permission),
  };
}

function accessOf(owner: boolean, capabilities: readonly SingleCapability[], grants: GrantSet): ServerAccess {
  const byTenant = (need: ServerNeed): boolean => {
    if (need === "owner" || need === "people") return owner;
    if (need === "any") return capabilities.length > 0;
    return capabilities.includes(need);
  };
  const byPlatform = (need: ServerNeed, permission?: Permission): boolean => {
    // Sub-users are managed by those alone who have the server.
    if (need === "owner") return false;
    if (grants.has("admin:servers:manage")) return true;
    if (need === "any") return grants.has("servers:read") || (permission !== undefined && grants.has(permission));
    return permission !== undefined && isPlatformFor(need, permission) && grants.has(permission);
  };
  return {
    owner,
    capabilities,
    has: (need, permission) => byTenant(need) || byPlatform(need, permission),
    viaPlatform: (need, permission) => !byTenant(need) && byPlatform(need, permission),
  };
}

const expanded = (capabilities: readonly ServerCapability[]): readonly SingleCapability[] =>
  capabilities.includes("*") ? singleCapabilities : singleCapabilities.filter((one) => capabilities.includes(one));
