/** A folder of a server: what is in it, and what can be done with it. Files are dropped on it to be uploaded. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { type DragEvent, useRef, useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { cx } from "#components/ui/cx.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { File as FileIcon, Folder, FolderOpen, Upload } from "#components/ui/icons.tsx";
import { RowActions, RowButton } from "#components/ui/row-actions.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { FolderTrail } from "./folder-trail.tsx";
import { folderHref, isArchive, isEditable, joined, sizeOf } from "./paths.ts";
import { SelectionBar } from "./selection-bar.tsx";
import { SftpButton } from "./sftp-button.tsx";
import { useUpload } from "./use-upload.ts";

const EditorDialog = dynamic(() => import("./editor-dialog.tsx").then((module) => module.EditorDialog));
const NameDialog = dynamic(() => import("./name-dialog.tsx").then((module) => module.NameDialog));

export interface Entry {
  name: string;
  folder: boolean;
  link: boolean;
  bytes: number | null;
  modifiedAt: number | null;
  mode: string | null;
}

interface FolderViewProps {
  server: string;
  name: string;
  folder: string;
  items: readonly Entry[];
  hidden: number;
  now: number;
}

type Opened =
  | { what: "edit"; path: string; isNew: boolean }
  | { what: "folder" | "file" }
  | { what: "rename"; name: string };

export function FolderView({ server, name: serverName, folder, items, hidden, now }: FolderViewProps) {
  const router = useRouter();
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { failure, run, pending } = useAction();
  const refresh = () => {
    setChosen(new Set());
    router.refresh();
  };
  const upload = useUpload({ server, folder, onDone: refresh });
  const names = items.map(({ name }) => name).filter((name) => chosen.has(name));

  const choose = (name: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(name);
    else next.delete(name);
    setChosen(next);
  };
  const download = async (name: string) => {
    const got = await run((api) => api.servers.files.download({ server, path: joined(folder, name) }));
    if (got?.ok) window.location.assign(got.value.address);
  };
  const copy = async (name: string) => {
    const done = await run((api) => api.servers.files.copy({ server, path: joined(folder, name) }));
    if (done?.ok) refresh();
  };
  const unpack = async (name: string) => {
    const done = await run((api) => api.servers.files.unpack({ server, folder, name }));
    if (!done?.ok) return;
    toast(`${name} was unpacked`);
    refresh();
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void upload.send([...event.dataTransfer.files]);
  };
  const drag = (on: boolean) => (event: DragEvent) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    setOver(on);
  };

  return (
    <section
      aria-label={`Files of ${serverName}`}
      aria-busy={pending || undefined}
      onDragOver={drag(true)}
      onDragLeave={drag(false)}
      onDrop={drop}
      className={cx("rounded-lg", over && "outline-2 outline-accent outline-dashed outline-offset-4")}
    >
      <div className="mb-2.5 flex flex-wrap items-center gap-2">
        <FolderTrail server={server} folder={folder} />
        <div className="ms-auto flex flex-wrap gap-2">
          <SftpButton server={server} />
          <Button aria-haspopup="dialog" onClick={() => setOpened({ what: "folder" })}>
            New folder
          </Button>
          <Button aria-haspopup="dialog" onClick={() => setOpened({ what: "file" })}>
            New file
          </Button>
          <input
            ref={picker}
            type="file"
            multiple
            className="sr-only"
            tabIndex={-1}
            aria-label="Files to upload"
            onChange={(event) => {
              void upload.send([...(event.target.files ?? [])]);
              event.target.value = "";
            }}
          />
          <Button variant="primary" pending={upload.busy !== null} onClick={() => picker.current?.click()}>
            <Upload aria-hidden="true" />
            Upload
          </Button>
        </div>
      </div>
      <div className="mb-2.5 flex flex-col gap-2 empty:hidden">
        {failure && <FailureBanner failure={failure} />}
        {upload.problem && (
          <Banner tone="bad" live>
            {upload.problem}
          </Banner>
        )}
        {upload.busy && (
          <Banner tone="info" live>
            {upload.busy}
          </Banner>
        )}
        {hidden > 0 && (
          <Banner tone="warn">
            {hidden.toLocaleString("en-GB")} more are in this folder. Over SFTP all of them can be reached.
          </Banner>
        )}
        {names.length > 0 && <SelectionBar server={server} folder={folder} names={names} onDone={refresh} />}
      </div>
      {items.length === 0 ? (
        <EmptyState icon={<FolderOpen />} title="This folder is empty">
          Drop files here to upload them, or create one.
        </EmptyState>
      ) : (
        <Table label="Files and folders" stack className="[&_td]:align-middle">
          <THead>
            <Th className="w-8 max-sm:hidden">
              <Checkbox
                aria-label="Choose all"
                checked={names.length === items.length}
                partly={names.length > 0}
                onChange={(event) => setChosen(new Set(event.target.checked ? items.map(({ name }) => name) : []))}
              />
            </Th>
            <Th>Name</Th>
            <Th align="end">Size</Th>
            <Th>Changed</Th>
            <Th>Permissions</Th>
            <Th hidden>Actions</Th>
          </THead>
          <TBody>
            {items.map((item) => (
              <Tr key={item.name} {...(chosen.has(item.name) ? { tone: "accent" as const } : {})}>
                <Td choice>
                  <Checkbox
                    aria-label={`Choose ${item.name}`}
                    checked={chosen.has(item.name)}
                    onChange={(event) => choose(item.name, event.target.checked)}
                  />
                </Td>
                <Td mono className="wrap-anywhere">
                  <span className="inline-flex items-baseline gap-2">
                    {item.folder ? (
                      <Folder aria-hidden="true" className="size-4 shrink-0 self-center text-accent" />
                    ) : (
                      <FileIcon aria-hidden="true" className="size-4 shrink-0 self-center text-faint" />
                    )}
                    {item.folder ? (
                      <TextLink tone="plain" prefetch={false} href={folderHref(server, joined(folder, item.name))}>
                        {item.name}
                      </TextLink>
                    ) : isEditable(item) ? (
                      <Button
                        variant="ghost"
                        size="sm"
                        aria-haspopup="dialog"
                        className="-mx-2 h-auto font-mono text-sm font-normal text-text"
                        onClick={() => setOpened({ what: "edit", path: joined(folder, item.name), isNew: false })}
                      >
                        {item.name}
                      </Button>
                    ) : (
                      item.name
                    )}
                  </span>
                </Td>
                <Td label="Size" align="end" dim className="whitespace-nowrap tabular-nums">
                  {sizeOf(item)}
                </Td>
                <Td label="Changed" dim>
                  {item.modifiedAt !== null && <Time at={item.modifiedAt} now={now} />}
                </Td>
                <Td label="Permissions" dim mono>
                  {item.mode}
                </Td>
                <Td>
                  <RowActions>
                    {isArchive(item.name) && !item.folder && (
                      <RowButton about={item.name} onClick={() => unpack(item.name)}>
                        Unpack
                      </RowButton>
                    )}
                    {!item.folder && (
                      <RowButton about={item.name} onClick={() => download(item.name)}>
                        Download
                      </RowButton>
                    )}
                    {!item.folder && (
                      <RowButton about={item.name} onClick={() => copy(item.name)}>
                        Copy
                      </RowButton>
                    )}
                    <RowButton about={item.name} opens onClick={() => setOpened({ what: "rename", name: item.name })}>
                      Rename
                    </RowButton>
                  </RowActions>
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
      )}
      {opened?.what === "edit" && (
        <EditorDialog
          key={opened.path}
          server={server}
          path={opened.path}
          isNew={opened.isNew}
          onSaved={refresh}
          onClose={() => setOpened(null)}
        />
      )}
      {opened !== null && opened.what !== "edit" && (
        <NameDialog
          server={server}
          folder={folder}
          what={opened.what}
          name={opened.what === "rename" ? opened.name : ""}
          onClose={() => setOpened(null)}
          onFile={(path) => setOpened({ what: "edit", path, isNew: true })}
          onDone={refresh}
        />
      )}
    </section>
  );
}
