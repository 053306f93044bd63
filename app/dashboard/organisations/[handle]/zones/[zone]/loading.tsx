/** While the records of a zone are loading. */
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return <SkeletonRows rows={6} label="Loading records" />;
}
