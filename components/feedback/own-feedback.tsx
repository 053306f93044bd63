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
        description="Tell the people who run this panel what you think of it, once for each release. They can answer you here."
      />
      <div className="flex max-w-[640px] flex-col gap-4">
        {open ? (
          <Panel title={`Release ${release}`}>
            <FeedbackForm />
          </Panel>
        ) : (
          <Banner tone="ok">
            Thank you for your feedback on release {release}. We will ask again after the next one.
          </Banner>
        )}
        {items.map(({ id, release: of, rating, message, reply, repliedAt, createdAt }) => (
          <Panel key={id} title={`Release ${of}`} description={<Time at={createdAt} now={now} />}>
            <div className="flex flex-col gap-3">
              <Stars rating={rating} />
              {message && <p className="whitespace-pre-wrap wrap-anywhere">{message}</p>}
              {reply !== null && (
                <blockquote className="border-accent border-s-2 ps-3 whitespace-pre-wrap wrap-anywhere">
                  <p className="text-dim">Answered {repliedAt !== null && <Time at={repliedAt} now={now} />}</p>
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
