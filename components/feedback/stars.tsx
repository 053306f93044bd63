/** A rating, 1 to 5. */

import { cx } from "#components/ui/cx.ts";
import { Star } from "#components/ui/icons.tsx";

export function Stars({ rating }: { rating: number }) {
  return (
    <span role="img" aria-label={`${rating} of 5`} className="inline-flex gap-0.5">
      {[1, 2, 3, 4, 5].map((n) => (
        <Star
          key={n}
          aria-hidden="true"
          className={cx("size-4", n <= rating ? "fill-current text-warn" : "text-line")}
        />
      ))}
    </span>
  );
}
