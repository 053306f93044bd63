/** What one thinks of this release, and what was answered to what one said before. */
import { Banner } from "#components/ui/banner.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Time } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";
import { FeedbackForm } from "./feedback-form.tsx";
import { Stars } from "./stars.tsx";

export async function OwnFeedback() {
  const { release, open, items } = await load((api) => api.feedback.own({}));
  const now = Date.now();
  return (
    <>
      <PageHeader
        title="Feedback"
        description="Once for each release of the panel. Whoever runs it reads it, and can answer."
      />
      <div className="flex max-w-[640px] flex-col gap-4">
        {open ? (
          <Panel title={`Release ${release}`}>
            <FeedbackForm />
          </Panel>
        ) : (
          <Banner tone="ok">You said what you think of release {release}. The next one asks again.</Banner>
        )}
        {items.map(({ id, release: of, rating, message, reply, repliedAt, createdAt }) => (
          <Panel key={id} title={`Release ${of}`} description={<Time at={createdAt} now={now} />}>
            <div className="flex flex-col gap-3">
              <Stars rating={rating} />
              {message && <p className="whitespace-pre-wrap wrap-anywhere">{message}</p>}
              {reply !== null && (
                <blockquote className="border-accent border-s-2 ps-3 whitespace-pre-wrap wrap-anywhere">
                  <p className="text-dim">Answer {repliedAt !== null && <Time at={repliedAt} now={now} />}</p>
                  {reply}
                </blockquote>
              )}
            </div>
          </Panel>
        ))}
      </div>
    </>
  );
}
