/** A message about the page or the form it stands in, with an optional action. */

import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "./icons.tsx";

export type BannerTone = "info" | "ok" | "warn" | "bad";

const TONES = {
  info: { Icon: Info, look: "border-accent/30 bg-accent-bg", ink: "text-accent" },
  ok: { Icon: CircleCheck, look: "border-ok/30 bg-ok-bg", ink: "text-ok" },
  warn: { Icon: TriangleAlert, look: "border-warn/30 bg-warn-bg", ink: "text-warn" },
  bad: { Icon: CircleAlert, look: "border-bad/30 bg-bad-bg", ink: "text-bad" },
} as const;

export interface BannerProps {
  tone?: BannerTone;
  title?: ReactNode;
  action?: ReactNode;
  /** Announced when it appears: set it on what answers something the person did. */
  live?: boolean;
  className?: string;
  children?: ReactNode;
}

export function Banner({ tone = "info", title, action, live, className, children }: BannerProps) {
  const { Icon, look, ink } = TONES[tone];
  // One line stands beside the middle of a button.
  const oneLine = action && !(title && children);
  return (
    <div
      role={live ? (tone === "bad" ? "alert" : "status") : undefined}
      className={cx("flex flex-wrap items-start gap-x-4 gap-y-2 rounded-lg border px-3 py-2", look, className)}
    >
      <Icon
        aria-hidden="true"
        className={cx("-me-1.5 mt-0.5 size-4 shrink-0", oneLine && "sm:mt-0 sm:self-center", ink)}
      />
      <div className={cx("min-w-0 flex-1 basis-48 text-text", oneLine && "sm:self-center")}>
        {title && <p className="font-semibold">{title}</p>}
        {children && <div className="text-text">{children}</div>}
      </div>
      {action && <div className={cx("flex shrink-0 items-center gap-2", oneLine && "self-center")}>{action}</div>}
    </div>
  );
}
