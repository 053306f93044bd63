/** A checkbox and a radio button with their text beside them. How the boxes look is in `globals.css`. */
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

const LABEL =
  "inline-flex cursor-pointer items-start gap-2 pointer-coarse:py-1 " +
  "has-[:disabled:not([data-waits])]:cursor-not-allowed has-[:disabled:not([data-waits])]:text-faint";

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
    <Box
      {...rest}
      id={id}
      type={type}
      aria-describedby={cx(rest["aria-describedby"], hint ? hintId : undefined) || undefined}
      className={bare ? className : "mt-0.5"}
    />
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
