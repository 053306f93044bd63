/** A meter of three steps with its name. */
import { cx } from "./cx.ts";

export interface LadderProps {
  value: 0 | 1 | 2 | 3;
  /** What the value is called. */
  label: string;
  /** Keeps the name for screen readers only. */
  hideLabel?: boolean;
  className?: string;
}

/** Where colours are the system's own, a background would be the page's. */
const REACHED = "bg-accent forced-colors:bg-[CanvasText] forced-colors:forced-color-adjust-none";

export function Ladder({ value, label, hideLabel, className }: LadderProps) {
  return (
    <span title={hideLabel ? label : undefined} className={cx("inline-flex items-center gap-1.5", className)}>
      <span className={cx(hideLabel && "sr-only")}>{label}</span>
      <span aria-hidden="true" className="inline-flex gap-0.5">
        {[1, 2, 3].map((step) => (
          <i
            key={step}
            className={cx("h-1.5 w-2.5 rounded-[2px] forced-colors:border", step <= value ? REACHED : "bg-line")}
          />
        ))}
      </span>
    </span>
  );
}
