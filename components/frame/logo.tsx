/** The mark: a gate, and in it the dot at which every name ends. */
import { cx } from "#components/ui/cx.ts";

export const LogoMark = ({ className }: { className?: string }) => (
  <svg aria-hidden="true" viewBox="0 0 24 24" className={cx("size-5 shrink-0", className)}>
    <rect width="24" height="24" rx="6" className="fill-accent" />
    <path
      d="M6.5 18v-6.5a5.5 5.5 0 0 1 11 0V18"
      fill="none"
      strokeWidth="2.25"
      strokeLinecap="round"
      className="stroke-accent-text"
    />
    <circle cx="12" cy="16.75" r="2" className="fill-accent-text" />
  </svg>
);

export const Logo = ({ className }: { className?: string }) => (
  <span className={cx("inline-flex items-center gap-2 text-lg font-semibold tracking-[-0.01em]", className)}>
    <LogoMark className="size-6" />
    Zonegate
  </span>
);
