/** The pictures that the registry of tabs names. */
import {
  Building2,
  ChartLine,
  Egg,
  FileArchive,
  FlaskConical,
  HardDrive,
  Link2,
  type LucideIcon,
  Mail,
  Megaphone,
  MessageSquareHeart,
  ScrollText,
  ShieldCheck,
  SlidersHorizontal,
  Users,
  UserX,
} from "lucide-react";
import type { TabId } from "#lib/staff/tabs.ts";

export const icons: Record<TabId, LucideIcon> = {
  users: Users,
  organisations: Building2,
  deletions: UserX,
  "export-jobs": FileArchive,
  announcements: Megaphone,
  "outbound-emails": Mail,
  "short-urls": Link2,
  feedback: MessageSquareHeart,
  roles: ShieldCheck,
  nodes: HardDrive,
  eggs: Egg,
  metrics: ChartLine,
  logs: ScrollText,
  settings: SlidersHorizontal,
  rollouts: FlaskConical,
};
