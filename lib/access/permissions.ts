/** The catalogue of permissions, and which grants cover which of them. */

/** What a role holds: a permission, segments followed by `:*`, or `*`. */
export type Grant = string;

export interface CatalogueEntry {
  value: Grant;
  category: string;
  description: string;
  /** Held by staff only: an account that covers it is staff. */
  staff: boolean;
  /** `own`: does the thing for oneself. `all`: reaches other people's. */
  reach: "own" | "all";
}

/** Covers everything, also permissions that are not in the catalogue. */
export const rootGrant = "*";

/** Every permission the panel asks for, in the order of the role editor. */
export const catalogue = [
  { value: "*", category: "Global", description: "Everything, now and later.", staff: true, reach: "all" },
  {
    value: "admin:access",
    category: "Global",
    description: "Open the Staff Portal, with rollouts and feedback.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin:metrics",
    category: "Global",
    description: "See how the panel is doing: requests, latency, memory, jobs.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin:settings",
    category: "Global",
    description: "Change feature flags, panel settings and geo-block rules.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin:export-jobs",
    category: "Global",
    description: "Start, follow and download exports of people's data.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin:announcements",
    category: "Global",
    description: "Write and send announcements.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin:outbound-emails",
    category: "Global",
    description: "See, resend and cancel outgoing e-mail.",
    staff: true,
    reach: "all",
  },

  { value: "dns:read", category: "DNS", description: "View every zone.", staff: true, reach: "all" },
  {
    value: "dns:write",
    category: "DNS",
    description: "Add and change records in every zone.",
    staff: true,
    reach: "all",
  },
  {
    value: "dns:delete",
    category: "DNS",
    description: "Together with dns:write, delete records in every zone.",
    staff: true,
    reach: "all",
  },
  {
    value: "dns:manage",
    category: "DNS",
    description: "Manage every zone: settings, levels, DNSSEC, transfer, deletion.",
    staff: true,
    reach: "all",
  },
  {
    value: "dns:connections",
    category: "DNS",
    description: "Set up the panel's connections to DNS providers.",
    staff: true,
    reach: "all",
  },

  {
    value: "servers:read",
    category: "Servers",
    description: "View every server and its settings.",
    staff: false,
    reach: "all",
  },
  {
    value: "servers:write",
    category: "Servers",
    description: "Change the basic settings of every server.",
    staff: false,
    reach: "all",
  },
  { value: "servers:delete", category: "Servers", description: "Delete any server.", staff: false, reach: "all" },
  {
    value: "servers:create",
    category: "Servers",
    description: "Create servers of one's own.",
    staff: false,
    reach: "own",
  },

  {
    value: "admin:servers:read",
    category: "Admin servers",
    description: "See every server with its owner, node and limits.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin:servers:write",
    category: "Admin servers",
    description: "Change the limits of any server.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin:servers:manage",
    category: "Admin servers",
    description: "Act in any server as its owner would, and transfer it.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin:servers:suspend",
    category: "Admin servers",
    description: "Suspend and unsuspend any server.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin:servers:delete",
    category: "Admin servers",
    description: "Delete any server from the Staff Portal.",
    staff: true,
    reach: "all",
  },

  {
    value: "nodes:read",
    category: "Nodes",
    description: "See every node, its health and heartbeats.",
    staff: true,
    reach: "all",
  },
  { value: "nodes:create", category: "Nodes", description: "Add nodes.", staff: true, reach: "all" },
  {
    value: "nodes:write",
    category: "Nodes",
    description: "Edit nodes and put them into maintenance.",
    staff: true,
    reach: "all",
  },
  { value: "nodes:delete", category: "Nodes", description: "Remove nodes.", staff: true, reach: "all" },
  {
    value: "nodes:credentials",
    category: "Nodes",
    description: "See and rotate the credentials of nodes.",
    staff: true,
    reach: "all",
  },

  {
    value: "billing:read",
    category: "Billing",
    description: "See everybody's billing details and invoices.",
    staff: true,
    reach: "all",
  },
  { value: "billing:write", category: "Billing", description: "Change billing details.", staff: true, reach: "all" },

  {
    value: "plans:read",
    category: "Plans",
    description: "See the plans that can be ordered.",
    staff: false,
    reach: "own",
  },
  {
    value: "admin:plans:view",
    category: "Plans",
    description: "See every plan, hidden ones included.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin:plans:manage",
    category: "Plans",
    description: "Create and edit plans, and reapply them to subscribers.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin:plans:delete",
    category: "Plans",
    description: "Delete a plan and name its replacement.",
    staff: true,
    reach: "all",
  },

  { value: "orders:read", category: "Orders", description: "See one's own orders.", staff: false, reach: "own" },
  { value: "orders:create", category: "Orders", description: "Place orders for oneself.", staff: false, reach: "own" },
  { value: "orders:view", category: "Orders", description: "Inspect everybody's orders.", staff: true, reach: "all" },
  { value: "orders:issue", category: "Orders", description: "Issue an order by hand.", staff: true, reach: "all" },
  {
    value: "orders:update",
    category: "Orders",
    description: "Mark orders paid, extend and cancel them.",
    staff: true,
    reach: "all",
  },
  { value: "orders:delete", category: "Orders", description: "Delete orders.", staff: true, reach: "all" },

  {
    value: "roles:read",
    category: "Roles",
    description: "See roles, their grants and members.",
    staff: true,
    reach: "all",
  },
  { value: "roles:create", category: "Roles", description: "Create roles.", staff: true, reach: "all" },
  {
    value: "roles:write",
    category: "Roles",
    description: "Rename, describe, order and re-parent roles.",
    staff: true,
    reach: "all",
  },
  { value: "roles:delete", category: "Roles", description: "Delete roles.", staff: true, reach: "all" },
  {
    value: "roles:assign",
    category: "Roles",
    description: "Give roles to accounts and take them away.",
    staff: true,
    reach: "all",
  },
  {
    value: "permissions:assign",
    category: "Roles",
    description: "Change which grants a role holds.",
    staff: true,
    reach: "all",
  },

  { value: "users:read", category: "Users", description: "Search and see accounts.", staff: true, reach: "all" },
  {
    value: "users:write",
    category: "Users",
    description: "Create, edit and verify accounts.",
    staff: true,
    reach: "all",
  },
  {
    value: "users:delete",
    category: "Users",
    description: "Delete accounts and expedite deletions.",
    staff: true,
    reach: "all",
  },
  {
    value: "users:suspend",
    category: "Users",
    description: "Suspend and unsuspend accounts.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin:user:edit",
    category: "Users",
    description: "Change an account's e-mail, password, factors and sessions.",
    staff: true,
    reach: "all",
  },

  { value: "apikeys:read", category: "API keys", description: "See one's own tokens.", staff: false, reach: "own" },
  {
    value: "apikeys:create",
    category: "API keys",
    description: "Make tokens for oneself.",
    staff: false,
    reach: "own",
  },
  {
    value: "apikeys:delete",
    category: "API keys",
    description: "Revoke one's own tokens.",
    staff: false,
    reach: "own",
  },

  {
    value: "org:create",
    category: "Organisations",
    description: "Create organisations of one's own.",
    staff: false,
    reach: "own",
  },
  {
    value: "org:read",
    category: "Organisations",
    description: "See every organisation as a member would.",
    staff: false,
    reach: "all",
  },
  {
    value: "org:write",
    category: "Organisations",
    description: "Act in every organisation as an admin would, and hand over its ownership.",
    staff: false,
    reach: "all",
  },
  {
    value: "org:invite",
    category: "Organisations",
    description: "Invite people to organisations.",
    staff: false,
    reach: "all",
  },
  {
    value: "org:delete",
    category: "Organisations",
    description: "Delete any organisation.",
    staff: true,
    reach: "all",
  },

  {
    value: "idverification:read",
    category: "KYC",
    description: "See the queue of identity checks.",
    staff: true,
    reach: "all",
  },
  { value: "admin:kyc:view", category: "KYC", description: "See identity documents.", staff: true, reach: "all" },
  { value: "admin:kyc:manage", category: "KYC", description: "Decide identity checks.", staff: true, reach: "all" },

  {
    value: "ai:use",
    category: "AI",
    description: "Chat with the models one is linked to.",
    staff: false,
    reach: "own",
  },
  { value: "ai:read", category: "AI", description: "See every model and its usage.", staff: false, reach: "all" },
  {
    value: "ai:manage",
    category: "AI",
    description: "Set up models, their limits and links.",
    staff: true,
    reach: "all",
  },

  {
    value: "tickets:write",
    category: "Tickets",
    description: "Open tickets of one's own and reply to them.",
    staff: false,
    reach: "own",
  },
  { value: "tickets:read", category: "Tickets", description: "See everybody's tickets.", staff: false, reach: "all" },
  { value: "tickets:delete", category: "Tickets", description: "Delete tickets.", staff: true, reach: "all" },
  {
    value: "tickets:ban",
    category: "Tickets",
    description: "Bar an account from opening tickets.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin:ticket:staff",
    category: "Tickets",
    description: "Answer, note, assign, merge and close tickets as staff.",
    staff: true,
    reach: "all",
  },

  {
    value: "files:read",
    category: "Files",
    description: "Browse and download the files of every server.",
    staff: false,
    reach: "all",
  },
  {
    value: "files:write",
    category: "Files",
    description: "Edit and upload files on every server.",
    staff: false,
    reach: "all",
  },

  {
    value: "backups:read",
    category: "Backups",
    description: "See the backups of every server.",
    staff: false,
    reach: "all",
  },
  {
    value: "backups:create",
    category: "Backups",
    description: "Make backups of every server.",
    staff: false,
    reach: "all",
  },
  {
    value: "backups:write",
    category: "Backups",
    description: "Restore and delete the backups of every server.",
    staff: false,
    reach: "all",
  },

  {
    value: "databases:read",
    category: "Databases",
    description: "See database hosts and every server's databases.",
    staff: false,
    reach: "all",
  },
  {
    value: "databases:write",
    category: "Databases",
    description: "Manage every server's databases.",
    staff: false,
    reach: "all",
  },
  {
    value: "admin:databases:manage",
    category: "Databases",
    description: "Set up database hosts.",
    staff: true,
    reach: "all",
  },

  {
    value: "schedules:read",
    category: "Schedules",
    description: "See the scheduled tasks of every server.",
    staff: false,
    reach: "all",
  },
  {
    value: "schedules:create",
    category: "Schedules",
    description: "Create scheduled tasks on every server.",
    staff: false,
    reach: "all",
  },
  {
    value: "schedules:write",
    category: "Schedules",
    description: "Edit and delete the scheduled tasks of every server.",
    staff: false,
    reach: "all",
  },

  {
    value: "commands:execute",
    category: "Commands",
    description: "Use the console of every server.",
    staff: false,
    reach: "all",
  },

  {
    value: "admin:antiabuse",
    category: "Abuse",
    description: "Review and decide abuse incidents.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin:fraud",
    category: "Abuse",
    description: "Review fraud alerts and start scans.",
    staff: true,
    reach: "all",
  },

  {
    value: "wings:system",
    category: "Wings",
    description: "See and change the system side of node daemons.",
    staff: true,
    reach: "all",
  },
  {
    value: "wings:transfers",
    category: "Wings",
    description: "Move servers between node daemons.",
    staff: true,
    reach: "all",
  },
  {
    value: "wings:backups",
    category: "Wings",
    description: "Handle backups held by node daemons.",
    staff: true,
    reach: "all",
  },

  {
    value: "soc:read",
    category: "SOC",
    description: "See the overview of one's own things on the dashboard.",
    staff: false,
    reach: "own",
  },
  { value: "soc:write", category: "SOC", description: "Act on what the overview shows.", staff: true, reach: "all" },

  {
    value: "tunnels:write",
    category: "Tunnels",
    description: "Approve devices and open tunnels for oneself.",
    staff: false,
    reach: "own",
  },
  {
    value: "tunnels:read",
    category: "Tunnels",
    description: "See everybody's devices and port allocations.",
    staff: false,
    reach: "all",
  },
  {
    value: "admin:tunnels:read",
    category: "Tunnels",
    description: "Inspect every tunnel in detail.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin:tunnels:write",
    category: "Tunnels",
    description: "Approve, revoke and close any tunnel.",
    staff: true,
    reach: "all",
  },

  { value: "eggs:read", category: "Eggs", description: "See every egg.", staff: true, reach: "all" },
  { value: "eggs:write", category: "Eggs", description: "Create, edit and import eggs.", staff: true, reach: "all" },

  {
    value: "applications:manage",
    category: "Applications",
    description: "Build forms and decide submissions.",
    staff: true,
    reach: "all",
  },
  {
    value: "deletions:write",
    category: "Deletions",
    description: "See and cancel due account deletions.",
    staff: true,
    reach: "all",
  },
  {
    value: "oauth:manage",
    category: "OAuth",
    description: "Approve and disable registered OAuth applications.",
    staff: true,
    reach: "all",
  },
  {
    value: "logs:read",
    category: "Logs",
    description: "Read the audit, request, error and slow query logs.",
    staff: true,
    reach: "all",
  },

  {
    value: "admin.shorturl.add",
    category: "Short URLs",
    description: "See and create short URLs.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin.shorturl.remove",
    category: "Short URLs",
    description: "Delete short URLs.",
    staff: true,
    reach: "all",
  },
  {
    value: "admin.shorturl.edit",
    category: "Short URLs",
    description: "Edit and disable short URLs.",
    staff: true,
    reach: "all",
  },
] as const satisfies readonly CatalogueEntry[];

