/** Which part of a list is shown, and the links to the parts before and after. */

import type { ReactNode } from "react";
import { buttonClass } from "./button-class.ts";
import { ChevronLeft, ChevronRight } from "./icons.tsx";
import { LinkButton } from "./link-button.tsx";

export interface PagerProps {
  page: number;
  perPage: number;
  total: number;
  /** The total is a floor: there are more. */
  capped?: boolean;
  /** What is counted, in the plural. */
  noun?: string;
  hrefFor: (page: number) => string;
}

const count = (n: number): string => n.toLocaleString("en-GB");

export function Pager({ page, perPage, total, capped, noun, hrefFor }: PagerProps) {
  const from = total === 0 ? 0 : (page - 1) * perPage + 1;
  const to = Math.min(page * perPage, total);
  const all = `${count(total)}${capped ? "+" : ""}${noun ? ` ${noun}` : ""}`;
  const single = page === 1 && total <= perPage && !capped;
  return (
    <nav
      aria-label="Pages"
      className="flex min-h-[30px] items-center justify-between gap-4 pt-2.5 text-dim tabular-nums"
    >
      <p>{single ? all : `${count(from)}–${count(to)} of ${all}`}</p>
      {!single && (
        <div className="flex gap-2">
          <Step href={page > 1 ? hrefFor(page - 1) : undefined} rel="prev">
            <ChevronLeft aria-hidden="true" />
            Previous
          </Step>
          <Step href={to < total || capped ? hrefFor(page + 1) : undefined} rel="next">
            Next
            <ChevronRight aria-hidden="true" />
          </Step>
        </div>
      )}
    </nav>
  );
}

function Step({ href, rel, children }: { href?: string; rel: "prev" | "next"; children: ReactNode }) {
  if (href !== undefined)
    return (
      <LinkButton href={href} rel={rel} size="sm">
        {children}
      </LinkButton>
    );
  return (
    <span aria-hidden="true" className={buttonClass({ size: "sm" }, "pointer-events-none text-faint")}>
      {children}
    </span>
  );
}
