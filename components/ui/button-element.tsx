/** What a button is made of. While `pending` it keeps its place and its focus, and does nothing. */

import type { ComponentProps } from "react";
import { type ButtonLook, buttonClass } from "./button-class.ts";
import { cx } from "./cx.ts";
import { LoaderCircle } from "./icons.tsx";

export interface ButtonProps extends ComponentProps<"button">, ButtonLook {
  pending?: boolean;
}

export function ButtonElement({ variant, size, pending, className, children, type, onClick, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type ?? "button"}
      aria-busy={pending || undefined}
      aria-disabled={pending || rest["aria-disabled"]}
      onClick={pending ? (event) => event.preventDefault() : onClick}
      className={buttonClass({ variant, size }, className)}
    >
      <span className={cx("inline-flex items-center gap-1.5", pending && "opacity-0")}>{children}</span>
      {pending && (
        <span aria-hidden="true" className="absolute inset-0 grid place-items-center">
          <LoaderCircle className="animate-spin" />
        </span>
      )}
    </button>
  );
}
