/** The tabs of the Staff Portal, in order: what each is called, what opens it, and which procedures fill it. Pure. */
import type { Permission } from "#lib/access/permissions.ts";
import type { FeatureFlag } from "#lib/api/guards.ts";

export interface StaffTab {
  /** In addresses: `/dashboard/admin?tab=users`. */
  id: string;
  title: string;
  group: "People" | "Communication" | "Operations" | "Panel";
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
      "dns:manage",
      "org:read",
      "logs:read",
    ],
    list: "accounts.list",
    open: { procedure: "accounts.open", key: "user" },
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
] as const satisfies readonly StaffTab[];

export type Tab = (typeof tabs)[number];
export type TabId = Tab["id"];
export type TabOf<K extends TabId> = Extract<Tab, { id: K }>;

/** The registry without its literals, for whoever walks it. */
export const allTabs: readonly (StaffTab & { id: TabId })[] = tabs;

/** Every permission that opens a tab. Whoever holds one is staff. */
export const tabPermissions: readonly Permission[] = [...new Set(allTabs.flatMap((tab) => tab.permissions))];

export const tabById = (id: string): (StaffTab & { id: TabId }) | undefined => allTabs.find((tab) => tab.id === id);
