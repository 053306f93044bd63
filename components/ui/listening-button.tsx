/** A button whose page's script does what it says: nothing before that listens. */
"use client";
import { ButtonElement, type ButtonProps } from "./button-element.tsx";
import { cx } from "./cx.ts";
import { useHydrated } from "./use-hydrated.ts";

export function ListeningButton({ disabled, className, ...rest }: ButtonProps) {
  const hydrated = useHydrated();
  return (
    <ButtonElement
      {...rest}
      disabled={disabled || !hydrated}
      className={cx(!hydrated && "disabled:opacity-100", className)}
    />
  );
}
