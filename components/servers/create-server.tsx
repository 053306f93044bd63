/** Says what a new server is: whose, of which egg, how large and where. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { tabHref } from "#components/staff/address.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Select } from "#components/ui/select.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Outputs } from "#lib/api/outputs.ts";
import { serverPath } from "./capability-words.ts";

type Offers = Outputs["servers"]["offers"];

export interface CreateServerProps {
  offers: Offers;
  /** Staff make it for anybody, without the limits of those. */
  staff?: { owner: string; nodes: Offers["owners"][number]["nodes"] };
}

export function CreateServer({ offers, staff }: CreateServerProps) {
  const router = useRouter();
  const [eggId, setEgg] = useState(offers.eggs[0]?.id ?? "");
  const [handle, setHandle] = useState("");
  const egg = offers.eggs.find(({ id }) => id === eggId);
  const owner = offers.owners.find(({ organisation }) => (organisation?.handle ?? "") === handle) ?? offers.owners[0];
  if (!egg || !(owner || staff)) return null;
  const left = (measure: "memory" | "disk" | "cpu") =>
    owner ? `${Math.max(0, owner.most[measure] - owner.used[measure]).toLocaleString("en-GB")} left` : "0: no limit";

  return (
    <Form
      leaves
      className="flex max-w-[720px] flex-col gap-5"
      call={(api, values) => {
        const given = {
          name: values("name"),
          egg: egg.id,
          image: values("image"),
          node: values("node") === "" ? null : values("node"),
          memory: numberOf(values("memory")),
          disk: numberOf(values("disk")),
          cpu: numberOf(values("cpu")),
          variables: Object.fromEntries(egg.variables.map(({ env }) => [env, values(`variables.${env}`)])),
          start: values("start") === "on",
        };
        if (!staff) return api.servers.create({ ...given, organisation: handle === "" ? null : handle });
        const limits = Object.fromEntries(LIMITS.map(([name]) => [name, numberOf(values(name))]));
        return api.staffServers.create({ ...given, ...limits, owner: values("owner") });
      }}
      onDone={({ id }) => {
        toast("The server is being installed");
        router.push(staff ? tabHref("servers", {}, { open: id }) : serverPath(id));
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => (
        <>
          {banner}
          <Panel title="What it is">
            <FieldGroup>
              <Field label="Name" error={errors.name}>
                <Input name="name" required maxLength={100} autoComplete="off" />
              </Field>
              {staff && (
                <Field
                  label="Owner"
                  hint="An account’s e-mail address or id, or an organisation’s handle."
                  error={errors.owner}
                >
                  <Input name="owner" required autoComplete="off" defaultValue={staff.owner} />
                </Field>
              )}
              {offers.owners.length > 1 && (
                <Field label="Owner" error={errors.organisation}>
                  <Select
                    name="organisation"
                    value={handle}
                    onChange={(event) => setHandle(event.target.value)}
                    options={offers.owners.map(({ organisation }) => ({
                      value: organisation?.handle ?? "",
                      label: organisation?.name ?? "Your account",
                    }))}
                  />
                </Field>
              )}
              <FieldGroup columns={2}>
                <Field label="Egg" error={errors.egg} hint={egg.description || undefined}>
                  <Select
                    name="egg"
                    value={eggId}
                    onChange={(event) => setEgg(event.target.value)}
                    options={offers.eggs.map(({ id, name }) => ({ value: id, label: name }))}
                  />
                </Field>
                <Field label="Image" error={errors.image}>
                  <Select
                    key={egg.id}
                    name="image"
                    options={egg.images.map(({ label, image }) => ({ value: image, label }))}
                  />
                </Field>
              </FieldGroup>
            </FieldGroup>
          </Panel>
          <Panel title="How large, and where">
            <FieldGroup>
              <FieldGroup columns={3}>
                <Field label="Memory (MiB)" error={errors.memory} hint={left("memory")}>
                  <Input name="memory" inputMode="numeric" defaultValue="1024" />
                </Field>
                <Field label="Disk (MiB)" error={errors.disk} hint={left("disk")}>
                  <Input name="disk" inputMode="numeric" defaultValue="5120" />
                </Field>
                <Field label="Processors (%)" error={errors.cpu} hint={`${left("cpu")}; 100 is one core`}>
                  <Input name="cpu" inputMode="numeric" defaultValue="100" />
                </Field>
              </FieldGroup>
              {staff && (
                <FieldGroup columns={3}>
                  {LIMITS.map(([name, label, at]) => (
                    <Field key={name} label={label} error={errors[name]}>
                      <Input name={name} inputMode="numeric" defaultValue={at} />
                    </Field>
                  ))}
                </FieldGroup>
              )}
              <Field label="Node" error={errors.node}>
                <Select
                  key={handle}
                  name="node"
                  placeholder="Wherever there is room"
                  options={(staff ?? owner)?.nodes.map(({ id, name, location }) => ({
                    value: id,
                    label: location ? `${name}, ${location}` : name,
                  }))}
                />
              </Field>
            </FieldGroup>
          </Panel>
          {egg.variables.length > 0 && (
            <Panel title="Startup" description="What the egg asks for. It can be changed later.">
              <FieldGroup key={egg.id}>
                {egg.variables.map(({ env, name, description, value }) => (
                  <Field key={env} label={name} hint={description || undefined} error={errors[`variables.${env}`]}>
                    <Input name={`variables.${env}`} defaultValue={value} autoComplete="off" spellCheck={false} />
                  </Field>
                ))}
              </FieldGroup>
            </Panel>
          )}
          <Checkbox name="start" defaultChecked label="Start it once it is installed" />
          <div className="flex justify-end gap-2">
            <LinkButton href={staff ? tabHref("servers") : "/dashboard/servers"}>Cancel</LinkButton>
            <Submit pending={pending}>Make the server</Submit>
          </div>
        </>
      )}
    </Form>
  );
}

const LIMITS = [
  ["databaseLimit", "Databases", "0"],
  ["backupLimit", "Backups", "0"],
  ["allocationLimit", "Ports", "1"],
] as const;

/** What cannot be read as a number is said at its field by the panel. */
const numberOf = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));