/** A permission that the panel asks for: what guards take, always concrete. */
export type Permission = Exclude<(typeof catalogue)[number]["value"], typeof rootGrant>;

const permissionForm = /^[a-z0-9.-]+(?::[a-z0-9.-]+)*$/;
const grantForm = /^(?:\*|[a-z0-9.-]+(?::[a-z0-9.-]+)*(?::\*)?)$/;

/** Whether the text is a concrete permission in form, in the catalogue or not. */
export const isPermission = (text: string): boolean => permissionForm.test(text);

/** Whether the text is a grant in form. */
export const isGrant = (text: string): boolean => grantForm.test(text);

/** The grant that the text is, or a sentence that says why it is none. Nothing is trimmed or lower-cased. */
export function parseGrant(text: string): { ok: true; grant: Grant } | { ok: false; reason: string } {
  if (isGrant(text)) return { ok: true, grant: text };
  return { ok: false, reason: whyNoGrant(text) };
}

/** Whether the grant covers the permission. What is no grant covers nothing; what is not concrete is never covered. */
export function covers(grant: Grant, permission: string): boolean {
  if (!isGrant(grant) || !isPermission(permission)) return false;
  if (grant === rootGrant) return true;
  return grant.endsWith(":*") ? permission.startsWith(grant.slice(0, -1)) : grant === permission;
}

