/** One organisation, for staff: what it is, who is in it, what it has and may have, and what was done there. */
"use client";
import { useRouter } from "next/navigation";
import { UsagePanel } from "#components/soc/usage.tsx";
import { type Query, tabHref } from "#components/staff/address.ts";
import { Detail } from "#components/staff/detail.tsx";
import { PrivateValue } from "#components/staff/private-value.tsx";
import { TheirServers } from "#components/staff/their-servers.tsx";
import { Trail } from "#components/staff/trail.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Code } from "#components/ui/code.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Permission } from "#lib/access/permissions.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { LimitsForm } from "./limits-form.tsx";
import { TheirInvites, TheirMembers, TheirZones } from "./their-lists.tsx";
import { counted, levelNames, organisationPath } from "./words.ts";

export type Inspected = Outputs["organisations"]["inspect"];

export interface OrganisationDetailProps {
  organisation: Inspected;
  may: readonly Permission[];
  query: Query;
  now: number;
}

export default function OrganisationDetail({ organisation, may, query, now }: OrganisationDetailProps) {
  const { id, handle, name, owner, createdAt, members } = organisation;
  const can = (permission: Permission) => may.includes(permission);
  return (
    <Detail
      tab="organisations"
      query={query}
      back="All organisations"
      title={name}
      badge={organisation.guests === "forbidden" && <Badge>No guests</Badge>}
      meta={[
        <Code key="handle">{handle}</Code>,
        counted(members, "member"),
        <span key="made">
          Created <Time at={createdAt} now={now} />
        </span>,
      ]}
      row={organisation}
      noun={["organisation", "organisations"]}
      nameOf={(row) => row.name}
      actions={
        <>
          <LinkButton href={organisationPath(handle)}>Open organisation</LinkButton>
          {can("org:delete") && <Delete organisation={organisation} query={query} />}
        </>
      }
    >
      <Panel title="Details">
        <div className="flex flex-col gap-4">
          {can("org:write") && <Names key={`${name} ${handle}`} organisation={organisation} />}
          <Facts
            items={[
              {
                label: "Owner",
                value: owner ? (
                  <span className="inline-flex flex-wrap gap-x-2">
                    {can("users:read") ? (
                      <TextLink href={tabHref("users", {}, { open: owner.id })}>{owner.name}</TextLink>
                    ) : (
                      owner.name
                    )}
                    <PrivateValue
                      tab="organisations"
                      id={id}
                      field="owner.email"
                      label="the e-mail address of the owner"
                      value={owner.email}
                    />
                  </span>
                ) : (
                  "Nobody"
                ),
              },
              { label: "New members get", value: levelNames[organisation.memberDefault] },
              { label: "Id", value: <Code>{id}</Code> },
            ]}
          />
        </div>
      </Panel>
      <LimitsForm organisation={organisation} may={can("org:write")} />
      <TheirMembers organisation={organisation} can={can} now={now} />
      {can("dns:read") && <TheirZones organisation={organisation} now={now} />}
      {can("servers:read") && <TheirServers of={{ organisation: id }} now={now} />}
      {organisation.invites > 0 && <TheirInvites organisation={organisation} can={can} now={now} />}
      <UsagePanel of={id} call={(api) => api.soc.ofOrganisation({ organisation: id })} counts="Actions" />
      <Panel title="History" description="What happened in it, newest first." flush>
        <Trail
          of={`${id} ${now}`}
          call={(api, { at }) => api.organisations.historyOf({ organisation: id, perPage: 20, at })}
          now={now}
        />
      </Panel>
    </Detail>
  );
}

function Names({ organisation: { id, name, handle } }: { organisation: Inspected }) {
  const router = useRouter();
  return (
    <Form
      call={(api, values) =>
        api.organisations.edit({ organisation: id, name: values("name"), handle: values("handle") })
      }
      onDone={() => {
        toast("Name and handle saved");
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => (
        <div className="flex flex-col gap-3">
          {banner}
          <FieldGroup columns={2}>
            <Field label="Name" error={errors.name}>
              <Input name="name" required defaultValue={name} autoComplete="off" />
            </Field>
            <Field
              label="Handle"
              error={errors.handle}
              hint="Used in links and in the API. Links and scripts with the old handle stop working."
            >
              <Input name="handle" mono required defaultValue={handle} autoComplete="off" />
            </Field>
          </FieldGroup>
          <div>
            <Submit pending={pending}>Save</Submit>
          </div>
        </div>
      )}
    </Form>
  );
}

function Delete({ organisation, query }: { organisation: Inspected; query: Query }) {
  const router = useRouter();
  const { id, name, zones, members, invites, connections, templates } = organisation;
  return (
    <ConfirmButton
      label="Delete"
      button={{ variant: "danger" }}
      title={`Delete ${name}?`}
      confirm="Delete organisation"
      typeName={name}
      call={(api) => api.organisations.remove({ organisation: id })}
      onDone={() => {
        toast(`${name} was deleted`);
        router.push(tabHref("organisations", query, { open: undefined }));
        router.refresh();
      }}
    >
      <p>
        {zones === null
          ? "If it owns zones, delete or move them first."
          : zones > 0
            ? `It owns ${counted(zones, "zone")}. Delete or move them first.`
            : "It owns no zones."}{" "}
        Deleted for good with it:
      </p>
      <ul className="mt-1 list-disc ps-5">
        <li>{counted(members, "membership")}</li>
        {invites > 0 && <li>{counted(invites, "open invitation")}</li>}
        {connections > 0 && <li>{counted(connections, "connection")}</li>}
        {templates > 0 && <li>{counted(templates, "zone template")}</li>}
        <li>its settings, its limits, and deleted zones that could be restored</li>
      </ul>
    </ConfirmButton>
  );
}
