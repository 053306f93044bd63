/** The addresses and ports of a node: which servers have, which are free, and more of them. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import type { Outputs } from "#lib/api/outputs.ts";
import { FormButton } from "./form-button.tsx";
import { PartList } from "./part-list.tsx";
import type { TabRow } from "./tab-props.ts";

type Allocation = Outputs["nodes"]["allocations"]["items"][number];

export function NodeAllocations({ node, writes }: { node: TabRow<"nodes">; writes: boolean }) {
  return (
    <Panel
      title="Addresses"
      description="What servers listen at. Each has one or more of them; only those that are free can be removed."
      flush
      actions={writes && <Add node={node.id} />}
    >
      <PartList
        of={`${node.id} ${node.allocations}`}
        searchLabel="Address, port or alias"
        call={(api, part) => api.nodes.allocations({ node: node.id, ...part })}
        empty={
          node.allocations === 0
            ? "There are none yet: without one no server can be placed here."
            : "None is like that."
        }
      >
        {(items, again) => <Rows key={items[0]?.id} node={node.id} items={items} writes={writes} again={again} />}
      </PartList>
    </Panel>
  );
}

interface RowsProps {
  node: string;
  items: readonly Allocation[];
  writes: boolean;
  again: () => void;
}

function Rows({ node, items, writes, again }: RowsProps) {
  const router = useRouter();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const free = items.filter(({ used }) => !used);
  const all = free.length > 0 && free.every(({ id }) => chosen.has(id));
  const done = () => {
    setChosen(new Set());
    again();
    router.refresh();
  };
  return (
    <>
      <Table label="Addresses" stack className="rounded-none border-0">
        <THead>
          {writes && (
            <Th className="w-8 max-sm:hidden">
              <Checkbox
                aria-label="Choose all free ones on this page"
                checked={all}
                onChange={() => setChosen(new Set(all ? [] : free.map(({ id }) => id)))}
              />
            </Th>
          )}
          <Th>Address</Th>
          <Th align="end">Port</Th>
          <Th>Shown as</Th>
          <Th>State</Th>
        </THead>
        <TBody>
          {items.map(({ id, ip, port, alias, used }) => (
            <Tr key={id}>
              {writes && (
                <Td choice>
                  <Checkbox
                    aria-label={`Choose ${ip} port ${port}`}
                    disabled={used}
                    checked={chosen.has(id)}
                    onChange={() => toggle(id)}
                  />
                </Td>
              )}
              <Td mono className="wrap-anywhere">
                {ip}
              </Td>
              <Td label="Port" align="end" mono>
                {port}
              </Td>
              <Td label="Shown as" mono dim className="wrap-anywhere">
                {alias ?? "–"}
              </Td>
              <Td label="State">{used ? <Badge tone="accent">In use</Badge> : <Badge>Free</Badge>}</Td>
            </Tr>
          ))}
        </TBody>
      </Table>
      {chosen.size > 0 && (
        <section
          aria-label="Chosen addresses"
          className="flex flex-wrap items-center gap-2 border-line2 border-t px-4 py-2.5"
        >
          <p aria-live="polite" className="me-auto font-medium tabular-nums">
            {chosen.size} chosen
          </p>
          <ConfirmButton
            label="Remove"
            button={{ variant: "danger", size: "sm" }}
            title={`Remove ${chosen.size === 1 ? "this address" : `these ${chosen.size} addresses`}?`}
            confirm="Remove"
            call={(api) => api.nodes.release({ node, allocations: [...chosen] })}
            onDone={done}
          >
            No server can get them any more. They can be added again.
          </ConfirmButton>
          <Button size="sm" variant="ghost" onClick={() => setChosen(new Set())}>
            Clear
          </Button>
        </section>
      )}
    </>
  );
}

const Add = ({ node }: { node: string }) => (
  <FormButton
    label="Add addresses"
    variant="default"
    title="Add addresses"
    submit="Add them"
    call={(api, values) =>
      api.nodes.allocate({
        node,
        ip: values("ip"),
        ports: values("ports")
          .split(/[\s,]+/)
          .filter((part) => part !== ""),
        alias: values("alias").trim() || null,
      })
    }
    done="The addresses are added"
  >
    {(errors) => (
      <>
        <Field label="Address" hint="IPv4 or IPv6, as the machine has it. 0.0.0.0 is all of its own." error={errors.ip}>
          <Input name="ip" mono required autoComplete="off" placeholder="192.0.2.10" />
        </Field>
        <Field label="Ports" hint="Ports and ranges: 25565, 25570-25580" error={errors.ports}>
          <Input name="ports" mono required autoComplete="off" placeholder="25565-25580" />
        </Field>
        <Field
          label="Shown as"
          optional
          hint="A name that people see in the place of the address."
          error={errors.alias}
        >
          <Input name="alias" mono autoComplete="off" placeholder="play.example.org" />
        </Field>
      </>
    )}
  </FormButton>
);
