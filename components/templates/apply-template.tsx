/** Applying a template to a zone that is there: chosen, looked over as a plan, and then applied. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { Field } from "#components/ui/field.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Select } from "#components/ui/select.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Preview } from "#components/zone/review-state.ts";

const ApplyDialog = dynamic(() => import("./apply-dialog.tsx").then((module) => module.ApplyDialog));

interface ApplyTemplateProps {
  organisation: string;
  zone: string;
  apex: string;
  templates: readonly { id: string; name: string }[];
}

export function ApplyTemplate({ templates, ...zone }: ApplyTemplateProps) {
  const router = useRouter();
  const looking = useAction();
  const [id, setId] = useState(templates[0]?.id ?? "");
  const [preview, setPreview] = useState<Preview | null>(null);
  const chosen = templates.find((template) => template.id === id);

  const look = async () => {
    const where = { organisation: zone.organisation, zone: zone.zone, template: id };
    const outcome = await looking.run((api) => api.dns.applyOneTemplate({ ...where, dryRun: true }));
    if (outcome?.ok && outcome.value.dryRun) setPreview(outcome.value);
  };

  return (
    <Panel
      title="Apply a template"
      description="Its records take the place of those at the same names and types; texts of other kinds stay."
    >
      <div className="grid max-w-3xl gap-3">
        {looking.failure && <FailureBanner failure={looking.failure} />}
        <div className="flex flex-wrap items-end gap-2">
          <Field label="Template" className="min-w-0 flex-1 basis-52">
            <Select
              value={id}
              onChange={(event) => setId(event.target.value)}
              options={templates.map((template) => ({ value: template.id, label: template.name }))}
            />
          </Field>
          <Button aria-haspopup="dialog" pending={looking.pending} disabled={!chosen} onClick={() => void look()}>
            See what it would change
          </Button>
        </div>
      </div>
      {preview && chosen && (
        <ApplyDialog
          {...zone}
          template={chosen}
          preview={preview}
          onDone={() => {
            toast(`${chosen.name} was applied`);
            router.refresh();
          }}
          onClose={() => setPreview(null)}
        />
      )}
    </Panel>
  );
}
