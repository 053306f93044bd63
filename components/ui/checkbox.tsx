/** A checkbox and a radio button with their text beside them. */
import { type ComponentProps, type ReactNode, useId } from "react";
import { cx } from "./cx.ts";
import { isHeard } from "./heard.ts";
import { ListeningInput } from "./listening.tsx";

export interface CheckboxProps extends Omit<ComponentProps<"input">, "type"> {
  /** Without it, give an aria-label. */
  label?: ReactNode;
  hint?: ReactNode;
}

export interface CheckboxOnlyProps extends CheckboxProps {
  /** Some of what it stands for is chosen. */
  partly?: boolean;
}

const BOX =
  "peer size-4 shrink-0 appearance-none border border-edge bg-panel transition-colors duration-100 hover:border-dim " +
  "checked:border-accent checked:bg-accent aria-invalid:border-bad disabled:not-data-waits:cursor-not-allowed disabled:not-data-waits:opacity-50";

/** Not for radio buttons: those of a group that has no choice yet are indeterminate to the browser. */
const PARTLY = "indeterminate:border-accent indeterminate:bg-accent";

const LABEL =
  "inline-flex cursor-pointer items-start gap-2 pointer-coarse:py-1 " +
  "has-[:disabled:not([data-waits])]:cursor-not-allowed has-[:disabled:not([data-waits])]:text-faint";

const MARK = "pointer-events-none absolute inset-0 hidden size-4 text-accent-text";

export const Checkbox = ({ partly, ...props }: CheckboxOnlyProps) => (
  <Choice
    {...props}
    type="checkbox"
    {...(partly !== undefined && {
      ref: (box: HTMLInputElement | null) => {
        if (box) box.indeterminate = partly && !props.checked;
      },
    })}
  />
);

export const Radio = (props: CheckboxProps) => <Choice {...props} type="radio" />;

function Choice({ label, hint, className, type, ...rest }: CheckboxProps & { type: "checkbox" | "radio" }) {
  const made = useId();
  const id = rest.id ?? made;
  const hintId = `${id}-hint`;
  const bare = label === undefined;
  const Box = isHeard(rest) ? ListeningInput : "input";
  const box = (
    <span className={cx("relative inline-grid size-4 shrink-0", bare ? cx("align-[-3px]", className) : "mt-0.5")}>
      <Box
        {...rest}
        id={id}
        type={type}
        aria-describedby={cx(rest["aria-describedby"], hint ? hintId : undefined) || undefined}
        className={cx(BOX, type === "radio" ? "rounded-full" : cx("rounded-sm", PARTLY))}
      />
      <svg
        aria-hidden="true"
        viewBox="0 0 16 16"
        className={cx(MARK, "peer-checked:block", type === "checkbox" && "peer-indeterminate:hidden")}
      >
        {type === "radio" ? (
          <circle cx="8" cy="8" r="3" fill="currentColor" />
        ) : (
          <path d="m4 8.5 2.7 2.7L12 5.5" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
        )}
      </svg>
      {type === "checkbox" && (
        <svg aria-hidden="true" viewBox="0 0 16 16" className={cx(MARK, "peer-indeterminate:block")}>
          <path d="M4.5 8h7" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
        </svg>
      )}
    </span>
  );
  if (bare) return box;
  return (
    <div className={cx("min-w-0", className)}>
      <label htmlFor={id} className={LABEL}>
        {box}
        <span className="min-w-0">{label}</span>
      </label>
      {hint && (
        <p id={hintId} className="ps-6 text-xs text-faint">
          {hint}
        </p>
      )}
    </div>
  );
}
