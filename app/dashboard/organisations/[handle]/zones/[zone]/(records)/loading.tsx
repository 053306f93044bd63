/** While the records of a zone are loading. In a group of its own: around the other pages it would send 200 before they say no. */
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return <SkeletonRows rows={6} label="Loading records" />;
}
