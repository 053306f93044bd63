/** The page where a bulk change begins, and the page of one. */

import type { SearchParams } from "#components/ui/list-state.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";
import { BulkProgress } from "./bulk-progress.tsx";
import { BulkStart } from "./bulk-start.tsx";
import { BULK, type BulkSummary, changeText } from "./words.ts";

export async function BulkPage({ params }: { params: SearchParams }) {
  const { items } = await load((api) => api.dns.bulks({}));
  const said = (name: string) => String([params[name]].flat()[0] ?? "").slice(0, 255);
  return (
    <>
      <PageHeader
        title="Change records in many zones"
        description="Find records in all zones that you may edit, and replace values, change TTLs or delete."
      />
      <BulkStart key={`${said("type")} ${said("content")}`} type={said("type")} content={said("content")} />
      {items.length > 0 && <Latest items={items} now={Date.now()} />}
    </>
  );
}

function Latest({ items, now }: { items: readonly BulkSummary[]; now: number }) {
  return (
    <section aria-label="Your latest" className="mt-8">
      <h2 className="mb-2 text-base font-semibold">Your latest</h2>
      <ul className="divide-y divide-line2 rounded-lg border border-line bg-panel">
        {items.map((item) => (
          <li key={item.id} className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 px-3 py-2">
            <TextLink href={`${BULK}/${item.id}`} tone="plain" className="min-w-0 wrap-anywhere">
              {changeText(item)}
            </TextLink>
            <span className="text-dim">
              {words[item.state]} · {item.changed} {item.changed === 1 ? "zone" : "zones"} ·{" "}
              <Time at={item.createdAt} now={now} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const words: Record<BulkSummary["state"], string> = {
  running: "Under way",
  done: "Done",
  undoing: "Being undone",
  undone: "Undone",
};

export async function BulkOnePage({ params }: { params: Promise<{ bulk: string }> }) {
  const { bulk: id } = await params;
  const bulk = await load((api) => api.dns.bulkOne({ bulk: id }));
  return <BulkProgress initial={bulk} />;
}
