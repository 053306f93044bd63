/** How kinds of servers are installed and run. */
"use client";
import dynamic from "next/dynamic";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Egg } from "#components/ui/icons.tsx";
import { Input } from "#components/ui/input.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Act } from "./act-bar.tsx";
import { ImportEgg } from "./egg-import.tsx";
import { FormButton } from "./form-button.tsx";
import { type Column, StaffList } from "./list.tsx";
import type { TabData, TabProps } from "./tab-props.ts";

const EggDetail = dynamic(() => import("./egg-detail.tsx"));

type Row = TabData<"eggs">["items"][number];

export default function Eggs({ tab, data, one, may, query, now }: TabProps<"eggs">) {
  const writes = may.includes("eggs:write");
  if (one) return <EggDetail key={one.id} egg={one} writes={writes} query={query} now={now} />;
  const columns: readonly [Column<Row>, ...Column<Row>[]] = [
    { label: "Name", sort: "name", cell: ({ name }) => name },
    { label: "Author", sort: "author", dim: true, cell: ({ author }) => author },
    {
      label: "Image",
      mono: true,
      cell: ({ image, images }) => (
        <>
          {image}
          {images > 1 && <span className="ms-1.5 text-dim">and {images - 1} more</span>}
        </>
      ),
    },
    { label: "Variables", align: "end", cell: ({ variables }) => <span className="tabular-nums">{variables}</span> },
    { label: "Offered", cell: ({ visible }) => (visible ? <Badge tone="ok">Yes</Badge> : <Badge>Hidden</Badge>) },
    { label: "Changed", sort: "updatedAt", dim: true, cell: ({ updatedAt }) => <Time at={updatedAt} now={now} /> },
  ];
  return (
    <StaffList
      tab={tab}
      title="Eggs"
      description="How each kind of game or application server is installed, started and stopped."
      noun={["egg", "eggs"]}
      page={data}
      query={query}
      defaultSort="name"
      columns={columns}
      opens
      nameOf={({ name }) => name}
      searchLabel="Search name, author, image or id"
      filters={filters}
      acts={writes ? acts : []}
      actions={
        writes && (
          <>
            <ImportEgg />
            <Make />
          </>
        )
      }
      empty={
        <EmptyState icon={<Egg />} title="No eggs yet" action={writes && <ImportEgg />}>
          Import what Pterodactyl or Pelican exported, or make one.
        </EmptyState>
      }
    />
  );
}

const Make = () => (
  <FormButton
    label="Make an egg"
    title="Make an egg"
    description="Everything else is filled in on its own page."
    submit="Make it"
    call={(api, values) =>
      api.eggs.create({
        name: values("name"),
        author: values("author"),
        images: [[values("images"), values("images")]],
        startup: values("startup"),
      })
    }
    done="The egg is made"
  >
    {(errors) => (
      <>
        <Field label="Name" error={errors.name}>
          <Input name="name" required autoComplete="off" placeholder="Paper" />
        </Field>
        <Field label="Author" optional hint="An e-mail address, where Pterodactyl is to read it." error={errors.author}>
          <Input name="author" autoComplete="off" />
        </Field>
        <Field label="Image" hint="That servers run in." error={errors.images}>
          <Input name="images" mono required autoComplete="off" placeholder="ghcr.io/ptero-eggs/yolks:java_21" />
        </Field>
        <Field label="Startup command" optional error={errors.startup}>
          <Input name="startup" mono autoComplete="off" placeholder="java -jar {{SERVER_JARFILE}}" />
        </Field>
      </>
    )}
  </FormButton>
);

const filters = [
  {
    param: "state",
    label: "Offered",
    all: "Offered or hidden",
    options: [
      { value: "visible", label: "Offered" },
      { value: "hidden", label: "Hidden" },
    ],
  },
  {
    param: "source",
    label: "Kept at",
    all: "Kept anywhere",
    options: [
      { value: "address", label: "Kept at an address" },
      { value: "none", label: "Kept here alone" },
    ],
  },
];

const acts: readonly Act<Row>[] = [
  {
    label: "Offer",
    says: "People can pick it when they create a server.",
    done: "Offered",
    when: ({ visible }) => !visible,
    call: (api, { id }) => api.eggs.edit({ egg: id, visible: true }),
  },
  {
    label: "Hide",
    says: "Nobody can pick it when they create a server. Those that have it keep it.",
    done: "Hidden",
    when: ({ visible }) => visible,
    call: (api, { id }) => api.eggs.edit({ egg: id, visible: false }),
  },
  {
    label: "Delete",
    tone: "danger",
    says: "The egg and its variables are gone for good. Export it first if it may be wanted again.",
    done: "Deleted",
    call: (api, { id }) => api.eggs.remove({ egg: id }),
  },
];
