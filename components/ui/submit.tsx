/** The button that sends a form: nothing before the page is ready, nothing twice. */
"use client";
import { Button, type ButtonProps } from "./button.tsx";
import { cx } from "./cx.ts";
import { useHydrated } from "./use-hydrated.ts";

export function Submit({ variant = "primary", disabled, className, ...rest }: Omit<ButtonProps, "type">) {
  const hydrated = useHydrated();
  return (
    <Button
      {...rest}
      type="submit"
      variant={variant}
      disabled={disabled || !hydrated}
      className={cx(!hydrated && "disabled:opacity-100", className)}
    />
  );
}
