/** A switch, for what takes effect at once. */
import { type ComponentProps, type ReactNode, useId } from "react";
import { cx } from "./cx.ts";

export interface SwitchProps extends Omit<ComponentProps<"input">, "type" | "role"> {
  /** Without it, give an aria-label. */
  label?: ReactNode;
  hint?: ReactNode;
}

const LABEL =
  "flex cursor-pointer items-start justify-between gap-4 pointer-coarse:py-1 has-disabled:cursor-not-allowed " +
  "has-disabled:text-faint";

export function Switch({ label, hint, className, ...rest }: SwitchProps) {
  const made = useId();
  const id = rest.id ?? made;
  const hintId = `${id}-hint`;
  const control = (
    <input
      {...rest}
      id={id}
      type="checkbox"
      // biome-ignore lint/a11y/useAriaPropsForRole: a native checkbox says itself whether it is checked
      role="switch"
      aria-describedby={cx(rest["aria-describedby"], hint ? hintId : undefined) || undefined}
      className={cx(
        "relative h-[18px] w-8 shrink-0 appearance-none rounded-full border border-edge bg-edge",
        "transition-colors duration-100 checked:border-accent checked:bg-accent",
        "disabled:cursor-not-allowed disabled:opacity-50",
        "before:absolute before:start-0.5 before:top-0.5 before:size-3 before:rounded-full before:bg-panel",
        "before:transition-transform before:duration-100 checked:before:translate-x-3.5",
      )}
    />
  );
  if (label === undefined) return control;
  return (
    <div className={cx("min-w-0", className)}>
      <label htmlFor={id} className={LABEL}>
        <span className="min-w-0 font-medium">{label}</span>
        <span className="flex h-5 items-center">{control}</span>
      </label>
      {hint && (
        <p id={hintId} className="pe-12 text-xs text-faint">
          {hint}
        </p>
      )}
    </div>
  );
}
