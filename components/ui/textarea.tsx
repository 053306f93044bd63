/** A multi-line text control that grows with its text where the browser can. */
import type { ComponentProps } from "react";
import { controlClass } from "./control-class.ts";
import { cx } from "./cx.ts";

export interface TextareaProps extends ComponentProps<"textarea"> {
  mono?: boolean;
}

/** What it is tall before anything is in it, for the browsers in which it grows. */
const tall = (rows: number): string => (rows >= 6 ? "min-h-[138px]" : rows >= 5 ? "min-h-[98px]" : "min-h-[58px]");

export function Textarea({ mono, className, rows = 4, ...rest }: TextareaProps) {
  return (
    <textarea
      {...rest}
      rows={rows}
      className={cx(
        controlClass,
        "block max-h-[60dvh] resize-y py-1 field-sizing-content",
        tall(rows),
        mono && "font-mono",
        className,
      )}
      {...(mono && { autoCapitalize: "none", autoCorrect: "off", spellCheck: false })}
    />
  );
}
