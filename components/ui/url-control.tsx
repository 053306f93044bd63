/** A select or a date that writes what is chosen into the URL; `page` is dropped with every change. */
"use client";
import { cx } from "./cx.ts";
import { Input } from "./input.tsx";
import { Select, type SelectOption } from "./select.tsx";
import { useParam } from "./use-param.ts";

export interface UrlControlProps {
  label: string;
  /** The query parameter it writes. */
  param: string;
  className?: string;
}

export function UrlSelect({
  label,
  param,
  all,
  options,
  className,
}: UrlControlProps & { all: string; options: readonly SelectOption[] }) {
  const { value, set, pending } = useParam(param);
  return (
    <span className={className}>
      <Select
        quiet
        aria-label={label}
        aria-busy={pending || undefined}
        placeholder={all}
        options={options}
        value={options.some((option) => option.value === value) ? value : ""}
        onChange={(event) => set(event.target.value)}
      />
    </span>
  );
}

export function UrlDate({ label, param, className }: UrlControlProps) {
  const { value, set, pending } = useParam(param);
  return (
    <Input
      type="date"
      aria-label={label}
      aria-busy={pending || undefined}
      title={label}
      defaultValue={value}
      key={value}
      onChange={(event) => set(event.target.value)}
      className={cx("border-line", className)}
    />
  );
}
