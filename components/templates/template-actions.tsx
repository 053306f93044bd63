/** Making, changing and deleting a template. The dialog loads when it opens. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Plus } from "#components/ui/icons.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Template } from "./template-form.tsx";

const TemplateDialog = dynamic(() => import("./template-form.tsx").then((module) => module.TemplateDialog));

export function MakeTemplate({ organisation }: { organisation: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Plus aria-hidden="true" />
        Make a template
      </Button>
      {open && <TemplateDialog organisation={organisation} template={null} onClose={() => setOpen(false)} />}
    </>
  );
}

export function TemplateActions({ organisation, template }: { organisation: string; template: Template }) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="ghost"
        size="sm"
        aria-haspopup="dialog"
        aria-label={`Change ${template.name}`}
        onClick={() => setOpen(true)}
      >
        Change
      </Button>
      <ConfirmButton
        label="Delete"
        accessibleLabel={`Delete ${template.name}`}
        button={{ variant: "ghost", size: "sm" }}
        title={`Delete the template ${template.name}?`}
        confirm="Delete template"
        call={(api) => api.dns.removeOneTemplate({ organisation, template: template.id })}
        onDone={() => {
          toast(`The template ${template.name} was deleted`);
          router.refresh();
        }}
      >
        Zones that began with it stay as they are.
      </ConfirmButton>
      {open && <TemplateDialog organisation={organisation} template={template} onClose={() => setOpen(false)} />}
    </>
  );
}
