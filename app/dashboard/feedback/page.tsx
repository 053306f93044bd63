/** What one thinks of the panel. */
import type { Metadata } from "next";
import { OwnFeedback } from "#components/feedback/own-feedback.tsx";

export const metadata: Metadata = { title: "Feedback" };

export default function Page() {
  return <OwnFeedback />;
}
