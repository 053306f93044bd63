/** Roles to choose from: the first of them by name, and a search where there are more. */
"use client";
import { type FormEvent, type ReactNode, useState } from "react";
import { Loaded } from "#components/staff/loaded.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import type { Outputs } from "#lib/api/outputs.ts";

type Role = Outputs["roles"]["list"]["items"][number];

const MOST = 200;

export interface RoleChoicesProps {
  /** With another key they are asked for again. */
  of: string;
  children: (roles: readonly Role[]) => ReactNode;
}

export function RoleChoices({ of, children }: RoleChoicesProps) {
  const [q, setQ] = useState("");
  const find = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setQ(String(new FormData(event.currentTarget).get("role") ?? "").trim());
  };
  return (
    <Loaded of={`${of} ${q}`} call={(api) => api.roles.list({ q, perPage: MOST })}>
      {({ items, total, capped }) => (
        <div className="flex flex-col gap-3">
          {(q !== "" || capped || total > items.length) && (
            <form onSubmit={find} className="flex items-end gap-2">
              <Field label="Find a role" className="max-w-sm flex-1">
                <Input name="role" type="search" defaultValue={q} autoComplete="off" />
              </Field>
              <Button type="submit">Find</Button>
            </form>
          )}
          {q !== "" && items.length === 0 && <p className="text-dim">No role is like that.</p>}
          {children(items)}
        </div>
      )}
    </Loaded>
  );
}
