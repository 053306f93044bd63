/** The editor's keys, clicks on cells, and what is copied and pasted outside of fields. */
"use client";
import { useEffect, useRef } from "react";
import type { FormField } from "./record-form.tsx";

export interface EditorKeys {
  add(): void;
  undo(): void;
  redo(): void;
  review(): void;
  help(): void;
  /** On the row that has the focus, or that holds what has it. */
  edit(key: string, focus: FormField): void;
  remove(key: string): void;
  select(key: string): void;
  selectAll(): void;
  /** Nothing to do: false. */
  unselect(): boolean;
  paste(text: string): void;
  /** What the selection is as text; null if nothing is selected. The clipboard takes it in the same turn. */
  copied(): string | null;
}

export function useEditorKeys(keys: EditorKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      if (fromSearch(event) || (!isBusy(event.target) && handle(event, latest.current))) event.preventDefault();
    };
    const onPaste = (event: ClipboardEvent) => {
      if (isBusy(event.target)) return;
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (text.trim() === "") return;
      event.preventDefault();
      latest.current.paste(text);
    };
    const onCopy = (event: ClipboardEvent) => {
      if (isBusy(event.target) || !document.getSelection()?.isCollapsed) return;
      const text = latest.current.copied();
      if (text === null) return;
      event.preventDefault();
      event.clipboardData?.setData("text/plain", text);
    };
    const onClick = (event: MouseEvent) => {
      const cell = cellClicked(event);
      if (cell) latest.current.edit(cell.key, cell.focus);
    };
    document.addEventListener("keydown", onKeyDown);
    document.addEventListener("paste", onPaste);
    document.addEventListener("copy", onCopy);
    document.addEventListener("click", onClick);
    return () => {
      document.removeEventListener("keydown", onKeyDown);
      document.removeEventListener("paste", onPaste);
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("click", onClick);
    };
  }, []);
}

function handle(event: KeyboardEvent, keys: EditorKeys): boolean {
  const key = event.key.toLowerCase();
  const row = event.target instanceof Element ? event.target.closest<HTMLElement>("tr[data-key]") : null;
  if (event.metaKey || event.ctrlKey) {
    if (key === "enter") keys.review();
    else if (key === "z" && event.shiftKey) keys.redo();
    else if (key === "y" && !event.shiftKey) keys.redo();
    else if (key === "z") keys.undo();
    else if (key === "a" && row) keys.selectAll();
    else return false;
    return true;
  }
  if (key === "?") {
    keys.help();
    return true;
  }
  if (key === "escape") return keys.unselect();
  if (key === "n" && !event.shiftKey) {
    keys.add();
    return true;
  }
  if (!row?.dataset.key) return false;
  const own = event.target === row;
  if ((key === "e" && !event.shiftKey) || (own && key === "enter")) keys.edit(row.dataset.key, "value");
  else if (key === "t" && !event.shiftKey) keys.edit(row.dataset.key, "ttl");
  else if (key === "backspace" || key === "delete") keys.remove(row.dataset.key);
  else if (key === "x" || (own && key === " ")) keys.select(row.dataset.key);
  else if (key === "arrowdown" || key === "arrowup") {
    focusSibling(row, key === "arrowdown");
    if (event.shiftKey) keys.select(row.dataset.key);
  } else return false;
  return true;
}

/** From the search down into what it found. */
function fromSearch(event: KeyboardEvent): boolean {
  if (event.key !== "ArrowDown" || !(event.target instanceof HTMLInputElement) || event.target.type !== "search")
    return false;
  const row = document.querySelector<HTMLElement>("tr[data-key]");
  row?.focus();
  return row !== null;
}

function focusSibling(row: Element, next: boolean): void {
  const step = (from: Element) => (next ? from.nextElementSibling : from.previousElementSibling);
  let at = step(row);
  while (at instanceof HTMLElement && !at.dataset.key) at = step(at);
  if (at instanceof HTMLElement) at.focus();
}

const fields: readonly FormField[] = ["name", "value", "ttl", "value"];

/** The cell of a row that can be edited, where the click means nothing else. */
function cellClicked(event: MouseEvent): { key: string; focus: FormField } | null {
  if (event.defaultPrevented || event.button !== 0 || event.shiftKey || event.metaKey || event.ctrlKey) return null;
  if (!(event.target instanceof Element) || event.target.closest("a, button, input, summary, form, dialog"))
    return null;
  const row = event.target.closest<HTMLTableRowElement>("tr[data-key]:not([data-fixed])");
  const cell = event.target.closest("td");
  const focus = cell && fields[[...(row?.cells ?? [])].indexOf(cell)];
  // Whoever marks text wants to read or copy it.
  if (!row?.dataset.key || !focus || document.getSelection()?.isCollapsed === false) return null;
  return { key: row.dataset.key, focus };
}

/** Someone is typing, or a dialog is open. */
function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector("[role=dialog], [role=alertdialog], [role=menu]")) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type === "checkbox") return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
