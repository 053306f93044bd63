/** The way to a bulk change: what is looked for, what becomes of it, the plan of each zone, and Start. */
"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useRef, useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox, Radio } from "#components/ui/checkbox.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { parseTtl } from "#components/zone/form-state.ts";
import { BulkPlans } from "./bulk-plans.tsx";
import { BULK, type BulkPreview, type BulkSummary, changeText } from "./words.ts";

type Wanted = Pick<BulkSummary, "find" | "change">;
type Kind = Wanted["change"]["kind"];

interface Planned {
  wanted: Wanted;
  preview: BulkPreview;
}

export function BulkStart({ type, content }: { type: string; content: string }) {
  const router = useRouter();
  const plan = useAction();
  const start = useAction();
  const results = useRef<HTMLElement>(null);
  const [kind, setKind] = useState<Kind>("content");
  const [ttlError, setTtlError] = useState<string>();
  const [planned, setPlanned] = useState<Planned | null>(null);
  const errors = plan.failure?.fields ?? {};

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const said = (name: string) => String(data.get(name) ?? "");
    const ttl = kind === "ttl" ? parseTtl(said("ttl"), true) : null;
    setTtlError(undefined);
    if (kind === "ttl" && ttl === null) return setTtlError("Enter a TTL, such as 300 or 1h.");
    const wanted: Wanted = {
      find: {
        ...{ type: said("type"), name: said("name"), content: said("content"), zones: [] },
        whole: data.get("whole") === "on",
      },
      change:
        kind === "delete"
          ? { kind }
          : kind === "ttl"
            ? { kind, ttl: ttl ?? 300 }
            : { kind, content: said("replacement") },
    };
    setPlanned(null);
    const outcome = await plan.run((api) => api.dns.bulk({ ...wanted, dryRun: true }));
    if (!outcome?.ok || !outcome.value.dryRun) return;
    setPlanned({ wanted, preview: outcome.value });
    results.current?.focus();
  };

  const begin = async (zones: { zone: string; digest: string }[], confirm: boolean) => {
    if (!planned) return;
    const outcome = await start.run((api) => api.dns.bulk({ ...planned.wanted, planned: zones, confirm }));
    if (outcome?.ok && !outcome.value.dryRun) router.push(`${BULK}/${outcome.value.id}`);
  };

  return (
    <>
      <Panel className="mb-5">
        <form onSubmit={submit} onChange={() => setPlanned(null)} noValidate className="grid gap-5">
          <fieldset className="grid gap-3">
            <legend className="mb-2 text-base font-semibold">Which records</legend>
            <FieldGroup columns={3}>
              <Field label="Type" optional error={errors["find.type"]}>
                <Input name="type" mono defaultValue={type} autoComplete="off" placeholder="any" />
              </Field>
              <Field
                label="Name"
                optional
                error={errors["find.name"]}
                hint="For example www, @ for the zone itself, or *.dev for every name one level below dev."
              >
                <Input name="name" mono autoComplete="off" placeholder="any" />
              </Field>
              <Field label="Value" optional={kind !== "content"} error={errors["find.content"]}>
                <Input name="content" mono defaultValue={content} autoComplete="off" placeholder="any" />
              </Field>
            </FieldGroup>
            <Checkbox name="whole" label="Match the whole value" hint="Otherwise 192.0.2.1 also finds 192.0.2.10." />
          </fieldset>
          <fieldset className="grid gap-3">
            <legend className="mb-2 text-base font-semibold">What to do with them</legend>
            <div className="flex flex-wrap gap-x-6 gap-y-2">
              {(["content", "ttl", "delete"] as const).map((one) => (
                <Radio
                  key={one}
                  name="kind"
                  value={one}
                  label={{ content: "Replace the value", ttl: "Change the TTL", delete: "Delete" }[one]}
                  checked={kind === one}
                  onChange={() => setKind(one)}
                />
              ))}
            </div>
            {kind === "content" && (
              <Field label="With" error={errors["change.content"]} className="max-w-[420px]">
                <Input name="replacement" mono autoComplete="off" />
              </Field>
            )}
            {kind === "ttl" && (
              <Field
                label="TTL"
                hint="Seconds, or a time such as 5m or 1h."
                error={ttlError ?? errors["change.ttl"]}
                className="max-w-[200px]"
              >
                <Input name="ttl" mono defaultValue="300" autoComplete="off" />
              </Field>
            )}
          </fieldset>
          {plan.failure && !hasOwnField(errors) && <FailureBanner failure={plan.failure} />}
          <div className="flex flex-wrap items-center gap-3">
            <Button type="submit" variant="primary" pending={plan.pending}>
              Show what would change
            </Button>
            <p className="text-dim">Nothing changes yet. You see the plan for each zone first.</p>
          </div>
        </form>
      </Panel>
      <section ref={results} tabIndex={-1} aria-label="Plan" className="outline-none">
        {plan.pending && <SkeletonRows rows={4} label="Working out the plans" />}
        {start.failure && (
          <Banner tone="bad" live className="mb-3">
            {start.failure.message}
          </Banner>
        )}
        {planned && planned.preview.zones.length === 0 && (
          <EmptyState title="No such records">
            Nothing in the zones that you may edit matches. Try a part of the value, or leave out the name.
          </EmptyState>
        )}
        {planned && planned.preview.zones.length > 0 && (
          <BulkPlans
            title={changeText(planned.wanted)}
            zones={planned.preview.zones}
            pending={start.pending}
            onStart={begin}
          />
        )}
      </section>
    </>
  );
}

/** What is wrong stands at a field that is shown. */
const hasOwnField = (errors: Readonly<Record<string, string>>): boolean =>
  ["find.type", "find.name", "find.content", "change.content", "change.ttl"].some((field) => field in errors);
