/** A filter that is a link: rounded, and marked while it is on. */
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { Link } from "./link.tsx";

export interface ChipProps {
  href: string;
  on?: boolean;
  className?: string;
  children: ReactNode;
}

export function Chip({ href, on, className, children }: ChipProps) {
  return (
    <Link
      href={href}
      scroll={false}
      prefetch={false}
      aria-current={on ? "true" : undefined}
      className={cx("chip", className)}
    >
      {children}
    </Link>
  );
}
