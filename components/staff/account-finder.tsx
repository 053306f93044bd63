/** Finds an account by what is typed, and offers what its user makes of it. */
"use client";
import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Loaded } from "./loaded.tsx";
import type { TabData } from "./tab-props.ts";

type Account = TabData<"users">["items"][number];

export interface AccountFinderProps {
  label: string;
  /** What can be done with one that was found. */
  children: (account: Account) => ReactNode;
}

const SHOWN = 6;

export function AccountFinder({ label, children }: AccountFinderProps) {
  const [q, setQ] = useState("");
  const find = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setQ(String(new FormData(event.currentTarget).get("account") ?? "").trim());
  };
  return (
    <div className="flex flex-col gap-3">
      <form onSubmit={find} className="flex items-end gap-2">
        <Field label={label} className="max-w-sm flex-1">
          <Input name="account" type="search" placeholder="E-mail, name or id" autoComplete="off" />
        </Field>
        <Button type="submit">Find</Button>
      </form>
      {q !== "" && (
        <Loaded of={q} call={(api) => api.accounts.list({ q, perPage: SHOWN })}>
          {({ items, total, capped }) => (
            <div aria-live="polite">
              {items.length === 0 && <p className="text-dim">No account is like that.</p>}
              <ul aria-label="Accounts that were found" className="flex flex-col gap-1">
                {items.map((account) => (
                  <li key={account.id} className="flex flex-wrap items-center justify-between gap-x-3">
                    <span className="min-w-0 wrap-anywhere">
                      {account.name} <span className="text-dim">{account.email}</span>
                    </span>
                    {children(account)}
                  </li>
                ))}
              </ul>
              {(total > items.length || capped) && <p className="text-dim">More were found. Type more to see fewer.</p>}
            </div>
          )}
        </Loaded>
      )}
    </div>
  );
}
