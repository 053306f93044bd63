/** The records of a zone to work on: the table with a draft over it, and the way from the draft to the zone. */
"use client";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import type { ListState } from "#components/ui/list-state.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type RRset, rrsetKey } from "#lib/dns/rrset.ts";
import {
  countsOf,
  type Draft,
  emptyDraft,
  type Seen,
  sameRRset,
  sentenceOf,
  withEntry,
  withoutEntry,
} from "./draft.ts";
import { DraftBar } from "./draft-bar.tsx";
import { DraftElsewhere } from "./draft-elsewhere.tsx";
import { useDraft } from "./draft-store.ts";
import { type EditorRow, editorRows } from "./editor-rows.ts";
import type { SavedForm } from "./record-form.tsx";
import { editorRow, type RowAction, rowLabel } from "./record-rows.tsx";
import { RecordsTable } from "./records-table.tsx";
import type { ChangeResult } from "./review-state.ts";
import { useEditorKeys } from "./use-editor-keys.ts";
import { type EditableRRset, type ZoneView, zonePath } from "./zone-view.ts";

const RecordForm = dynamic(() => import("./record-form.tsx").then((module) => module.RecordForm));
const ReviewDialog = dynamic(() => import("./review-dialog.tsx").then((module) => module.ReviewDialog));

export interface RecordEditorProps {
  account: string;
  zone: ZoneView;
  items: readonly EditableRRset[];
  list: ListState;
  /** Search and filters, from the server. */
  tools: ReactNode;
  /** What stands instead of a table without rows, and below one of a new zone. */
  nothingFound: ReactNode;
  isNew: boolean;
  pager: ReactNode;
}

export type Open = { form: EditorRow | null } | "review" | null;

