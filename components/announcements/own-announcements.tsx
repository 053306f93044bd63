/** What was announced to one, and whether it also comes by mail. */
import { Megaphone } from "lucide-react";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Time } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";
import { MailPreference } from "./mail-preference.tsx";
import { RichText } from "./rich-text.tsx";

export async function OwnAnnouncements() {
  const [{ items }, { mail }] = await Promise.all([
    load((api) => api.announcements.own({})),
    load((api) => api.announcements.preference({})),
  ]);
  const now = Date.now();
  return (
    <>
      <PageHeader title="Announcements" description="News from the people who run this panel, newest first." />
      <div className="flex max-w-[760px] flex-col gap-4">
        <MailPreference mail={mail} />
        {items.length === 0 && (
          <EmptyState icon={<Megaphone />} title="No announcements yet">
            You will find maintenance dates and news about this panel here.
          </EmptyState>
        )}
        {items.map(({ id, title, rich, at }) => (
          <Panel key={id} title={title} description={<Time at={at} now={now} />}>
            <RichText nodes={rich} />
          </Panel>
        ))}
      </div>
    </>
  );
}
