/** A framed section with a heading, for forms and facts. */
import { type ReactNode, useId } from "react";
import { cx } from "./cx.ts";

export interface PanelProps {
  title?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  footer?: ReactNode;
  /** No padding: the content brings its own, such as rows. */
  flush?: boolean;
  className?: string;
  children?: ReactNode;
}

export function Panel({ title, description, actions, footer, flush, className, children }: PanelProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={title ? id : undefined}
      className={cx("overflow-hidden rounded-lg border border-line bg-panel", className)}
    >
      {(title || actions) && (
        <header
          className={cx(
            "flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pt-3.5",
            !children && "pb-3.5",
          )}
        >
          <div className="min-w-0">
            {title && (
              <h2 id={id} className="text-base font-semibold">
                {title}
              </h2>
            )}
            {description && <p className="mt-0.5 max-w-[72ch] text-dim">{description}</p>}
          </div>
          {actions && <div className="flex items-center gap-2">{actions}</div>}
        </header>
      )}
      {children && (
        <div data-flush={flush ? "" : undefined} className={cx(flush ? "mt-3.5 border-line2 border-t" : "p-4")}>
          {children}
        </div>
      )}
      {footer && (
        <footer className="flex flex-wrap items-center justify-end gap-2 border-line border-t bg-bg px-4 py-2.5">
          {footer}
        </footer>
      )}
    </section>
  );
}

export interface FactsProps {
  items: readonly { label: string; value: ReactNode }[];
  /** It stands in a narrow column: as on a phone. */
  narrow?: boolean;
}

/** Names and values in two columns, one under the other on a phone. */
export function Facts({ items, narrow }: FactsProps) {
  return (
    <dl className={cx("grid gap-x-6 gap-y-2", !narrow && "sm:grid-cols-[minmax(120px,max-content)_minmax(0,1fr)]")}>
      {items.map(({ label, value }) => (
        <div key={label} className={cx(!narrow && "sm:contents")}>
          <dt className="text-dim">{label}</dt>
          <dd className="min-w-0 wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
