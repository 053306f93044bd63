/** A word or a number in one of the states. How it looks is in `globals.css`. */
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

/** `term`: in the monospaced face and outlined, for a fixed term such as a type. */
export type Tone = "neutral" | "ok" | "warn" | "bad" | "accent" | "term";

export interface BadgeProps {
  tone?: Tone;
  className?: string;
  children: ReactNode;
}

export const Badge = ({ tone = "neutral", className, children }: BadgeProps) => (
  <span className={className ? cx("badge", className) : "badge"} data-tone={tone === "neutral" ? undefined : tone}>
    {children}
  </span>
);
