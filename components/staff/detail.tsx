/** One row of a tab: its name, what is known of it, what can be done with it, and the way back to the list. */
"use client";
import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ArrowLeft } from "#components/ui/icons.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { TabId } from "#lib/staff/tabs.ts";
import { type Act, targetsOf } from "./act-bar.tsx";
import { type Query, tabHref } from "./address.ts";

const ActDialog = dynamic(() => import("./act-dialog.tsx").then((module) => module.ActDialog), {
  loading: () => null,
});

export interface DetailProps<R> {
  tab: TabId;
  query: Query;
  /** The list's name: "All users". */
  back: string;
  title: ReactNode;
  badge?: ReactNode;
  meta?: readonly ReactNode[];
  row: R;
  noun: readonly [one: string, many: string];
  nameOf: (row: R) => string;
  acts?: readonly Act<R>[];
  actions?: ReactNode;
  children: ReactNode;
}

export function Detail<R>(props: DetailProps<R>) {
  const { tab, query, back, title, badge, meta, row, noun, nameOf, acts = [], actions, children } = props;
  const [acting, setActing] = useState<Act<R> | null>(null);
  const fitting = acts.filter(({ when }) => when?.(row) ?? true);
  return (
    <>
      <p className="mb-2">
        <TextLink href={tabHref(tab, query, { open: undefined })}>
          <ArrowLeft aria-hidden="true" className="me-1 inline size-3.5 align-[-2px]" />
          {back}
        </TextLink>
      </p>
      <PageHeader
        title={title}
        badge={badge}
        meta={meta}
        className="max-w-[880px]"
        actions={
          (actions || fitting.length > 0) && (
            <>
              {actions}
              {fitting.map((act) => (
                <Button
                  key={act.label}
                  variant={act.tone === "danger" ? "danger" : "default"}
                  aria-haspopup="dialog"
                  onClick={() => setActing(act)}
                >
                  {act.label}
                </Button>
              ))}
            </>
          )
        }
      />
      <div className="flex max-w-[880px] flex-col gap-5">{children}</div>
      {acting && (
        <ActDialog
          act={acting}
          targets={targetsOf(acting, [row], nameOf)}
          noun={noun}
          onClose={() => setActing(null)}
        />
      )}
    </>
  );
}
