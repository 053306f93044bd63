/** A word or a number in one of the states. */
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export type Tone = "neutral" | "ok" | "warn" | "bad" | "accent";

const TONES: Record<Tone, string> = {
  neutral: "bg-line2 text-dim",
  ok: "bg-ok-bg text-ok",
  warn: "bg-warn-bg text-warn",
  bad: "bg-bad-bg text-bad",
  accent: "bg-accent-bg text-accent",
};

export interface BadgeProps {
  tone?: Tone;
  /** In the monospaced face and outlined, for a fixed term such as a type. */
  mono?: boolean;
  className?: string;
  children: ReactNode;
}

export function Badge({ tone = "neutral", mono, className, children }: BadgeProps) {
  return (
    <span
      className={cx(
        "inline-flex shrink-0 items-center rounded-sm text-2xs font-semibold whitespace-nowrap",
        mono ? "border border-line px-1.5 align-[1px] font-mono text-text" : cx("px-[5px] tabular-nums", TONES[tone]),
        className,
      )}
    >
      {children}
    </span>
  );
}
