/** The folders of a node that servers there can get. */
"use client";
import { useState } from "react";
import { MountCells, MountHeads } from "#components/servers/mounts/mount-cells.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Field } from "#components/ui/field.tsx";
import type { Values } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Select } from "#components/ui/select.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Outputs } from "#lib/api/outputs.ts";
import { FormButton } from "./form-button.tsx";
import { Loaded } from "./loaded.tsx";
import { PartList } from "./part-list.tsx";
import type { TabRow } from "./tab-props.ts";

type Mount = Outputs["mounts"]["list"]["items"][number];

export interface NodeMountsProps {
  node: Pick<TabRow<"nodes">, "id" | "name">;
  writes: boolean;
  seesEggs: boolean;
}

export function NodeMounts({ node, writes, seesEggs }: NodeMountsProps) {
  const [turn, setTurn] = useState(0);
  const changed = () => setTurn((n) => n + 1);
  return (
    <Panel
      title="Mounts"
      description="Folders of the machine that servers can see. The daemon shows those alone that its config.yml lists under allowed_mounts: after a change here, put the file there again and restart the daemon."
      flush
      actions={
        writes && (
          <>
            <UseAnother key={turn} node={node} changed={changed} />
            <MountForm node={node} seesEggs={seesEggs} changed={changed} />
          </>
        )
      }
    >
      <PartList
        of={`mounts ${node.id} ${turn}`}
        call={(api, part) => api.mounts.list({ node: node.id, ...part })}
        empty="There are none: servers here see their own files alone."
      >
        {(items) => (
          <Table label="Mounts" stack className="rounded-none border-0">
            <THead>
              <MountHeads />
              <Th>For</Th>
              <Th align="end">Servers</Th>
              {writes && (
                <Th align="end">
                  <span className="sr-only">What can be done</span>
                </Th>
              )}
            </THead>
            <TBody>
              {items.map((mount) => (
                <Tr key={mount.id}>
                  <MountCells mount={mount} />
                  <Td label="For">{wordsFor(mount)}</Td>
                  <Td label="Servers" align="end">
                    {mount.servers}
                  </Td>
                  {writes && (
                    <Td align="end">
                      <span className="inline-flex justify-end gap-2 max-sm:flex-wrap">
                        <MountForm node={node} mount={mount} seesEggs={seesEggs} changed={changed} />
                        <End node={node} mount={mount} changed={changed} />
                      </span>
                    </Td>
                  )}
                </Tr>
              ))}
            </TBody>
          </Table>
        )}
      </PartList>
    </Panel>
  );
}

function wordsFor({ everyEgg, eggs, readOnly, selfService }: Mount): string {
  const whose = everyEgg ? "All eggs" : eggs.map(({ name }) => name).join(", ") || "No egg any more";
  return `${whose}; ${readOnly ? "read only" : "read and written"}; given by ${selfService ? "owners and staff" : "staff"}`;
}

/** From this node; from the panel where it is for no other. */
function End({ node, mount, changed }: { node: NodeMountsProps["node"]; mount: Mount; changed: () => void }) {
  const others = mount.nodes.filter(({ id }) => id !== node.id).map(({ id }) => id);
  return (
    <ConfirmButton
      label="Remove"
      accessibleLabel={`Remove ${mount.name}`}
      button={{ size: "sm", variant: "danger" }}
      title={others.length === 0 ? `Remove ${mount.name}?` : `Remove ${mount.name} from ${node.name}?`}
      confirm="Remove"
      call={(api) =>
        others.length === 0
          ? api.mounts.remove({ mount: mount.id })
          : api.mounts.edit({ mount: mount.id, revision: mount.revision, nodes: others })
      }
      onDone={() => {
        toast("Removed");
        changed();
      }}
    >
      Servers here that have it do not see it after their next start. The folder itself stays.
    </ConfirmButton>
  );
}

const valuesOf = (values: Values) => ({
  name: values("name"),
  source: values("source"),
  target: values("target"),
  readOnly: values("readOnly") === "on",
  selfService: values("selfService") === "on",
});

interface MountFormProps extends Omit<NodeMountsProps, "writes"> {
  /** None: another is made. */
  mount?: Mount;
  changed: () => void;
}

