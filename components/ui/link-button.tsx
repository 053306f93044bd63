/** A link that looks like a button. */
import Link from "next/link";
import type { ComponentProps } from "react";
import { type ButtonLook, buttonClass } from "./button-class.ts";

type LinkButtonProps = ComponentProps<typeof Link> & ButtonLook;

export function LinkButton({ variant, size, className, ...rest }: LinkButtonProps) {
  return <Link {...rest} className={buttonClass({ variant, size }, className)} />;
}
