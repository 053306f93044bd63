/** A key on the keyboard. */
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export interface KbdProps {
  /** Inside a button: takes the button's colour. */
  inherit?: boolean;
  className?: string;
  children: ReactNode;
}

export const Kbd = ({ inherit, className, children }: KbdProps) => (
  <kbd
    className={cx(
      "rounded-sm border px-1 font-mono text-2xs font-normal",
      inherit ? "border-current text-inherit opacity-80" : "border-line text-faint",
      className,
    )}
  >
    {children}
  </kbd>
);
