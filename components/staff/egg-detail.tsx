/** One egg: what it is, how it is run and installed, its variables, and what one should know of it. */
"use client";
import { useRouter } from "next/navigation";
import { Badge } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { Field } from "#components/ui/field.tsx";
import { Download } from "#components/ui/icons.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Act } from "./act-bar.tsx";
import { type Query, tabHref } from "./address.ts";
import { Detail } from "./detail.tsx";
import { EggForm } from "./egg-form.tsx";
import { ImportEgg } from "./egg-import.tsx";
import { EggTry } from "./egg-try.tsx";
import { EggVariables } from "./egg-variables.tsx";
import { FormButton } from "./form-button.tsx";
import type { TabRow } from "./tab-props.ts";
import { Trail } from "./trail.tsx";

export type OneEgg = TabRow<"eggs">;

export default function EggDetail(props: { egg: OneEgg; writes: boolean; query: Query; now: number }) {
  const { egg, writes, query, now } = props;
  const router = useRouter();
  const remove: Act<OneEgg> = {
    label: "Delete",
    tone: "danger",
    says: "The egg and its variables are gone for good. Export it first if it may be wanted again.",
    done: "Deleted",
    call: async (api, { id }) => {
      await api.eggs.remove({ egg: id });
      router.push(tabHref("eggs"));
    },
  };
  return (
    <Detail
      tab="eggs"
      query={query}
      back="All eggs"
      title={egg.name}
      badge={!egg.visible && <Badge>Hidden</Badge>}
      meta={[
        egg.author || "No author",
        <span key="changed">
          Changed <Time at={egg.updatedAt} now={now} />
        </span>,
      ]}
      row={egg}
      noun={["egg", "eggs"]}
      nameOf={({ name }) => name}
      acts={writes ? [remove] : []}
      actions={
        <>
          {(["PTDL_v2", "PTDL_v1"] as const).map((format) => (
            <a
              key={format}
              className={buttonClass({})}
              download
              href={`/api/admin/eggs/${egg.id}/export?format=${format}`}
            >
              <Download aria-hidden="true" />
              {format}
            </a>
          ))}
          {writes && (
            <>
              <ImportEgg egg={egg} />
              <Copy egg={egg} />
            </>
          )}
        </>
      }
    >
      {egg.warnings.length > 0 && (
        <Banner tone="warn" title="What to know of this egg">
          <ul className="flex list-disc flex-col gap-1 ps-4">
            {egg.warnings.map(({ at, message }) => (
              <li key={`${at} ${message}`}>{message}</li>
            ))}
          </ul>
        </Banner>
      )}
      <EggForm key={egg.revision} egg={egg} writes={writes} />
      <EggVariables egg={egg} writes={writes} />
      {egg.variables.length > 0 && <EggTry egg={egg} />}
      {egg.kept.length > 0 && (
        <Panel
          title="Kept from its file"
          description="The panel has no use for these, and exports them again as they were."
        >
          <p className="font-mono wrap-anywhere">{egg.kept.join(", ")}</p>
        </Panel>
      )}
      <Panel title="History" flush>
        <Trail of={egg.id} call={(api, part) => api.eggs.history({ egg: egg.id, ...part })} now={now} />
      </Panel>
    </Detail>
  );
}

function Copy({ egg }: { egg: OneEgg }) {
  return (
    <FormButton
      label="Copy"
      variant="default"
      title={`Copy ${egg.name}`}
      description="The copy is an egg of its own, and follows no address."
      submit="Copy it"
      call={(api, values) => api.eggs.clone({ egg: egg.id, name: values("name") })}
      done="The copy is among the eggs"
    >
      {(errors) => (
        <Field label="Name of the copy" error={errors.name}>
          <Input name="name" required defaultValue={`${egg.name} (copy)`} />
        </Field>
      )}
    </FormButton>
  );
}
