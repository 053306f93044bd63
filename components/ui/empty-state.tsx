/** What a list shows when it holds nothing: what it is for, and the next step. */
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export interface EmptyStateProps {
  icon?: ReactNode;
  title: ReactNode;
  action?: ReactNode;
  className?: string;
  /** One sentence. */
  children?: ReactNode;
}

export function EmptyState({ icon, title, action, className, children }: EmptyStateProps) {
  return (
    <div
      className={cx(
        "flex flex-col items-center rounded-lg border border-line border-dashed bg-panel px-6 py-10 text-center",
        className,
      )}
    >
      {icon && (
        <span
          aria-hidden="true"
          className="mb-3 grid size-9 place-items-center rounded-lg bg-line2 text-dim [&_svg]:size-[18px]"
        >
          {icon}
        </span>
      )}
      <p className="text-base font-semibold">{title}</p>
      {children && <div className="mt-1 max-w-[52ch] text-balance text-dim">{children}</div>}
      {action && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
