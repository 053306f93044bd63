/** While a tab loads. */
import { PageSkeleton } from "#components/frame/page-skeleton.tsx";

export default function Loading() {
  return <PageSkeleton rows={12} />;
}
