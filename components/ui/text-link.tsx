/** A link inside text or a table cell. */
import Link from "next/link";
import type { ComponentProps } from "react";
import { cx } from "./cx.ts";

const TONES = {
  accent: "text-accent underline decoration-accent/40 hover:decoration-accent",
  plain: "text-text no-underline hover:underline",
  dim: "text-dim no-underline hover:text-text hover:underline",
};

type TextLinkProps = ComponentProps<typeof Link> & { tone?: keyof typeof TONES };

export function TextLink({ tone = "accent", className, ...rest }: TextLinkProps) {
  return <Link {...rest} className={cx("rounded-sm underline-offset-[3px]", TONES[tone], className)} />;
}
