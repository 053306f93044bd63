/** A link in the sidebar that knows whether it leads to where we are. */
"use client";
import type { ReactNode } from "react";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Link } from "#components/ui/link.tsx";
import { type CurrentRule, useCurrentPath, useCurrentQuery } from "#components/ui/use-current.ts";

export interface NavItem extends CurrentRule {
  label: string;
  icon?: ReactNode;
  badge?: string | number;
  badgeTone?: Tone;
}

export const NavLink = (item: NavItem) =>
  item.href.includes("?") ? <QueryNavLink {...item} /> : <PathNavLink {...item} />;

const PathNavLink = (item: NavItem) => <Item {...item} on={useCurrentPath(item)} />;

const QueryNavLink = (item: NavItem) => <Item {...item} on={useCurrentQuery(item)} />;

const Item = ({ href, label, icon, badge, badgeTone, on }: NavItem & { on: boolean }) => (
  <Link href={href} aria-current={on ? "page" : undefined} className="nav-link">
    {icon}
    <span>{label}</span>
    {badge !== undefined && <Badge tone={badgeTone}>{badge}</Badge>}
  </Link>
);
