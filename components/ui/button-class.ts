/** The look of a button, shared by buttons and by links that act as one. */
import { cx } from "./cx.ts";

export type ButtonVariant = "primary" | "default" | "ghost" | "danger";
export type ButtonSize = "sm" | "md" | "lg" | "icon" | "icon-sm";

/** Its `.button` is in `globals.css`; what is said of drawings wins over their own sizes only as a utility. */
const BASE = "button [&_svg]:size-4 [&_svg]:shrink-0";

const VARIANTS: Record<ButtonVariant, string> = {
  primary:
    "border-accent bg-accent text-accent-text not-disabled:hover:border-accent-strong " +
    "not-disabled:hover:bg-accent-strong",
  default: "border-line bg-panel text-text not-disabled:hover:bg-hover",
  ghost: "border-transparent bg-transparent text-dim not-disabled:hover:bg-line2 not-disabled:hover:text-text",
  danger: "border-bad bg-bad text-accent-text not-disabled:hover:border-bad-strong not-disabled:hover:bg-bad-strong",
};

const SIZES: Record<ButtonSize, string> = {
  sm: "h-[26px] px-2 text-xs pointer-coarse:h-9 pointer-coarse:px-3",
  md: "h-[30px] px-2.5 text-sm pointer-coarse:h-10 pointer-coarse:px-3.5",
  lg: "h-9 px-3.5 text-sm pointer-coarse:h-11",
  icon: "size-[30px] text-sm pointer-coarse:size-10",
  "icon-sm": "size-[26px] text-xs pointer-coarse:size-9 [&_svg]:size-3.5",
};

export interface ButtonLook {
  variant?: ButtonVariant;
  size?: ButtonSize;
}

export const buttonClass = ({ variant = "default", size = "md" }: ButtonLook, className?: string): string =>
  cx(BASE, VARIANTS[variant], SIZES[size], className);
