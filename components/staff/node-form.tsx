/** What people say of a node: a few fields to add one, all of them to change it. */
"use client";
import { useRouter } from "next/navigation";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field, FieldGroup } from "#components/ui/field.tsx";
import { Form, type Values } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Select } from "#components/ui/select.tsx";
import { Submit } from "#components/ui/submit.tsx";
import { toast } from "#components/ui/toast.tsx";
import { FormButton } from "./form-button.tsx";
import { classificationWords } from "./node-words.tsx";
import type { TabRow } from "./tab-props.ts";

type Node = TabRow<"nodes">;
type Errors = Readonly<Record<string, string>>;

const classifications = Object.entries(classificationWords).map(([value, label]) => ({ value, label }));

/** What cannot be read as a number is said at its field by the panel. */
const numberOf = (values: Values, name: string): number =>
  values(name).trim() === "" ? Number.NaN : Number(values(name));

export const AddNode = () => (
  <FormButton
    label="Add a node"
    title="Add a node"
    description="Its page then shows the command to run on the machine."
    submit="Add it"
    call={(api, values) =>
      api.nodes.create({
        name: values("name"),
        fqdn: values("fqdn"),
        location: values("location"),
        memory: numberOf(values, "memory"),
        disk: numberOf(values, "disk"),
        classification: values("classification") as Node["classification"],
        organisation: values("organisation").trim() || null,
      })
    }
    done="The node is added"
  >
    {(errors) => (
      <>
        <Names errors={errors} />
        <FieldGroup columns={2}>
          <Sizes errors={errors} />
        </FieldGroup>
        <Whose errors={errors} />
      </>
    )}
  </FormButton>
);

interface PartProps {
  errors: Errors;
  node?: Node;
  locked?: { readOnly: boolean };
}

const Names = ({ errors, node, locked, moves = true }: PartProps & { moves?: boolean }) => (
  <>
    <Field label="Name" error={errors.name}>
      <Input name="name" required autoComplete="off" defaultValue={node?.name} {...locked} />
    </Field>
    <Field label="Host name" hint="By which the panel and browsers reach it." error={errors.fqdn}>
      <Input
        name="fqdn"
        mono
        required
        autoComplete="off"
        defaultValue={node?.fqdn}
        placeholder="node1.example.org"
        {...locked}
        {...(moves ? {} : { readOnly: true })}
      />
    </Field>
    <Field label="Location" optional error={errors.location}>
      <Input name="location" autoComplete="off" defaultValue={node?.location} placeholder="Falkenstein" {...locked} />
    </Field>
  </>
);

const Sizes = ({ errors, node, locked }: PartProps) => (
  <>
    <Field label="Memory (MiB)" hint="That servers may have in all." error={errors.memory}>
      <Input name="memory" inputMode="numeric" required defaultValue={node?.memory} {...locked} />
    </Field>
    <Field label="Disk (MiB)" hint="That servers may have in all." error={errors.disk}>
      <Input name="disk" inputMode="numeric" required defaultValue={node?.disk} {...locked} />
    </Field>
  </>
);

const Whose = ({ errors, node, locked }: PartProps) => (
  <FieldGroup columns={2}>
    <Field label="For" error={errors.classification}>
      <Select
        name="classification"
        defaultValue={node?.classification ?? "free_and_paid"}
        options={classifications}
        disabled={locked?.readOnly}
      />
    </Field>
    <Field label="Organisation" optional hint="Its handle: no other’s servers run here." error={errors.organisation}>
      <Input name="organisation" mono autoComplete="off" defaultValue={node?.organisation?.handle} {...locked} />
    </Field>
  </FieldGroup>
);

