/** The name of a row of some tab: it leads there, for whoever may open the tab. */
import type { ReactNode } from "react";
import { TextLink } from "#components/ui/text-link.tsx";
import type { TabId } from "#lib/staff/tabs.ts";
import { tabHref } from "./address.ts";

export interface RowLinkProps {
  tab: TabId;
  id: string;
  may?: boolean;
  children: ReactNode;
}

export const RowLink = ({ tab, id, may = true, children }: RowLinkProps) =>
  may ? (
    <TextLink tone="plain" prefetch={false} href={tabHref(tab, {}, { open: id })}>
      {children}
    </TextLink>
  ) : (
    children
  );
