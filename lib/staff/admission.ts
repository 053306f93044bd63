/** Who gets into the Staff Portal, and which of its tabs. */
import { type Grant, type GrantSet, isStaff } from "#lib/access/permissions.ts";
import { setting } from "#lib/settings/settings.ts";
import { allTabs, type StaffTab, tabPermissions } from "./tabs.ts";

/** Whether an account with these grants is staff: tabs count, also those whose permission is not for staff alone. */
export const isStaffWith = (grants: readonly Grant[] | GrantSet): boolean => isStaff(grants, tabPermissions);

/** Whether these grants open the tab, and what it is about is switched on. */
export const opensTab = (grants: GrantSet, tab: StaffTab): boolean =>
  tab.permissions.some((permission) => grants.has(permission)) && (tab.flag === undefined || setting(tab.flag));

/** The tabs that an account may open, in the order of the portal. None for those who are not staff. */
export const tabsFor = (grants: GrantSet) =>
  isStaffWith(grants) ? allTabs.filter((tab) => opensTab(grants, tab)) : [];

/** Which of the tab's acts these grants allow; those about what is switched off are left out. */
export const actsOf = (grants: GrantSet, { acts = [] }: StaffTab) =>
  acts.filter((permission) => grants.has(permission) && (setting("feature.dns") || !permission.startsWith("dns:")));