/** `moves`: whether they may say where it is, where its secret is sent. */
export function NodeForm({ node, writes, moves }: { node: Node; writes: boolean; moves: boolean }) {
  const router = useRouter();
  const locked = { readOnly: !writes };
  return (
    <Form
      call={(api, values) =>
        api.nodes.edit({
          node: node.id,
          revision: node.revision,
          ...valuesOf(values),
          ...(moves ? { scheme: values("scheme") as Node["scheme"] } : {}),
        })
      }
      onDone={() => {
        toast("The node is saved");
        router.refresh();
      }}
    >
      {({ errors, pending, banner }) => (
        <Panel
          title="Settings"
          description={`Ports, TLS and paths reach the daemon with its configuration: give it that again after changing them.${
            writes && !moves ? " Where it is reached is set by those who may see its credentials." : ""
          }`}
          footer={writes && <Submit pending={pending}>Save</Submit>}
        >
          <FieldGroup>
            {banner}
            <Names errors={errors} node={node} locked={locked} moves={moves} />
            <FieldGroup columns={2}>
              <Field label="Reached by" error={errors.scheme}>
                <Select
                  name="scheme"
                  defaultValue={node.scheme}
                  disabled={!moves}
                  options={[
                    { value: "https", label: "https, with a certificate" },
                    { value: "http", label: "http, in the clear" },
                  ]}
                />
              </Field>
              <Field label="Port" hint="Of the daemon, from outside." error={errors.port}>
                <Input name="port" inputMode="numeric" defaultValue={node.port} readOnly={!moves} />
              </Field>
              <Field
                label="Port behind the proxy"
                optional
                hint="Where the daemon itself listens, if that is another."
                error={errors.listenPort}
              >
                <Input name="listenPort" inputMode="numeric" defaultValue={node.listenPort ?? ""} {...locked} />
              </Field>
              <Field label="SFTP port" error={errors.sftpPort}>
                <Input name="sftpPort" inputMode="numeric" defaultValue={node.sftpPort} {...locked} />
              </Field>
              <Sizes errors={errors} node={node} locked={locked} />
              <Field label="Memory given beyond that (%)" hint="-1: without a limit." error={errors.memoryOver}>
                <Input name="memoryOver" inputMode="numeric" defaultValue={node.memoryOver} {...locked} />
              </Field>
              <Field label="Disk given beyond that (%)" hint="-1: without a limit." error={errors.diskOver}>
                <Input name="diskOver" inputMode="numeric" defaultValue={node.diskOver} {...locked} />
              </Field>
              <Field label="Largest upload (MiB)" error={errors.uploadLimit}>
                <Input name="uploadLimit" inputMode="numeric" defaultValue={node.uploadLimit} {...locked} />
              </Field>
              <Field label="Files of servers" hint="A folder on the node." error={errors.dataDirectory}>
                <Input name="dataDirectory" mono defaultValue={node.dataDirectory} {...locked} />
              </Field>
            </FieldGroup>
            <Whose errors={errors} node={node} locked={locked} />
            <Checkbox
              name="behindProxy"
              label="Behind a proxy"
              hint="Something in front of the daemon speaks TLS: the daemon itself does not."
              defaultChecked={node.behindProxy}
              disabled={!writes}
            />
            <Checkbox
              name="maintenance"
              label="In maintenance"
              hint="Nothing new is placed here."
              defaultChecked={node.maintenance}
              disabled={!writes}
            />
          </FieldGroup>
        </Panel>
      )}
    </Form>
  );
}

const valuesOf = (values: Values) => ({
  name: values("name"),
  fqdn: values("fqdn"),
  location: values("location"),
  behindProxy: values("behindProxy") === "on",
  port: numberOf(values, "port"),
  listenPort: values("listenPort").trim() === "" ? null : numberOf(values, "listenPort"),
  sftpPort: numberOf(values, "sftpPort"),
  memory: numberOf(values, "memory"),
  memoryOver: numberOf(values, "memoryOver"),
  disk: numberOf(values, "disk"),
  diskOver: numberOf(values, "diskOver"),
  uploadLimit: numberOf(values, "uploadLimit"),
  dataDirectory: values("dataDirectory"),
  classification: values("classification") as Node["classification"],
  organisation: values("organisation").trim() || null,
  maintenance: values("maintenance") === "on",
});
