/** The records of a zone to work on: the table with a draft over it, and the way from the draft to the zone. */
"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { ListState } from "#components/ui/list-state.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { toast } from "#components/ui/toast.tsx";
import { rrsetKey } from "#lib/dns/rrset.ts";
import { removable, withRemoved, withServed, withTtl } from "./bulk.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { countsOf, type Draft, emptyDraft, rebased, sameRRset, sentenceOf, withEntry, withoutEntry } from "./draft.ts";
import { DraftBar } from "./draft-bar.tsx";
import { DraftElsewhere } from "./draft-elsewhere.tsx";
import { useDraft } from "./draft-store.ts";
import { KeysDialog, PasteForm, PasteReport, preload, RecordForm, ReviewDialog } from "./editor-parts.ts";
import { type EditorRow, editorRows } from "./editor-rows.ts";
import { EditorTable } from "./editor-table.tsx";
import { EditorTools } from "./editor-tools.tsx";
import { LeaveGuard } from "./leave-guard.tsx";
import { isEditable, type RowAction, rowLabel } from "./record-rows.tsx";
import type { ChangeResult } from "./review-state.ts";
import { undoApplied } from "./undo-applied.ts";
import { useEditorKeys } from "./use-editor-keys.ts";
import { useFormPlace } from "./use-form-place.ts";
import { usePaste } from "./use-paste.ts";
import { useSelection } from "./use-selection.ts";
import { type EditableRRset, type ZoneView, zonePath } from "./zone-view.ts";

export interface RecordEditorProps {
  account: string;
  zone: ZoneView;
  /** A list of `EditableRRset` as JSON: one text is not taken apart and put together on its way to the browser. */
  items: string;
  list: ListState;
  /** Search and filters, from the server. */
  tools: ReactNode;
  /** What stands instead of a table without rows, and below one of a new zone. */
  nothingFound: ReactNode;
  isNew: boolean;
  pager: ReactNode;
}

/** Added rows that are shown on every page; a long paste is not. */
const ADDED_SHOWN = 100;

