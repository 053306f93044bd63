/** The place of a page with a list, while it loads: known to the browser by name, because every page of its part carries it along. */
"use client";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export const PageSkeleton = ({ rows }: { rows?: number }) => (
  <>
    <div className="mb-3.5 flex h-[50px] flex-col justify-center gap-3">
      <Skeleton className="h-4 w-40" />
      <Skeleton className="w-64" />
    </div>
    <SkeletonRows rows={rows} />
  </>
);
