/** One parameter of the URL; with every change the list begins at its first part. */
"use client";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useTransition } from "react";

export function useParam(param: string) {
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
