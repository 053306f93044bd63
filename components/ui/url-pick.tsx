/** A filter with more to choose from than a select holds: what is found and chosen is written into the URL. */
"use client";
import { ChevronDown } from "./icons.tsx";
import { PickButton } from "./pick-button.tsx";
import type { FindChoices } from "./pick-dialog.tsx";
import type { UrlControlProps } from "./url-control.tsx";
import { useParam } from "./use-param.ts";

export interface UrlPickProps extends UrlControlProps {
  /** What it says while it filters nothing. */
  all: string;
  /** What is searched: "Search roles". */
  search: string;
  /** Values are what the URL shows, and are shown as they are. */
  find: FindChoices;
}

export function UrlPick({ label, param, all, search, find, className }: UrlPickProps) {
  const { value, set, pending } = useParam(param);
  return (
    <PickButton
      aria-label={`${label}: ${value || all}`}
      aria-busy={pending || undefined}
      title={`${label}: choose one`}
      search={search}
      find={find}
      chosen={[value]}
      first={value === "" ? undefined : { value: "", label: all }}
      onPick={(choice) => set(choice.value)}
      className={className}
    >
      <span className="max-w-36 truncate font-normal">{value || all}</span>
      <ChevronDown aria-hidden="true" className="text-faint" />
    </PickButton>
  );
}
