/** The button that sends a form: nothing before the page is ready, nothing twice. */
"use client";
import type { ButtonProps } from "./button.tsx";
import { ListeningButton } from "./listening-button.tsx";

export function Submit({ variant = "primary", ...rest }: Omit<ButtonProps, "type">) {
  return <ListeningButton {...rest} type="submit" variant={variant} />;
}
