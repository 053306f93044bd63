/** A link inside text or a table cell. */
import { cx } from "./cx.ts";
import { Link, type LinkProps } from "./link.tsx";

const TONES = {
  accent: "text-accent underline decoration-accent/40 hover:decoration-accent",
  plain: "text-text no-underline hover:underline",
  dim: "text-dim no-underline hover:text-text hover:underline",
};

type TextLinkProps = LinkProps & { tone?: keyof typeof TONES };

export function TextLink({ tone = "accent", className, ...rest }: TextLinkProps) {
  return <Link {...rest} className={cx("rounded-sm underline-offset-[3px]", TONES[tone], className)} />;
}