/** Whether `a` covers everything that `b` can cover. What is no grant covers nothing, so everything covers it. */
export function coversGrant(a: Grant, b: Grant): boolean {
  if (!isGrant(b)) return true;
  if (!isGrant(a)) return false;
  if (a === rootGrant || a === b) return true;
  if (b === rootGrant) return false;
  return a.endsWith(":*") && b.startsWith(a.slice(0, -1));
}

/** Whether any of the grants covers the permission. For many questions to the same grants, `compileGrants` once. */
export const holds = (grants: readonly Grant[], permission: string): boolean =>
  grants.some((grant) => covers(grant, permission));

/** Whether the actor's grants cover everything that the others can cover. */
export const coversAll = (actorGrants: readonly Grant[], otherGrants: readonly Grant[]): boolean =>
  uncovered(actorGrants, otherGrants).length === 0;

/**
 * The others that the actor does not cover, once each, in order. Comparing one grant with one suffices: infinitely many
 * permissions lie below every wildcard, so no number of narrower grants adds up to it.
 */
export function uncovered(actorGrants: readonly Grant[], otherGrants: readonly Grant[]): Grant[] {
  const missing = otherGrants.filter((other) => !actorGrants.some((grant) => coversGrant(grant, other)));
  return [...new Set(missing)].filter(isGrant);
}

