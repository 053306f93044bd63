/** In the browser: a call that asks for a fresh proof waits here until the person has given it, or has not. */

export interface Waiting {
  /** Whether it was confirmed. */
  answer: (confirmed: boolean) => void;
}

let waiting: Waiting | null = null;
let answered: Promise<boolean> | null = null;
const listeners = new Set<() => void>();

export const confirmation = {
  /** Resolves when the person has answered. Several calls at once are one question. */
  asked(): Promise<boolean> {
    answered ??= new Promise<boolean>((resolve) => {
      set({
        answer: (confirmed) => {
          answered = null;
          set(null);
          resolve(confirmed);
        },
      });
    });
    return answered;
  },
  /** What waits for an answer now. */
  waiting: (): Waiting | null => waiting,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function set(next: Waiting | null): void {
  waiting = next;
  for (const listener of listeners) listener();
}
