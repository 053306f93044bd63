/** Messages on their way to the corner, kept until the view is there to show them. */
export interface ToastMessage {
  text: string;
  tone?: "neutral" | "ok" | "warn" | "bad";
  detail?: string;
  action?: { label: string; onClick: () => void };
}

const waiting: ToastMessage[] = [];
const listeners = new Set<() => void>();
let used = false;

export const toastQueue = {
  add(message: ToastMessage): void {
    used = true;
    waiting.push(message);
    for (const listener of listeners) listener();
  },
  /** Takes what waits. */
  drain: (): ToastMessage[] => waiting.splice(0),
  used: (): boolean => used,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
