/** What staff say of a database host. Its password is typed and never shown. */
"use client";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import type { Values } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { FormButton } from "./form-button.tsx";
import type { TabRow } from "./tab-props.ts";

type Host = TabRow<"databases">;

/** What cannot be read as a number is said at its field by the panel. */
const numberOf = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));
const perhaps = (text: string): number | null => (text.trim() === "" ? null : Number(text));
const textOr = (text: string): string | null => text.trim() || null;

const valuesOf = (values: Values) => ({
  name: values("name"),
  host: values("host"),
  port: numberOf(values("port")),
  publicHost: textOr(values("publicHost")),
  publicPort: perhaps(values("publicPort")),
  username: values("username"),
  tls: values("tls") === "off" ? ("off" as const) : ("verify" as const),
  ca: textOr(values("ca")),
  most: perhaps(values("most")),
  node: textOr(values("node")),
  closed: values("closed") === "on",
});

export const AddHost = () => (
  <FormButton
    label="Add a host"
    title="Add a database host"
    description="The panel asks it first: it is added if it answers and takes the password."
    submit="Add it"
    size="md"
    call={(api, values) =>
      api.databaseHosts.create({
        ...valuesOf(values),
        kind: values("kind") === "postgresql" ? "postgresql" : "mariadb",
        password: values("password"),
      })
    }
    done="The host is added"
  >
    {(errors) => <Fields errors={errors} />}
  </FormButton>
);

export const EditHost = ({ host }: { host: Host }) => (
  <FormButton
    label="Edit"
    variant="default"
    title={`Edit ${host.name}`}
    submit="Save"
    size="md"
    call={(api, values) =>
      api.databaseHosts.edit({
        id: host.id,
        revision: host.revision,
        ...valuesOf(values),
        ...(values("password") === "" ? {} : { password: values("password") }),
      })
    }
    done="The host is saved"
  >
    {(errors) => <Fields errors={errors} host={host} />}
  </FormButton>
);

function Fields({ errors, host }: { errors: Readonly<Record<string, string>>; host?: Host }) {
  return (
    <>
      <FieldGroup columns={2}>
        <Field label="Name" error={errors.name}>
          <Input name="name" required autoComplete="off" defaultValue={host?.name} />
        </Field>
        {!host && (
          <Field label="Kind" error={errors.kind}>
            <Select
              name="kind"
              options={[
                { value: "mariadb", label: "MariaDB" },
                { value: "postgresql", label: "PostgreSQL" },
              ]}
            />
          </Field>
        )}
        <Field label="Host name" hint="As the panel reaches it." error={errors.host}>
          <Input name="host" mono required autoComplete="off" defaultValue={host?.host} />
        </Field>
        <Field label="Port" error={errors.port}>
          <Input name="port" inputMode="numeric" required defaultValue={host?.port ?? 3306} />
        </Field>
        <Field label="Name for servers" optional hint="If they reach it by another." error={errors.publicHost}>
          <Input name="publicHost" mono autoComplete="off" defaultValue={host?.publicHost ?? ""} />
        </Field>
        <Field label="Port for servers" optional error={errors.publicPort}>
          <Input name="publicPort" inputMode="numeric" defaultValue={host?.publicPort ?? ""} />
        </Field>
        <Field label="User" hint="It makes databases and users there." error={errors.username}>
          <Input name="username" mono required autoComplete="off" defaultValue={host?.username} />
        </Field>
        <Field
          label="Password"
          optional={host !== undefined}
          hint={host ? "Empty: it stays." : undefined}
          error={errors.password}
        >
          <Input name="password" type="password" required={!host} autoComplete="new-password" />
        </Field>
        <Field label="TLS" error={errors.tls}>
          <Select
            name="tls"
            defaultValue={host?.tls ?? "verify"}
            options={[
              { value: "verify", label: "With its certificate checked" },
              { value: "off", label: "Off" },
            ]}
          />
        </Field>
        <Field label="Most databases" optional hint="Empty: no limit." error={errors.most}>
          <Input name="most" inputMode="numeric" defaultValue={host?.most ?? ""} />
        </Field>
      </FieldGroup>
      <Field label="Only for servers on the node" optional hint="Its id. Empty: for all." error={errors.node}>
        <Input name="node" mono autoComplete="off" defaultValue={host?.node?.id ?? ""} />
      </Field>
      <Field label="Certificate authority" optional hint="In PEM form, if it is one of your own." error={errors.ca}>
        <Textarea name="ca" mono rows={3} defaultValue={host?.ca ?? ""} />
      </Field>
      <Checkbox
        name="closed"
        label="Closed"
        hint="No new databases are made here."
        defaultChecked={host?.closed ?? false}
      />
    </>
  );
}
