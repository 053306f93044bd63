/** Plain table elements in one look; on a phone it scrolls sideways or, with `stack`, turns rows into cards. */

import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx.ts";
import { ArrowDown, ArrowUp, ChevronsUpDown } from "./icons.tsx";
import { Link } from "./link.tsx";

export interface TableProps {
  /** Names the table for assistive technology. */
  label: string;
  stack?: boolean;
  className?: string;
  children: ReactNode;
}

export function Table({ label, stack, className, children }: TableProps) {
  return (
    // What scrolls must be reachable from the keyboard.
    <section
      aria-label={label}
      tabIndex={stack ? undefined : 0}
      className={cx("w-full overflow-x-auto contain-inline-size rounded-lg border border-line bg-panel", className)}
    >
      <table aria-label={label} data-stack={stack ? "" : undefined} className="data-table">
        {children}
      </table>
    </section>
  );
}

export const THead = ({ children }: { children: ReactNode }) => (
  <thead>
    <tr>{children}</tr>
  </thead>
);

export const TBody = (props: ComponentProps<"tbody">) => <tbody {...props} />;

export interface ThProps extends Omit<ComponentProps<"th">, "align"> {
  align?: "start" | "end";
  /** Where the next click leads, and which way the table is sorted by this column now. */
  sort?: { href: string; direction?: "ascending" | "descending" };
  /** For a column of actions: the heading is read but not shown. */
  hidden?: boolean;
  /** Stands before the heading, outside of its link. */
  before?: ReactNode;
}

export function Th({ align = "start", sort, hidden, before, className, children, ...rest }: ThProps) {
  const end = align === "end";
  const Arrow = sort?.direction === undefined ? ChevronsUpDown : sort.direction === "ascending" ? ArrowUp : ArrowDown;
  const arrow = (
    <Arrow
      aria-hidden="true"
      className={cx(
        "inline size-3 align-[-1.5px]",
        end ? "me-1" : "ms-1",
        !sort?.direction && "opacity-50 group-hover:opacity-100",
      )}
    />
  );
  return (
    <th {...rest} scope="col" aria-sort={sort?.direction} className={cx(end && "text-end!", className)}>
      {before}
      {hidden && <span className="sr-only">{children}</span>}
      {!hidden && !sort && children}
      {!hidden && sort && (
        <Link
          href={sort.href}
          scroll={false}
          prefetch={false}
          className={cx("group rounded-sm no-underline hover:text-text", sort.direction && "text-text")}
        >
          {end && arrow}
          {children}
          {!end && arrow}
        </Link>
      )}
    </th>
  );
}

export interface TrProps extends ComponentProps<"tr"> {
  tone?: "ok" | "warn" | "bad" | "accent";
}

export const Tr = ({ tone, ...rest }: TrProps) => <tr {...rest} data-tone={tone} />;

export interface TdProps extends Omit<ComponentProps<"td">, "align"> {
  /** The column's name, shown beside the value when rows are cards. */
  label?: string;
  align?: "start" | "end";
  mono?: boolean;
  dim?: boolean;
  /** Holds nothing but the checkbox that chooses the row: in a card it stands beside what names it. */
  choice?: boolean;
}

export const Td = ({ label, align, mono, dim, choice, className, ...rest }: TdProps) => (
  <td
    {...rest}
    data-label={label}
    data-choice={choice ? "" : undefined}
    className={cx(align === "end" && "text-end", mono && "font-mono", dim && "text-dim", className) || undefined}
  />
);
