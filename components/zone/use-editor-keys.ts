/** The editor's keys: `n`, `e`, ⌫ and the arrows on a focused row, mod+z, mod+shift+z and mod+enter. */
"use client";
import { useEffect, useRef } from "react";

export interface EditorKeys {
  add(): void;
  undo(): void;
  redo(): void;
  review(): void;
  /** On the row that has the focus, or that holds what has it. */
  edit(key: string): void;
  remove(key: string): void;
}

export function useEditorKeys(keys: EditorKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isBusy(event.target)) return;
      if (handle(event, latest.current)) event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

function handle(event: KeyboardEvent, keys: EditorKeys): boolean {
  const key = event.key.toLowerCase();
  if (event.altKey) return false;
  if (event.metaKey || event.ctrlKey) {
    if (key === "enter") keys.review();
    else if (key === "z" && event.shiftKey) keys.redo();
    else if (key === "y" && !event.shiftKey) keys.redo();
    else if (key === "z") keys.undo();
    else return false;
    return true;
  }
  if (key === "n" && !event.shiftKey) {
    keys.add();
    return true;
  }
  const row = event.target instanceof Element ? event.target.closest<HTMLElement>("tr[data-key]") : null;
  if (!row?.dataset.key) return false;
  if (key === "e" && !event.shiftKey) keys.edit(row.dataset.key);
  else if (key === "backspace" || key === "delete") keys.remove(row.dataset.key);
  else if (key === "arrowdown" || key === "arrowup") focusSibling(row, key === "arrowdown");
  else return false;
  return true;
}

function focusSibling(row: Element, next: boolean): void {
  const sibling = next ? row.nextElementSibling : row.previousElementSibling;
  if (sibling instanceof HTMLElement) sibling.focus();
}

/** Someone is typing, or a dialog is open. */
function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector("[role=dialog], [role=alertdialog], [role=menu]")) return true;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
