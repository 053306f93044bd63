/** Notes about a zone, for those who are in its organisation. */
"use client";
import { useRouter } from "next/navigation";
import { Field } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";

export interface ZoneNotesProps {
  organisation: string;
  zone: string;
  description: string;
}

export function ZoneNotes({ organisation, zone, description }: ZoneNotesProps) {
  const router = useRouter();
  return (
    <Form
      call={(api, values) => api.dns.edit({ organisation, zone, description: values("description") })}
      onDone={() => {
        toast("Notes are saved");
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => (
        <Panel
          title="Notes"
          description="Shown above the records to everybody in the organisation who sees the zone, and never to guests."
          footer={<Submit pending={pending}>Save</Submit>}
        >
          {banner}
          <Field label="Notes" hideLabel error={errors.description}>
            <Textarea name="description" defaultValue={description} maxLength={2000} rows={3} />
          </Field>
        </Panel>
      )}
    </Form>
  );
}