function MountForm({ node, mount, seesEggs, changed }: MountFormProps) {
  const [eggs, setEggs] = useState<ReadonlySet<string> | null>(
    mount === undefined || mount.everyEgg ? null : new Set(mount.eggs.map(({ id }) => id)),
  );
  const chosen = seesEggs ? { everyEgg: eggs === null, eggs: [...(eggs ?? [])] } : {};
  return (
    <FormButton
      label={mount ? <EditLabel name={mount.name} /> : "Add a mount"}
      variant="default"
      title={mount ? `Edit ${mount.name}` : "Add a mount"}
      description={mount ? undefined : `For servers on ${node.name}.`}
      submit={mount ? "Save" : "Add it"}
      call={async (api, values) => {
        const given = { ...valuesOf(values), ...chosen };
        if (mount) await api.mounts.edit({ mount: mount.id, revision: mount.revision, ...given });
        else await api.mounts.create({ ...given, nodes: [node.id] });
        changed();
      }}
      done={mount ? "The mount is saved" : "The mount is added"}
    >
      {(errors) => (
        <>
          <Field label="Name" hint="People see it." error={errors.name}>
            <Input name="name" required autoComplete="off" defaultValue={mount?.name} />
          </Field>
          <Field label="Folder of the machine" error={errors.source}>
            <Input
              name="source"
              mono
              required
              autoComplete="off"
              placeholder="/srv/maps"
              defaultValue={mount?.source}
            />
          </Field>
          <Field label="Where servers see it" error={errors.target}>
            <Input
              name="target"
              mono
              required
              autoComplete="off"
              placeholder="/mnt/maps"
              defaultValue={mount?.target}
            />
          </Field>
          <Checkbox name="readOnly" label="Read only" defaultChecked={mount?.readOnly ?? true} />
          <Checkbox
            name="selfService"
            label="Owners give it to their servers themselves"
            hint="And whoever may see mounts and change settings there. Otherwise staff do."
            defaultChecked={mount?.selfService ?? false}
          />
          {seesEggs && <Eggs chosen={eggs} choose={setEggs} error={errors.eggs} />}
        </>
      )}
    </FormButton>
  );
}

const EditLabel = ({ name }: { name: string }) => (
  <>
    Edit<span className="sr-only"> {name}</span>
  </>
);

interface EggsProps {
  /** Null: every egg. */
  chosen: ReadonlySet<string> | null;
  choose: (eggs: ReadonlySet<string> | null) => void;
  error: string | undefined;
}

function Eggs({ chosen, choose, error }: EggsProps) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 font-medium">Servers of</legend>
      <Checkbox
        label="Every egg"
        checked={chosen === null}
        onChange={() => choose(chosen === null ? new Set() : null)}
      />
      {chosen !== null && (
        <Loaded of="eggs" call={(api) => api.eggs.list({ perPage: 200, sort: "name" })}>
          {({ items }) => (
            <div className="flex max-h-48 flex-col gap-1.5 overflow-y-auto ps-6">
              {items.map(({ id, name }) => (
                <Checkbox
                  key={id}
                  label={name}
                  checked={chosen.has(id)}
                  onChange={() => {
                    const next = new Set(chosen);
                    if (!next.delete(id)) next.add(id);
                    choose(next);
                  }}
                />
              ))}
            </div>
          )}
        </Loaded>
      )}
      {error && <p className="text-bad">{error}</p>}
    </fieldset>
  );
}

/** One that is on other nodes already. */
function UseAnother({ node, changed }: { node: NodeMountsProps["node"]; changed: () => void }) {
  return (
    <FormButton
      label="Use one of another node"
      variant="default"
      title="Use a mount of another node"
      description={`The folder has to be on ${node.name} as well, at the same place.`}
      submit="Use it"
      call={async (api, values) => {
        const { items } = await api.mounts.list({ elsewhere: node.id, perPage: 200 });
        const mount = items.find(({ id }) => id === values("mount"));
        if (!mount) return;
        const nodes = [...mount.nodes.map(({ id }) => id), node.id];
        await api.mounts.edit({ mount: mount.id, revision: mount.revision, nodes });
        changed();
      }}
      done="The mount is added"
    >
      {(errors) => (
        <Loaded of={`elsewhere ${node.id}`} call={(api) => api.mounts.list({ elsewhere: node.id, perPage: 200 })}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="text-dim">There is none that is not here already.</p>
            ) : (
              <Field label="Mount" error={errors.nodes ?? errors.source}>
                <Select
                  name="mount"
                  options={items.map(({ id, name, source }) => ({ value: id, label: `${name} (${source})` }))}
                />
              </Field>
            )
          }
        </Loaded>
      )}
    </FormButton>
  );
}