export function RecordEditor({ account, zone, items, list, tools, nothingFound, isNew, pager }: RecordEditorProps) {
  const router = useRouter();
  const { draft, update, undo, redo, clear } = useDraft(account, zone.id);
  const [open, setOpen] = useState<Open>(null);
  const [unanswered, setUnanswered] = useState(false);
  const [said, setSaid] = useState("");
  const [note, setNote] = useState<string | null>(null);
  const opener = useRef<HTMLElement | null>(null);
  const rows = editorRows(items, draft, zone);
  const size = Object.keys(draft).length;

  // What the draft wants and the zone has already is no change any more.
  useEffect(() => {
    const done = items.filter((item) => {
      const entry = draft[rrsetKey(item)];
      return entry !== undefined && entry.wanted !== null && sameRRset(entry.wanted, item);
    });
    if (done.length > 0) update((now) => done.reduce((rest: Draft, item) => withoutEntry(rest, rrsetKey(item)), now));
  });

  const show = (next: Open) => {
    if (open === null && document.activeElement instanceof HTMLElement) opener.current = document.activeElement;
    setOpen(next);
    if (next !== null) return;
    // The dialogs have no trigger that could take the focus back, and the row may look different by now.
    const target = opener.current;
    requestAnimationFrame(() => target?.isConnected && target.focus());
  };
  const act = (action: RowAction, row: EditorRow) => {
    if (action === "edit") return show({ form: row });
    if (action === "remove")
      update((now) => withEntry(now, { name: row.name, type: row.type, seen: row.seen, wanted: null }));
    else update((now) => withoutEntry(now, row.key));
    setSaid(action === "remove" ? `${rowLabel(row)} is removed in the draft.` : `${rowLabel(row)} is as it was.`);
    requestAnimationFrame(() => focusRow(row.key));
  };
  const rowAt = (key: string) => [...rows.added, ...rows.page].find((row) => row.key === key);
  const onKey = (action: "edit" | "remove") => (key: string) => {
    const row = rowAt(key);
    if (!row || row.fixed !== null || row.kind === "removed" || (row.level !== "edit" && row.level !== "full")) return;
    if (action === "edit") act("edit", row);
    else if (row.kind === "added") act("revert", row);
    else if (row.removable) act("remove", row);
  };
  useEditorKeys({
    add: () => show({ form: null }),
    undo,
    redo,
    review: () => size > 0 && show("review"),
    edit: onKey("edit"),
    remove: onKey("remove"),
  });

  const save = (saved: SavedForm) => {
    update((now) => withSaved(now, saved, open !== null && open !== "review" ? open.form : null));
    setSaid(`${saved.label} is in the draft.`);
    show(null);
    setNote(saved.joined ? `${saved.label} is there already: what you entered was added to it.` : null);
  };
  const applied = ({ state }: ChangeResult) => {
    if (state === "applied") toast(`Applied: ${sentenceOf(countsOf(draft))}`, { tone: "ok" });
    // What may still have to be sent again stays in the draft.
    if (state === "applied" || state === "differs") clear();
    setUnanswered(state === "unknown" || state === "pending");
    if (state === "applied" || state === "unknown" || state === "pending") show(null);
    router.refresh();
  };
  const drop = (keys: string[]) => update((now) => keys.reduce(withoutEntry, now));
  const discard = () => {
    const before = draft;
    update(() => emptyDraft);
    const restore = () => update((now) => ({ ...before, ...now }));
    toast("The draft is discarded.", { tone: "neutral", action: { label: "Undo", onClick: restore } });
  };

  const history = `${zonePath(zone.organisation, zone.zone)}/history`;
  const shown = [...rows.added, ...rows.page];
  const add = (label: string) => (
    <Button variant="primary" onClick={() => show({ form: null })} aria-keyshortcuts="n">
      <Plus aria-hidden="true" />
      {label}
      <span aria-hidden="true" className="pointer-coarse:hidden">
        <Kbd inherit>n</Kbd>
      </span>
    </Button>
  );
  return (
    <>
      {unanswered && (
        <Banner tone="warn" live className="mb-3">
          No answer from the provider yet: it is being checked. See <TextLink href={history}>History</TextLink>.
        </Banner>
      )}
      <div className="mb-2.5 flex flex-wrap items-center gap-2">
        {tools}
        <div className="ms-auto">{add("Add record")}</div>
      </div>
      <DraftElsewhere rows={rows.elsewhere} onEdit={(row) => act("edit", row)} onRevert={(row) => act("revert", row)} />
      {shown.length > 0 ? (
        <RecordsTable list={list} actions>
          {shown.map((row) => editorRow(row, act))}
        </RecordsTable>
      ) : (
        nothingFound
      )}
      {isNew && rows.added.length === 0 && (
        <EmptyState
          title="Nothing but the zone itself"
          className="mt-3"
          action={<Button onClick={() => show({ form: null })}>Add your first record</Button>}
        >
          A website needs an A or AAAA record, mail an MX.
        </EmptyState>
      )}
      {pager}
      <p role="status" className="sr-only">
        {said}
      </p>
      {size > 0 && <DraftBar draft={draft} note={note} onDiscard={discard} onReview={() => show("review")} />}
      {open !== null && open !== "review" && (
        <RecordForm zone={zone} row={open.form} known={shown} onSave={save} onClose={() => show(null)} />
      )}
      {open === "review" && (
        <ReviewDialog
          zone={zone}
          draft={draft}
          onRebase={(key, seen) => update((now) => rebased(now, key, seen))}
          onDrop={drop}
          onFulfilled={(keys) => {
            drop(keys);
            setUnanswered(false);
            router.refresh();
          }}
          onResult={applied}
          onClose={() => show(null)}
        />
      )}
    </>
  );
}

/** A form's result in the draft. A name that was changed leaves the old RRset behind, removed. */
function withSaved(draft: Draft, { seen, wanted }: SavedForm, row: EditorRow | null): Draft {
  const entry = { name: wanted.name, type: wanted.type, seen, wanted };
  if (!row || row.key === rrsetKey(wanted)) return withEntry(draft, entry);
  const old = { name: row.name, type: row.type, seen: row.seen, wanted: null };
  return withEntry(withEntry(draft, old), entry);
}

function rebased(draft: Draft, key: string, seen: { hash: string; rrset: RRset | null }): Draft {
  const entry = draft[key];
  if (!entry) return draft;
  const now: Seen | null = seen.rrset === null ? null : { hash: seen.hash, rrset: seen.rrset };
  return withEntry(draft, { ...entry, seen: now });
}

/** The row, or what is left of the table when it is gone. */
function focusRow(key: string): void {
  const rows = [...document.querySelectorAll<HTMLElement>("tr[data-key]")];
  (rows.find((row) => row.dataset.key === key) ?? rows[0])?.focus();
}
