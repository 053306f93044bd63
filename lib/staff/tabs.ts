/** The tabs of the Staff Portal, in order: what each is called, what opens it, and which procedures fill it. Pure. */
import type { Permission } from "#lib/access/permissions.ts";
import type { FeatureFlag } from "#lib/api/guards.ts";

export interface StaffTab {
  /** In addresses: `/dashboard/admin?tab=users`. */
  id: string;
  title: string;
  group: "People" | "Communication" | "Servers" | "Operations" | "Panel";
  /** A key of `components/staff/icons.ts`. */
  icon: string;
  /** Any of them opens the tab and its reads. */
  permissions: readonly [Permission, ...Permission[]];
  /** What its acts need besides: the view learns which of them the account holds. */
  acts?: readonly Permission[];
  /** The feature that it is about: hidden while that is off. */
  flag?: FeatureFlag;
  /** The procedure that fills the tab, by its path in the router. */
  list: string;
  /** The procedure that its CSV file is read from, where that is another one. */
  file?: string;
  /** The procedure that opens one row, and the name of its input for the row's id. */
  open?: { procedure: string; key: string };
}

const tabs = [
  {
    id: "users",
    title: "Users",
    group: "People",
    icon: "users",
    permissions: ["users:read"],
    acts: [
      "users:write",
      "users:suspend",
      "users:delete",
      "admin:user:edit",
      "roles:read",
      "roles:assign",
      "dns:read",
      "dns:manage",
      "org:read",
      "servers:read",
      "logs:read",
    ],
    list: "accounts.list",
    open: { procedure: "accounts.open", key: "user" },
  },
  {
    id: "organisations",
    title: "Organisations",
    group: "People",
    icon: "building",
    permissions: ["org:read"],
    acts: ["org:write", "org:delete", "dns:read", "users:read", "servers:read"],
    list: "organisations.all",
    open: { procedure: "organisations.inspect", key: "organisation" },
  },
  {
    id: "roles",
    title: "Roles",
    group: "People",
    icon: "shield",
    permissions: ["roles:read", "roles:create"],
    acts: ["roles:create", "roles:write", "roles:delete", "roles:assign", "permissions:assign", "users:read"],
    list: "roles.list",
    open: { procedure: "roles.open", key: "role" },
  },
  {
    id: "deletions",
    title: "Deletions",
    group: "People",
    icon: "deletions",
    permissions: ["deletions:write"],
    acts: ["users:delete"],
    list: "staffDeletions.list",
    open: { procedure: "staffDeletions.open", key: "deletion" },
  },
  {
    id: "export-jobs",
    title: "Export Jobs",
    group: "People",
    icon: "export-jobs",
    permissions: ["admin:export-jobs"],
    list: "staffExports.list",
    open: { procedure: "staffExports.open", key: "export" },
  },
  {
    id: "announcements",
    title: "Announcements",
    group: "Communication",
    icon: "announcements",
    permissions: ["admin:announcements"],
    list: "staffAnnouncements.list",
    open: { procedure: "staffAnnouncements.open", key: "announcement" },
  },
  {
    id: "outbound-emails",
    title: "Outbound Emails",
    group: "Communication",
    icon: "outbound-emails",
    permissions: ["admin:outbound-emails"],
    list: "outbox.list",
    open: { procedure: "outbox.open", key: "mail" },
  },
  {
    id: "short-urls",
    title: "Short URLs",
    group: "Communication",
    icon: "short-urls",
    permissions: ["admin.shorturl.add"],
    acts: ["admin.shorturl.edit", "admin.shorturl.remove"],
    flag: "feature.short_urls",
    list: "shortUrls.list",
    open: { procedure: "shortUrls.open", key: "shortUrl" },
  },
  {
    id: "feedback",
    title: "Feedback",
    group: "Communication",
    icon: "feedback",
    permissions: ["admin:access"],
    flag: "feature.feedback",
    list: "staffFeedback.list",
    open: { procedure: "staffFeedback.open", key: "feedback" },
  },
  {
    id: "servers",
    title: "Servers",
    group: "Servers",
    icon: "servers",
    permissions: ["servers:read"],
    acts: [
      "commands:execute",
      "admin:servers:write",
      "admin:servers:manage",
      "admin:servers:suspend",
      "admin:servers:delete",
      "servers:delete",
      "users:read",
      "org:read",
      "nodes:read",
      "eggs:read",
    ],
    list: "staffServers.list",
    open: { procedure: "staffServers.open", key: "server" },
  },
  {
    id: "nodes",
    title: "Nodes",
    group: "Servers",
    icon: "nodes",
    permissions: ["nodes:read"],
    acts: ["nodes:create", "nodes:write", "nodes:delete", "nodes:credentials", "org:read", "eggs:read", "servers:read"],
    list: "nodes.list",
    open: { procedure: "nodes.open", key: "node" },
  },
  {
    id: "eggs",
    title: "Eggs",
    group: "Servers",
    icon: "eggs",
    permissions: ["eggs:read"],
    acts: ["eggs:write"],
    list: "eggs.list",
    open: { procedure: "eggs.open", key: "egg" },
  },
  {
    id: "databases",
    title: "Databases",
    group: "Servers",
    icon: "databases",
    permissions: ["databases:read"],
    acts: ["admin:databases:manage", "servers:read"],
    list: "databaseHosts.list",
    open: { procedure: "databaseHosts.open", key: "id" },
  },
  {
    id: "metrics",
    title: "Metrics",
    group: "Operations",
    icon: "metrics",
    permissions: ["admin:metrics"],
    list: "metrics.read",
    file: "metrics.moments",
  },
  {
    id: "logs",
    title: "Logs",
    group: "Operations",
    icon: "logs",
    permissions: ["logs:read"],
    acts: ["admin:settings"],
    list: "logs.list",
    open: { procedure: "logs.open", key: "row" },
  },
  {
    id: "settings",
    title: "Settings",
    group: "Panel",
    icon: "settings",
    permissions: ["admin:settings"],
    list: "settings.list",
  },
  {
    id: "rollouts",
    title: "Rollouts",
    group: "Panel",
    icon: "rollouts",
    permissions: ["admin:access"],
    acts: ["roles:read", "org:read", "users:read"],
    list: "rollouts.list",
    open: { procedure: "rollouts.open", key: "rollout" },
  },
] as const satisfies readonly StaffTab[];

export type Tab = (typeof tabs)[number];
export type TabId = Tab["id"];
export type TabOf<K extends TabId> = Extract<Tab, { id: K }>;

/** The registry without its literals, for whoever walks it. */
export const allTabs: readonly (StaffTab & { id: TabId })[] = tabs;

/** Every permission that opens a tab. Whoever holds one is staff. */
export const tabPermissions: readonly Permission[] = [...new Set(allTabs.flatMap((tab) => tab.permissions))];

export const tabById = (id: string): (StaffTab & { id: TabId }) | undefined => allTabs.find((tab) => tab.id === id);
