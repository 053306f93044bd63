/** A long list inside a row's page: found by what is typed, and shown part by part, without another address. */
"use client";
import { type FormEvent, type ReactNode, useState } from "react";
import type { Api } from "#components/ui/attempt.ts";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Loaded } from "./loaded.tsx";

export interface ListPart<T> {
  items: readonly T[];
  previous: string | null;
  next: string | null;
}

export interface PartListProps<T> {
  /** What is listed: with another key it is asked for again. */
  of: string;
  /** Of the search; none: there is none. */
  searchLabel?: string;
  call: (api: Api, asked: { q: string; at: string | undefined }) => Promise<ListPart<T>>;
  /** What stands there while nothing is found. */
  empty: ReactNode;
  children: (items: readonly T[], again: () => void) => ReactNode;
}

export function PartList<T>({ of, searchLabel, call, empty, children }: PartListProps<T>) {
  const [asked, setAsked] = useState<{ q: string; at: string | undefined }>({ q: "", at: undefined });
  const find = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setAsked({ q: String(new FormData(event.currentTarget).get("q") ?? "").trim(), at: undefined });
  };
  return (
    <div className="flex flex-col">
      {searchLabel && (
        <search className="border-line2 border-b px-4 py-2.5">
          <form className="flex max-w-sm gap-2" onSubmit={find}>
            <Input name="q" type="search" aria-label={searchLabel} placeholder={searchLabel} autoComplete="off" />
            <Button type="submit">Find</Button>
          </form>
        </search>
      )}
      <Loaded of={`${of} ${asked.q} ${asked.at}`} call={(api) => call(api, asked)}>
        {(part, again) => (
          <>
            {part.items.length > 0 ? children(part.items, again) : <div className="px-4 py-3 text-dim">{empty}</div>}
            {(part.previous !== null || part.next !== null) && (
              <div className="flex justify-end gap-2 border-line2 border-t px-4 py-2.5">
                <Button
                  size="sm"
                  disabled={part.previous === null}
                  onClick={() => setAsked({ ...asked, at: part.previous ?? undefined })}
                >
                  Previous
                </Button>
                <Button
                  size="sm"
                  disabled={part.next === null}
                  onClick={() => setAsked({ ...asked, at: part.next ?? undefined })}
                >
                  Next
                </Button>
              </div>
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}
