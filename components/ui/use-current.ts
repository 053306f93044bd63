/** Whether a link leads to where we are. */
"use client";
import { usePathname, useSearchParams } from "next/navigation";

export interface CurrentRule {
  href: string;
  /** Only this very path, not what lies below it. */
  exact?: boolean;
  /** Further paths at and below which the link counts as current. */
  match?: readonly string[];
}

/** By path alone. */
export function useCurrentPath({ href, exact, match = [] }: CurrentRule): boolean {
  const pathname = usePathname();
  const path = href.split("?")[0] ?? href;
  if (pathname === path) return true;
  return [...(exact ? [] : [path]), ...match].some((start) => pathname === start || pathname.startsWith(`${start}/`));
}

/** By path, and by every parameter the link sets. */
export function useCurrentQuery(rule: CurrentRule): boolean {
  const path = useCurrentPath(rule);
  const params = useSearchParams();
  const wanted = new URLSearchParams(rule.href.split("?")[1]);
  return path && [...wanted].every(([name, value]) => params.get(name) === value);
}
