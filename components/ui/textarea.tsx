/** A multi-line text control that grows with its text where the browser can. */
import type { ComponentProps } from "react";
import { controlClass } from "./control-class.ts";
import { cx } from "./cx.ts";

export interface TextareaProps extends ComponentProps<"textarea"> {
  mono?: boolean;
}

export function Textarea({ mono, className, rows, ...rest }: TextareaProps) {
  return (
    <textarea
      {...rest}
      rows={rows ?? 4}
      className={cx(
        controlClass,
        "block max-h-[60dvh] min-h-[58px] resize-y py-1 field-sizing-content",
        mono && "font-mono",
        className,
      )}
      {...(mono && { autoCapitalize: "none", autoCorrect: "off", spellCheck: false })}
    />
  );
}
