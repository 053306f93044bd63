/** Announcements above a page, until they are closed. */
import { Banner } from "#components/ui/banner.tsx";
import type { Rich } from "#lib/announcements/rich.ts";
import { CloseBanner } from "./close-banner.tsx";
import { RichText } from "./rich-text.tsx";

export function Banners({ items }: { items: readonly { id: string; title: string; rich: readonly Rich[] }[] }) {
  if (items.length === 0) return null;
  return (
    <section aria-label="Announcements" className="mb-4 flex flex-col gap-2">
      {items.map(({ id, title, rich }) => (
        <Banner key={id} title={title} action={<CloseBanner id={id} title={title} />}>
          <RichText nodes={rich} />
        </Banner>
      ))}
    </section>
  );
}
