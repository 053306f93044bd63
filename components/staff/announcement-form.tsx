/** Writes an announcement, or changes one that has not gone out, with how it will look. */
"use client";
import { useState } from "react";
import { RichText } from "#components/announcements/rich-text.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import type { Values } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { FormButton, localTime, timeOf } from "./form-button.tsx";
import type { TabRow } from "./tab-props.ts";

type One = TabRow<"announcements">;
type Kind = One["audience"]["kind"];
type Preview = Outputs["staffAnnouncements"]["look"];

const KINDS: readonly { value: Kind; label: string; names?: string }[] = [
  { value: "everyone", label: "Everybody" },
  { value: "staff", label: "Staff" },
  { value: "managers", label: "Owners and admins of organisations" },
  { value: "organisations", label: "Members of these organisations", names: "Their handles, separated by commas" },
  { value: "role", label: "Everybody with a role", names: "The role's name" },
  { value: "accounts", label: "These accounts", names: "Their e-mail addresses, separated by commas" },
];

const namesOf = (text: string): string[] =>
  text
    .split(/[\s,]+/)
    .map((name) => name.trim())
    .filter(Boolean);

function audienceOf(kind: Kind, targets: string): One["audience"] {
  if (kind === "organisations" || kind === "accounts") return { kind, names: namesOf(targets) };
  return kind === "role" ? { kind, name: targets } : { kind };
}

function targetsOf(audience: One["audience"] | undefined): string {
  if (audience?.kind === "role") return audience.name;
  return audience && "names" in audience ? audience.names.join(", ") : "";
}

export function AnnouncementForm({ one }: { one?: One }) {
  return (
    <FormButton
      label={one ? "Edit" : "Write an announcement"}
      variant={one ? "default" : "primary"}
      title={one ? "Edit announcement" : "Write an announcement"}
      description="It stays a draft until it is sent."
      submit="Save draft"
      size="md"
      call={(api, values) => {
        const given = contentOf(values);
        return one
          ? api.staffAnnouncements.edit({ announcement: one.id, ...given })
          : api.staffAnnouncements.create(given);
      }}
      done="Saved as a draft"
    >
      {(errors) => <Fields errors={errors} one={one} />}
    </FormButton>
  );
}

const contentOf = (values: Values) => ({
  title: values("title"),
  body: values("body"),
  audience: audienceOf(values("kind") as Kind, values("targets")),
  banner: values("banner") === "on",
  mail: values("mail") === "on",
  endsAt: timeOf(values("endsAt")),
});

function Fields({ errors, one }: { errors: Readonly<Record<string, string>>; one: One | undefined }) {
  const [kind, setKind] = useState<Kind>(one?.audience.kind ?? "everyone");
  const [targets, setTargets] = useState(targetsOf(one?.audience));
  const [body, setBody] = useState(one?.body ?? "");
  const [preview, setPreview] = useState<Preview | null>(null);
  const { pending, failure, run } = useAction();
  const names = KINDS.find(({ value }) => value === kind)?.names;
  const look = async () => {
    const outcome = await run((api) => api.staffAnnouncements.look({ body, audience: audienceOf(kind, targets) }));
    setPreview(outcome?.ok ? outcome.value : null);
  };
  return (
    <>
      <Field label="Title" error={errors.title} hint="Also the subject of the mail.">
        <Input name="title" required defaultValue={one?.title} />
      </Field>
      <Field
        label="Text"
        error={errors.body}
        hint="You can use Markdown: **bold**, *italic*, [a link](https://example.org) and lists."
      >
        <Textarea name="body" rows={7} required value={body} onChange={(event) => setBody(event.target.value)} />
      </Field>
      <Field label="Audience" error={errors.audience}>
        <Select name="kind" value={kind} onChange={(event) => setKind(event.target.value as Kind)} options={KINDS} />
      </Field>
      {names !== undefined && (
        <Field label={names} error={errors.targets ?? errors["audience.names"] ?? errors["audience.name"]}>
          <Input name="targets" required value={targets} onChange={(event) => setTargets(event.target.value)} />
        </Field>
      )}
      <Checkbox name="banner" label="Show as a banner above every page" defaultChecked={one?.banner ?? true} />
      <Checkbox name="mail" label="Send by mail" defaultChecked={one?.mail ?? false} />
      {errors.banner && <p className="text-xs text-bad">{errors.banner}</p>}
      <Field label="Show banner until" optional error={errors.endsAt} hint="Leave it empty for thirty days.">
        <Input name="endsAt" type="datetime-local" defaultValue={localTime(one?.endsAt ?? null)} />
      </Field>
      <div>
        <Button pending={pending} onClick={look}>
          Preview
        </Button>
      </div>
      {failure && <Banner tone="bad">{failure.message}</Banner>}
      {preview && (
        <Banner
          live
          title={`For ${preview.accounts.toLocaleString("en-GB")}${preview.more ? " accounts or more" : preview.accounts === 1 ? " account" : " accounts"}`}
        >
          <RichText nodes={preview.rich} />
        </Banner>
      )}
    </>
  );
}
