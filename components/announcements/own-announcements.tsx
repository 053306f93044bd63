/** What was announced to one, and whether it also comes by mail. */

import { EmptyState } from "#components/ui/empty-state.tsx";
import { Megaphone } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Time } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";
import { MailPreference } from "./mail-preference.tsx";
import { RichText } from "./rich-text.tsx";

const PLACE = /^\d{1,16}\.[\w-]{1,40}$/;

/** `after`: where the page begins. */
export async function OwnAnnouncements({ after: asked }: { after: string | undefined }) {
  const after = asked !== undefined && PLACE.test(asked) ? asked : undefined;
  const [{ items, next }, { mail }] = await Promise.all([
    load((api) => api.announcements.own(after === undefined ? {} : { after })),
    load((api) => api.announcements.preference({})),
  ]);
  const now = Date.now();
  return (
    <>
      <PageHeader title="Announcements" description="News from the people who run this panel, newest first." />
      <div className="flex max-w-[760px] flex-col gap-4">
        <MailPreference mail={mail} />
        {items.length === 0 && <Nothing isFirst={after === undefined} isLast={next === null} />}
        {items.map(({ id, title, rich, at }) => (
          <Panel key={id} title={title} description={<Time at={at} now={now} />}>
            <RichText nodes={rich} />
          </Panel>
        ))}
        {(after !== undefined || next !== null) && (
          <nav aria-label="Pages" className="flex gap-2">
            {after !== undefined && <LinkButton href="/dashboard/announcements">Newest</LinkButton>}
            {next !== null && (
              <LinkButton href={`/dashboard/announcements?after=${encodeURIComponent(next)}`}>Older</LinkButton>
            )}
          </nav>
        )}
      </div>
    </>
  );
}

function Nothing({ isFirst, isLast }: { isFirst: boolean; isLast: boolean }) {
  if (!isLast) return <EmptyState icon={<Megaphone />} title="None of these were for you" />;
  if (!isFirst) return <EmptyState icon={<Megaphone />} title="No older announcements" />;
  return (
    <EmptyState icon={<Megaphone />} title="No announcements yet">
      You will find maintenance dates and news about this panel here.
    </EmptyState>
  );
}
