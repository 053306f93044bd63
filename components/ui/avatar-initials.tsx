/** The initials of a name in a small square or circle; decoration beside the name itself. */
import { cx } from "./cx.ts";

const SIZES = { sm: "size-5 text-[10px]", md: "size-7 text-2xs", lg: "size-10 text-base" };

export interface AvatarInitialsProps {
  name: string;
  size?: keyof typeof SIZES;
  shape?: "circle" | "square";
  tone?: "neutral" | "accent";
  className?: string;
}

export function AvatarInitials({
  name,
  size = "md",
  shape = "circle",
  tone = "neutral",
  className,
}: AvatarInitialsProps) {
  return (
    <span
      aria-hidden="true"
      className={cx(
        "inline-grid shrink-0 select-none place-items-center leading-none font-semibold uppercase",
        SIZES[size],
        shape === "circle" ? "rounded-full" : "rounded-[5px]",
        tone === "accent" ? "bg-accent text-accent-text" : "bg-line2 text-dim",
        className,
      )}
    >
      {initials(name, size === "sm" ? 1 : 2)}
    </span>
  );
}

function initials(name: string, most: 1 | 2): string {
  const words = name.split(/[\s@._-]+/u).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words;
  return picked
    .slice(0, most)
    .map((word) => [...(word ?? "")][0] ?? "")
    .join("");
}
