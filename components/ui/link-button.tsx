/** A link that looks like a button. */
import { type ButtonLook, buttonClass } from "./button-class.ts";
import { Link, type LinkProps } from "./link.tsx";

type LinkButtonProps = LinkProps & ButtonLook;

export function LinkButton({ variant, size, className, ...rest }: LinkButtonProps) {
  return <Link {...rest} className={buttonClass({ variant, size }, className)} />;
}
