/** In the thread for large work: does a task, and says what became of it in a form that threads can pass on. */
import { isProblem } from "#lib/api/errors.ts";
import { ProviderError } from "../providers/provider.ts";
import { type Pace, withPace } from "./pace.ts";
import { type Questions, type TaskName, tasks } from "./tasks.ts";
import { type Message, onTheSpot } from "./thread.ts";

onTheSpot().tasks = tasks;

type Saying = Message extends infer M ? (M extends Message ? Omit<M, "id"> : never) : never;

/** Progress is told at most so often. */
const TELL_EVERY_MS = 200;

/** Never throws. */
export async function answer<T extends TaskName>(
  task: T,
  question: Questions[T],
  signal: AbortSignal,
  say: (message: Saying) => void,
): Promise<void> {
  let told = 0;
  const progress = (done: number) => {
    if (Date.now() - told < TELL_EVERY_MS) return;
    told = Date.now();
    say({ kind: "progress", done });
  };
  const journaled: Pace["journaled"] = (underWay) => say({ kind: "journaled", underWay });
  try {
    const pace = { signal, progress, journaled, reserved: () => {} };
    say({ kind: "answer", value: await withPace(pace, () => tasks[task](question)) });
  } catch (error) {
    say(failure(error));
  }
}

function failure(error: unknown): Saying {
  if (isProblem(error)) return { kind: "problem", code: error.code, message: error.message, details: error.data };
  if (error instanceof ProviderError) {
    const { outcome, code, message, at } = error;
    return { kind: "provider", outcome, code, message, at };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: "error", message, stack };
}