export function RecordEditor({ account, zone, list, tools, nothingFound, isNew, pager, ...given }: RecordEditorProps) {
  const router = useRouter();
  const items = useMemo(() => JSON.parse(given.items) as readonly EditableRRset[], [given.items]);
  const { draft, update, settle, ...steps } = useDraft(account, zone.id);
  const [open, setOpen] = useState<"review" | "keys" | "paste" | null>(null);
  const [unanswered, setUnanswered] = useState(false);
  const [said, setSaid] = useState("");
  const [note, setNote] = useState<string | null>(null);
  const [allAdded, setAllAdded] = useState(false);
  const rows = editorRows(items, draft, zone);
  const added = allAdded ? rows.added : rows.added.slice(0, ADDED_SHOWN);
  const shown = [...added, ...rows.page];
  const size = Object.keys(draft).length;
  const selection = useSelection(shown.map((row) => row.key));
  const selected = shown.filter((row) => selection.keys.has(row.key));
  const form = useFormPlace({
    known: [...rows.added, ...rows.page],
    update,
    onSaved: saved,
    onReview: () => setOpen("review"),
  });
  const paste = usePaste({ zone, draft, update, onDone: pasted });
  useEffect(preload, []);

  // What the draft wants and the zone has already is no change any more.
  useEffect(() => {
    const done = items.filter((item) => {
      const entry = draft[rrsetKey(item)];
      return entry !== undefined && entry.wanted !== null && sameRRset(entry.wanted, item);
    });
    if (done.length > 0) update((now) => done.reduce((rest: Draft, item) => withoutEntry(rest, rrsetKey(item)), now));
  });

  function saved(label: string, joined: boolean): void {
    setSaid(`${label} is in the draft.`);
    setNote(joined ? `${label} is there already: what you entered was added to it.` : null);
  }
  function pasted(keys: readonly string[], sentence: string): void {
    setOpen(null);
    setSaid(sentence);
    setNote(keys.length > 0 ? sentence : null);
    requestAnimationFrame(() => keys[0] !== undefined && form.focusRow(keys[0]));
  }
  const act = (action: RowAction, row: EditorRow) => {
    if (action === "edit") return form.open(row);
    if (action === "remove")
      update((now) => withEntry(now, { name: row.name, type: row.type, seen: row.seen, wanted: null }));
    else update((now) => withoutEntry(now, row.key));
    setSaid(action === "remove" ? `${rowLabel(row)} is removed in the draft.` : `${rowLabel(row)} is as it was.`);
    form.focusRow(row.key);
  };
  const rowAt = (key: string) => shown.find((row) => row.key === key);
  const copied = () => paste.textOf(selected.flatMap((row) => row.after ?? row.before ?? []));
  useEditorKeys({
    add: () => form.open(null),
    undo: steps.undo,
    redo: steps.redo,
    review: () => size > 0 && setOpen("review"),
    help: () => setOpen("keys"),
    edit: (key, focus) => {
      const row = rowAt(key);
      if (row && isEditable(row)) form.open(row, focus);
    },
    remove: (key) => {
      const row = rowAt(key);
      if (selected.length > 1 && selection.keys.has(key))
        bulk((now) => withRemoved(now, removable(selected)), "removed");
      else if (row && isEditable(row) && row.kind === "added") act("revert", row);
      else if (row && isEditable(row) && row.removable) act("remove", row);
    },
    select: (key) => selection.toggle(key, false),
    selectAll: () => selection.all(true),
    unselect: () => {
      if (selected.length > 0) selection.all(false);
      return selected.length > 0;
    },
    paste: paste.take,
    copied: () => (selected.length > 0 ? copied() : null),
  });
  const bulk = (change: (now: Draft) => Draft, what: string) => {
    update(change);
    setSaid(`The selected records are ${what} in the draft.`);
    selection.all(false);
    const [first] = selected;
    if (first) form.focusRow(first.key);
  };

  const applied = ({ state, change }: ChangeResult, sent: Draft) => {
    const undo = () => change !== null && void undoApplied(zone, change, router.refresh);
    if (state === "applied")
      toast(`Applied: ${sentenceOf(countsOf(sent))}`, { tone: "ok", action: { label: "Undo", onClick: undo } });
    // What may still have to be sent again stays in the draft.
    if (state === "applied" || state === "differs") settle(sent);
    setUnanswered(state === "unknown" || state === "pending");
    if (state === "applied" || state === "unknown" || state === "pending") setOpen(null);
    setNote(null);
    router.refresh();
  };
  const drop = (keys: string[]) => update((now) => keys.reduce(withoutEntry, now));
  const discard = () => {
    const before = draft;
    update(() => emptyDraft);
    const restore = () => update((now) => ({ ...before, ...now }));
    toast("The draft is discarded.", { tone: "neutral", action: { label: "Undo", onClick: restore } });
  };

  const path = zonePath(zone.organisation, zone.zone);
  const place = form.place;
  const formRow = place && (
    <RecordForm
      key={place.id}
      zone={zone}
      row={place.row}
      start={place.start}
      focus={place.focus}
      known={[...rows.added, ...rows.page]}
      onSave={form.save}
      onClose={form.close}
      onDirty={form.dirty}
      onPaste={paste.take}
    />
  );
  const nothing = shown.length === 0 && place === null;
  return (
    <>
      {unanswered && (
        <Banner tone="warn" live className="mb-3">
          No answer from the provider yet: it is being checked. See{" "}
          <TextLink href={`${path}/history`}>History</TextLink>.
        </Banner>
      )}
      <EditorTools
        tools={tools}
        onPaste={() => setOpen("paste")}
        onAdd={() => form.open(null)}
        onKeys={() => setOpen("keys")}
      />
      {open === "paste" && <PasteForm onPaste={paste.take} onClose={() => setOpen(null)} />}
      {paste.report && <PasteReport pasted={paste.report} onClose={paste.dismiss} />}
      <DraftElsewhere rows={rows.elsewhere} onEdit={(row) => act("edit", row)} onRevert={(row) => act("revert", row)} />
      {selected.length > 0 && (
        <BulkBar
          rows={selected}
          auto={zone.offers.includes("autoTtl")}
          mayDisable={zone.offers.includes("disabled")}
          onTtl={(some, ttl) => bulk((now) => withTtl(now, some, ttl), "changed")}
          onServed={(some, served) => bulk((now) => withServed(now, some, served), served ? "served" : "not served")}
          onRemove={(some) => bulk((now) => withRemoved(now, some), "removed")}
          onCopy={() => document.execCommand("copy")}
          onClear={() => selection.all(false)}
        />
      )}
      {nothing ? (
        nothingFound
      ) : (
        <EditorTable
          list={list}
          rows={shown}
          selection={selection}
          form={place && { row: place.row, node: formRow }}
          handlers={{ act, select: (row, range) => selection.toggle(row.key, range) }}
        />
      )}
      {rows.added.length > added.length && (
        <p className="pt-2.5 text-dim">
          {rows.added.length - added.length} more that were added are not shown.{" "}
          <Button size="sm" onClick={() => setAllAdded(true)}>
            Show them
          </Button>
        </p>
      )}
      {isNew && rows.added.length === 0 && place === null && (
        <EmptyState
          title="Nothing but the zone itself"
          className="mt-3"
          action={<Button onClick={() => form.open(null)}>Add your first record</Button>}
        >
          A website needs an A or AAAA record, mail an MX. Lines of a zone file can be pasted right onto this page.
        </EmptyState>
      )}
      {pager}
      <p role="status" className="sr-only">
        {said}
      </p>
      {size > 0 && (
        <DraftBar draft={draft} note={note} steps={steps} onDiscard={discard} onReview={() => setOpen("review")} />
      )}
      {(size > 0 || form.isDirty) && (
        <LeaveGuard
          path={path}
          what={size > 0 ? sentenceOf(countsOf(draft)) : "What is in the form is not in the draft"}
        />
      )}
      {open === "keys" && <KeysDialog onClose={() => setOpen(null)} />}
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
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}
