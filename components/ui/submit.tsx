/** The button that sends a form: nothing before the page is ready, nothing twice. */
"use client";
import { ActionButton } from "./action-button.tsx";
import type { ButtonProps } from "./button.tsx";

export function Submit({ variant = "primary", ...rest }: Omit<ButtonProps, "type">) {
  return <ActionButton {...rest} type="submit" variant={variant} />;
}
