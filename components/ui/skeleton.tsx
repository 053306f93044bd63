/** Grey bars in the place of what is still loading. */
import { cx } from "./cx.ts";

export const Skeleton = ({ className }: { className?: string }) => (
  <span aria-hidden="true" className={cx("block h-3 animate-pulse rounded-sm bg-line", className)} />
);

export interface SkeletonRowsProps {
  rows?: number;
  label?: string;
}

/** A table-shaped one. */
export function SkeletonRows({ rows = 8, label = "Loading" }: SkeletonRowsProps) {
  return (
    <div
      role="status"
      className="overflow-hidden rounded-lg border border-line bg-panel in-data-flush:rounded-none in-data-flush:border-0"
    >
      <span className="sr-only">{label}</span>
      <div className="h-8 border-line border-b bg-bg" />
      {[...Array(rows).keys()].map((row) => (
        <div key={row} className="flex h-8 items-center gap-6 border-line2 px-3 in-data-flush:px-4 not-last:border-b">
          <Skeleton className={row % 3 === 0 ? "w-1/5" : "w-1/6"} />
          <Skeleton className="w-12" />
          <Skeleton className={row % 2 === 0 ? "w-2/5" : "w-1/3"} />
        </div>
      ))}
    </div>
  );
}
