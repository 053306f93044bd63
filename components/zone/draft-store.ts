/** The draft of one account in one zone: kept on this device, shared by its tabs, with undo and redo while the page lives. */
"use client";
import { useCallback, useSyncExternalStore } from "react";
import { type Draft, emptyDraft, formatDraft, parseDraft, withoutSent } from "./draft.ts";

interface Store {
  draft: Draft;
  past: Draft[];
  future: Draft[];
  listeners: Set<() => void>;
}

export interface DraftHandle {
  draft: Draft;
  /** Takes the next draft; one that is the same object changes nothing. */
  update(change: (draft: Draft) => Draft): void;
  undo(): void;
  redo(): void;
  /** Whether there is something to undo, and to redo. In the browser. */
  steps(): { back: boolean; forth: boolean };
  /** Forgets what was sent, and the past: what was applied is not undone here. What came in meanwhile stays. */
  settle(sent: Draft): void;
}

const MAX_STEPS = 200;
const stores = new Map<string, Store>();

export function useDraft(account: string, zoneId: string): DraftHandle {
  const key = `zonegate.draft.${account}.${zoneId}`;
  const subscribe = useCallback((listener: () => void) => listen(key, listener), [key]);
  const draft = useSyncExternalStore(
    subscribe,
    () => storeOf(key).draft,
    () => emptyDraft,
  );
  return {
    draft,
    update: (change) => {
      const store = storeOf(key);
      const next = change(store.draft);
      if (next === store.draft) return;
      set(key, store, next, [...store.past, store.draft].slice(-MAX_STEPS), []);
    },
    undo: () => {
      const store = storeOf(key);
      const before = store.past.at(-1);
      if (before) set(key, store, before, store.past.slice(0, -1), [store.draft, ...store.future]);
    },
    redo: () => {
      const store = storeOf(key);
      const [after, ...future] = store.future;
      if (after) set(key, store, after, [...store.past, store.draft], future);
    },
    steps: () => ({ back: storeOf(key).past.length > 0, forth: storeOf(key).future.length > 0 }),
    settle: (sent) => {
      const store = storeOf(key);
      set(key, store, withoutSent(store.draft, sent), [], []);
    },
  };
}

function storeOf(key: string): Store {
  const known = stores.get(key);
  if (known) return known;
  const store: Store = { draft: parseDraft(stored(key)), past: [], future: [], listeners: new Set() };
  stores.set(key, store);
  return store;
}

function set(key: string, store: Store, draft: Draft, past: Draft[], future: Draft[]): void {
  Object.assign(store, { draft, past, future });
  try {
    if (Object.keys(draft).length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, formatDraft(draft));
  } catch {
    // No room, or storage is off: the draft lives as long as this page.
  }
  for (const listener of store.listeners) listener();
}

function listen(key: string, listener: () => void): () => void {
  const store = storeOf(key);
  const onStorage = (event: StorageEvent) => {
    if (event.key !== key) return;
    store.draft = parseDraft(event.newValue);
    listener();
  };
  store.listeners.add(listener);
  window.addEventListener("storage", onStorage);
  return () => {
    store.listeners.delete(listener);
    window.removeEventListener("storage", onStorage);
  };
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
