/** A button whose page's script does what it says: nothing before that listens. */
"use client";
import { Button, type ButtonProps } from "./button.tsx";
import { cx } from "./cx.ts";
import { useHydrated } from "./use-hydrated.ts";

export function ActionButton({ disabled, className, ...rest }: ButtonProps) {
  const hydrated = useHydrated();
  return (
    <Button {...rest} disabled={disabled || !hydrated} className={cx(!hydrated && "disabled:opacity-100", className)} />
  );
}
