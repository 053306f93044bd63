/** The top of a page: its name, what is known about it in one line, and its main actions. */
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export interface PageHeaderProps {
  title: ReactNode;
  /** The title is a name from the data: in the monospaced face. */
  mono?: boolean;
  badge?: ReactNode;
  /** Short facts, each its own item. */
  meta?: readonly ReactNode[];
  /** One sentence, where there are no facts. */
  description?: ReactNode;
  actions?: ReactNode;
  className?: string;
}

export function PageHeader({ title, mono, badge, meta, description, actions, className }: PageHeaderProps) {
  return (
    <header className={cx("mb-3.5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3", className)}>
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <h1 className={cx("min-w-0 text-xl font-semibold wrap-anywhere", mono ? "font-mono" : "tracking-[-0.01em]")}>
            {title}
          </h1>
          {badge}
        </div>
        {meta && (
          <ul className="mt-0.5 flex flex-wrap gap-x-3.5 text-dim">
            {[...meta.keys()].map((place) => (
              <li key={place}>{meta[place]}</li>
            ))}
          </ul>
        )}
        {description && <p className="mt-0.5 max-w-[80ch] text-dim">{description}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
