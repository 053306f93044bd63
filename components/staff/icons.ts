/** The pictures that the registry of tabs names. */
import { type LucideIcon, ShieldCheck, Users } from "lucide-react";
import type { TabId } from "#lib/staff/tabs.ts";

export const icons: Record<TabId, LucideIcon> = {
  users: Users,
  roles: ShieldCheck,
};
