/** The browser's own select, dressed like the other controls. */

import type { ComponentProps } from "react";
import { controlClass } from "./control-class.ts";
import { cx } from "./cx.ts";
import { isHeard } from "./heard.ts";
import { ChevronDown } from "./icons.tsx";
import { ListeningSelect } from "./listening.tsx";

export interface SelectOption {
  value: string;
  label: string;
  disabled?: boolean;
}

export interface SelectProps extends ComponentProps<"select"> {
  /** Instead of <option> children. */
  options?: readonly SelectOption[];
  /** Shown first, with the empty value. */
  placeholder?: string;
  mono?: boolean;
  /** Stands in a row of tools instead of a form: as light as the search beside it. */
  quiet?: boolean;
}

export function Select({ options, placeholder, mono, quiet, className, children, ...rest }: SelectProps) {
  const Control = isHeard(rest) ? ListeningSelect : "select";
  return (
    <span className={cx("relative block w-full", className)}>
      <Control
        {...rest}
        className={cx(
          controlClass,
          "h-[30px] appearance-none truncate pe-8 read-only:bg-panel disabled:not-data-waits:bg-line2 pointer-coarse:h-10",
          mono && "font-mono",
          quiet && "border-line",
        )}
      >
        {placeholder !== undefined && <option value="">{placeholder}</option>}
        {options?.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
        {children}
      </Control>
      <ChevronDown
        aria-hidden="true"
        className="pointer-events-none absolute end-2.5 top-1/2 size-3.5 -translate-y-1/2 text-faint"
      />
    </span>
  );
}