/** Grants made ready for many questions. */
export interface GrantSet {
  /** Whether they cover a concrete permission. */
  has(permission: string): boolean;
  /** As given, invalid ones included. */
  grants: readonly Grant[];
  /** Whether `*` is among them. */
  root: boolean;
}

/** Makes grants ready for many questions: each then costs one look-up per segment, however many grants there are. */
export function compileGrants(grants: readonly Grant[]): GrantSet {
  const root = grants.includes(rootGrant);
  const exact = new Set<string>();
  const prefixes = new Set<string>();
  for (const grant of grants) {
    if (grant === rootGrant || !isGrant(grant)) continue;
    if (grant.endsWith(":*")) prefixes.add(grant.slice(0, -1));
    else exact.add(grant);
  }
  const below = (permission: string): boolean => {
    for (let at = permission.indexOf(":"); at !== -1; at = permission.indexOf(":", at + 1)) {
      if (prefixes.has(permission.slice(0, at + 1))) return true;
    }
    return false;
  };
  return {
    has: (permission) => exact.has(permission) || ((root || below(permission)) && isPermission(permission)),
    grants,
    root,
  };
}

/**
 * Whether an account with these grants is staff: it covers `admin:access`, a permission that opens a Staff Portal tab
 * (the second parameter; some of those are not `staff` by themselves), or a catalogue entry with `staff: true`.
 */
export function isStaff(grants: readonly Grant[] | GrantSet, tabPermissions: readonly string[] = []): boolean {
  const held = "has" in grants ? grants : compileGrants(grants);
  return [...staffPermissions, ...tabPermissions].some((permission) => held.has(permission));
}

const staffPermissions: readonly string[] = catalogue
  .filter((entry) => entry.staff && entry.value !== rootGrant)
  .map((entry) => entry.value);

function whyNoGrant(text: string): string {
  if (text === "") return "A grant cannot be empty.";
  if (/\s/.test(text)) return "A grant has no spaces in it.";
  if (/[A-Z]/.test(text)) return "A grant is written in lower case.";
  const segments = text.split(":");
  if (segments.includes("")) return "A grant has no empty segment: put exactly one colon between two segments.";
  if (segments.slice(0, -1).some((segment) => segment.includes("*"))) {
    return "A wildcard can only be the last segment of a grant.";
  }
  if (segments.at(-1)?.includes("*")) return "A wildcard is a whole segment: write segment:* or * alone.";
  return "The segments of a grant consist of a to z, 0 to 9, dots and hyphens.";
}
