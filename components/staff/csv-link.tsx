/** A tab's rows as a file, by the filters that are set. */

import { buttonClass } from "#components/ui/button-class.ts";
import { Download } from "#components/ui/icons.tsx";
import type { TabId } from "#lib/staff/tabs.ts";
import { csvHref, type Query } from "./address.ts";

export const CsvLink = ({ tab, query, className }: { tab: TabId; query: Query; className?: string }) => (
  <a href={csvHref(tab, query)} download className={buttonClass({}, className)}>
    <Download aria-hidden="true" />
    CSV
  </a>
);
