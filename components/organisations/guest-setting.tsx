/** Whether people outside the organisation may be guests of its zones. */
"use client";
import { useRouter } from "next/navigation";
import { Radio } from "#components/ui/checkbox.tsx";
import { Form } from "#components/ui/form.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";

const CHOICES = [
  { value: "allowed", label: "Allowed", means: "Who manages a zone may invite guests to it, for a year at most." },
  {
    value: "forbidden",
    label: "Not allowed",
    means: "Nobody is invited, and the levels of present guests give nothing.",
  },
] as const;

export function GuestSetting({ organisation, guests }: { organisation: string; guests: "allowed" | "forbidden" }) {
  const router = useRouter();
  return (
    <Form
      call={(api, values) =>
        api.organisations.edit({ organisation, guests: values("guests") === "forbidden" ? "forbidden" : "allowed" })
      }
      onDone={(saved) => {
        toast(saved.guests === "allowed" ? "Guests are allowed now" : "Guests are no longer allowed");
        router.refresh();
      }}
    >
      {({ pending, banner }) => (
        <Panel
          title="Guests"
          description="People outside the organisation with a level in a single zone. They see that zone and nothing else."
          footer={<Submit pending={pending}>Save</Submit>}
        >
          <div className="flex flex-col gap-3">
            {banner}
            <fieldset className="flex flex-col gap-2.5">
              <legend className="sr-only">Guests</legend>
              {CHOICES.map(({ value, label, means }) => (
                <Radio
                  key={value}
                  name="guests"
                  value={value}
                  defaultChecked={value === guests}
                  label={label}
                  hint={means}
                />
              ))}
            </fieldset>
          </div>
        </Panel>
      )}
    </Form>
  );
}
