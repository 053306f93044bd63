/** A select or a date that writes what is chosen into the URL; `page` is dropped with every change. */
"use client";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useTransition } from "react";
import { cx } from "./cx.ts";
import { Input } from "./input.tsx";
import { Select, type SelectOption } from "./select.tsx";

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

function useParam(param: string) {
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const [pending, start] = useTransition();
  const set = (value: string) => {
    const next = new URLSearchParams(params);
    if (value === "") next.delete(param);
    else next.set(param, value);
    for (const place of ["page", "at"]) next.delete(place);
    start(() => router.replace(next.size > 0 ? `${pathname}?${next}` : pathname, { scroll: false }));
  };
  return { value: params.get(param) ?? "", set, pending };
}
