/** A role's own grants: typed, or picked from the catalogue; put into order, and changed once what that comes to was read. */
"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Foreseen } from "#components/staff/foreseen.tsx";
import { Loaded } from "#components/staff/loaded.tsx";
import { Button } from "#components/ui/button.tsx";
import { Code } from "#components/ui/code.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { Field } from "#components/ui/field.tsx";
import { ArrowDown, ArrowUp, X } from "#components/ui/icons.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Permission, parseGrant } from "#lib/access/permissions.ts";
import type { Failure } from "#lib/api/client.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { GrantPicker } from "./grant-picker.tsx";
import type { Role } from "./role-detail.tsx";

export type Catalogue = Outputs["roles"]["permissions"]["items"];

export interface RoleGrantsProps {
  role: Role;
  may: (permission: Permission) => boolean;
}

export function RoleGrants({ role, may }: RoleGrantsProps) {
  const changes = may("permissions:assign") && !(role.builtIn && role.name !== "default");
  const orders = may("roles:write") || changes;
  return (
    <Panel
      title="Grants"
      description={
        changes
          ? "A permission, or everything below one: dns:* covers dns:read, dns:write and whatever follows."
          : role.builtIn && role.name !== "default"
            ? "Full access, always."
            : orders
              ? "You can put them into order. Changing them needs permissions:assign."
              : "Changing them needs permissions:assign."
      }
    >
      <Loaded of="catalogue" call={(api) => api.roles.permissions({})}>
        {({ items }) => <Editor role={role} catalogue={items} changes={changes} orders={orders} />}
      </Loaded>
    </Panel>
  );
}

interface EditorProps {
  role: Role;
  catalogue: Catalogue;
  changes: boolean;
  orders: boolean;
}

function Editor({ role, catalogue, changes, orders }: EditorProps) {
  const router = useRouter();
  const [grants, setGrants] = useState<readonly string[]>(role.grants);
  const [failure, setFailure] = useState<Failure | null>(null);
  const moved = grants.join() !== role.grants.join();
  const reordered = moved && grants.toSorted().join() === role.grants.toSorted().join();
  const change = (next: readonly string[]) => {
    setFailure(null);
    setGrants(next);
  };
  return (
    <div className="flex flex-col gap-4">
      {grants.length === 0 ? (
        <p className="text-dim">None.</p>
      ) : (
        <GrantList
          grants={grants}
          catalogue={catalogue}
          problems={failure?.fields ?? {}}
          changes={changes}
          orders={orders && grants.length > 1}
          onChange={change}
        />
      )}
      {failure && Object.keys(failure.fields).every((field) => !field.startsWith("grants.")) && (
        <FailureBanner failure={failure} />
      )}
      {changes && (
        <>
          <TypedGrant grants={grants} onAdd={(grant) => change([...grants, grant])} />
          <GrantPicker catalogue={catalogue} grants={grants} onChange={change} />
        </>
      )}
      {(changes || orders) && (
        <div className="flex flex-wrap gap-2">
          <Foreseen
            label="Save grants"
            button={{ variant: "primary" }}
            disabled={!moved}
            title={`Change what ${role.name} grants?`}
            confirm={reordered ? "Change the order" : "Change grants"}
            tone="primary"
            nothing={reordered ? "Only the order changes. What people may do does not." : undefined}
            call={async (api, dryRun) => {
              if (!reordered) return api.roles.grant({ role: role.id, grants: [...grants], dryRun });
              if (!dryRun) await api.roles.order({ role: role.id, grants: [...grants] });
              return { says: [] };
            }}
            onFailure={setFailure}
            onDone={() => {
              toast("The grants are changed");
              router.refresh();
            }}
          />
          {moved && <Button onClick={() => change(role.grants)}>Undo</Button>}
        </div>
      )}
    </div>
  );
}

interface GrantListProps {
  grants: readonly string[];
  catalogue: Catalogue;
  /** Sentences by `grants.0`. */
  problems: Readonly<Record<string, string>>;
  changes: boolean;
  orders: boolean;
  onChange: (grants: readonly string[]) => void;
}

function GrantList({ grants, catalogue, problems, changes, orders, onChange }: GrantListProps) {
  const list = useRef<HTMLOListElement>(null);
  const [focused, setFocused] = useState<{ at: number; step: number } | null>(null);
  // A row that moves takes the focus out of the document, in some browsers.
  useEffect(() => {
    if (!focused) return;
    const buttons = list.current?.children[focused.at]?.querySelectorAll<HTMLButtonElement>("button[data-step]");
    const wanted = [...(buttons ?? [])].toSorted((a) => (a.dataset.step === String(focused.step) ? -1 : 1));
    wanted.find(({ disabled }) => !disabled)?.focus();
  }, [focused]);
  const move = (at: number, step: number) => {
    const [grant, other] = [grants[at], grants[at + step]];
    if (grant === undefined || other === undefined) return;
    onChange(grants.with(at, other).with(at + step, grant));
    setFocused({ at: at + step, step });
  };
  return (
    <ol ref={list} className="divide-y divide-line2 rounded-md border border-line">
      {grants.map((grant, at) => (
        <li key={grant} className="flex items-center gap-2 px-3 py-1.5">
          <span className="min-w-0 flex-1 wrap-anywhere">
            <Code>{grant}</Code>{" "}
            <span className="text-dim">{catalogue.find(({ value }) => value === grant)?.description}</span>
            {problems[`grants.${at}`] && <span className="block text-xs text-bad">{problems[`grants.${at}`]}</span>}
          </span>
          {orders && (
            <>
              <Button
                size="icon-sm"
                variant="ghost"
                data-step="-1"
                aria-label={`Move ${grant} up`}
                disabled={at === 0}
                onClick={() => move(at, -1)}
              >
                <ArrowUp aria-hidden="true" />
              </Button>
              <Button
                size="icon-sm"
                variant="ghost"
                data-step="1"
                aria-label={`Move ${grant} down`}
                disabled={at === grants.length - 1}
                onClick={() => move(at, 1)}
              >
                <ArrowDown aria-hidden="true" />
              </Button>
            </>
          )}
          {changes && (
            <Button
              size="icon-sm"
              variant="ghost"
              aria-label={`Remove ${grant}`}
              onClick={() => onChange(grants.filter((one) => one !== grant))}
            >
              <X aria-hidden="true" />
            </Button>
          )}
        </li>
      ))}
    </ol>
  );
}

function TypedGrant({ grants, onAdd }: { grants: readonly string[]; onAdd: (grant: string) => void }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<string>();
  const add = (event: FormEvent) => {
    event.preventDefault();
    const parsed = parseGrant(text.trim());
    if (!parsed.ok) return setWrong(parsed.reason);
    if (grants.includes(parsed.grant)) return setWrong("The role has this grant already.");
    onAdd(parsed.grant);
    setText("");
    setWrong(undefined);
  };
  return (
    <form onSubmit={add} className="flex items-start gap-2">
      <Field label="Grant to add" error={wrong} className="max-w-sm flex-1">
        <Input
          mono
          value={text}
          maxLength={200}
          placeholder="dns:read"
          autoComplete="off"
          onChange={(event) => {
            setText(event.target.value);
            setWrong(undefined);
          }}
        />
      </Field>
      <Button type="submit" className="mt-6">
        Add
      </Button>
    </form>
  );
}
