/** A labelled control with its hint and its error, wired for assistive technology. */

import { cloneElement, type ReactElement, type ReactNode, useId } from "react";
import { cx } from "./cx.ts";
import { CircleAlert } from "./icons.tsx";

interface ControlProps {
  id?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean | "true" | "false" | "grammar" | "spelling";
}

export interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  optional?: boolean;
  /** Keeps the label for screen readers only. */
  hideLabel?: boolean;
  className?: string;
  /** One control: Input, Textarea, Select … */
  children: ReactElement<ControlProps>;
}

export function Field({ label, hint, error, optional, hideLabel, className, children }: FieldProps) {
  const made = useId();
  const id = children.props.id ?? made;
  const hintId = hint ? `${id}-hint` : undefined;
  const errorId = error ? `${id}-error` : undefined;
  const described = [children.props["aria-describedby"], errorId, hintId].filter(Boolean).join(" ");

  return (
    <div className={cx("flex min-w-0 flex-col gap-1", className)}>
      <label htmlFor={id} className={cx("flex items-baseline gap-2 font-medium", hideLabel && "sr-only")}>
        {label}
        {optional && <span className="text-xs font-normal text-faint">Optional</span>}
      </label>
      {cloneElement(children, {
        id,
        "aria-describedby": described || undefined,
        "aria-invalid": error ? true : children.props["aria-invalid"],
      })}
      {error && (
        <p id={errorId} className="flex gap-1.5 text-xs text-bad">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
          <span className="min-w-0">{error}</span>
        </p>
      )}
      {hint && (
        <p id={hintId} className="text-xs text-faint">
          {hint}
        </p>
      )}
    </div>
  );
}

/** A form's fields, one under the other or, where there is room, in columns. */
export function FieldGroup({ columns = 1, children }: { columns?: 1 | 2 | 3; children: ReactNode }) {
  return (
    <div className={cx("grid grid-cols-1 gap-4", columns === 2 && "sm:grid-cols-2", columns === 3 && "sm:grid-cols-3")}>
      {children}
    </div>
  );
}
