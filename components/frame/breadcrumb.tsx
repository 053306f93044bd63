/** Where we are; on a phone only the last two steps. */
import { cx } from "#components/ui/cx.ts";
import { Link } from "#components/ui/link.tsx";

export interface Crumb {
  label: string;
  href?: string;
}

export function Breadcrumb({ crumbs }: { crumbs: readonly Crumb[] }) {
  if (crumbs.length === 0) return null;
  return (
    <nav aria-label="Breadcrumb" className="min-w-0 flex-1">
      <ol className="flex min-w-0 items-center gap-2.5 text-dim">
        {crumbs.map(({ label, href }, place) => {
          const last = place === crumbs.length - 1;
          const early = place < crumbs.length - 2;
          return (
            <li
              key={href ?? label}
              className={cx(
                "flex min-w-0 items-center gap-2.5",
                last ? "shrink" : "max-w-[40%] shrink-0",
                early && "max-sm:hidden",
              )}
            >
              {place > 0 && (
                <span aria-hidden="true" className={cx("text-faint", place === crumbs.length - 2 && "max-sm:hidden")}>
                  /
                </span>
              )}
              {href && !last ? (
                <Link href={href} className="truncate rounded-sm no-underline hover:text-text hover:underline">
                  {label}
                </Link>
              ) : (
                <span
                  aria-current={last ? "page" : undefined}
                  className={cx("truncate", last && "font-semibold text-text")}
                >
                  {label}
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
