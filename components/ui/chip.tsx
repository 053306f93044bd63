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
      className={cx(
        "inline-flex h-6 shrink-0 items-center gap-1 rounded-full border px-[9px] text-xs font-medium tabular-nums",
        "whitespace-nowrap no-underline transition-colors duration-100 pointer-coarse:h-9 pointer-coarse:px-3.5",
        on
          ? "border-accent bg-accent-bg text-accent"
          : "border-line bg-transparent text-dim hover:bg-hover hover:text-text",
        className,
      )}
    >
      {children}
    </Link>
  );
}
