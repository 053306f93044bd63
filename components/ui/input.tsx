/** A single-line text control. */
import type { ComponentProps } from "react";
import { controlClass } from "./control-class.ts";
import { cx } from "./cx.ts";

export interface InputProps extends ComponentProps<"input"> {
  mono?: boolean;
}

export function Input({ mono, className, type, ...rest }: InputProps) {
  return (
    <input
      {...rest}
      type={type ?? "text"}
      className={cx(controlClass, "h-[30px] pointer-coarse:h-10", mono && "font-mono", className)}
      {...(mono && { autoCapitalize: "none", autoCorrect: "off", spellCheck: false })}
    />
  );
}
