/** How long the stages of one request took: recorded only where somebody asked to see them. */
import { AsyncLocalStorage } from "node:async_hooks";
import { singleton } from "#lib/singleton.ts";

interface Stages {
  last: number;
  /** Stage → milliseconds. */
  took: Map<string, number>;
}

const storage = () => singleton("stages", () => new AsyncLocalStorage<Stages>());

/** Ends a stage: the time since the one before it is its own. */
export function stage(name: string): void {
  const stages = storage().getStore();
  if (!stages) return;
  const now = performance.now();
  stages.took.set(name, (stages.took.get(name) ?? 0) + now - stages.last);
  stages.last = now;
}

/** Runs a request with its stages recorded, and gives them as a Server-Timing header. */
export async function withStages<T>(work: () => Promise<T>): Promise<{ result: T; header: string }> {
  const stages: Stages = { last: performance.now(), took: new Map() };
  const result = await storage().run(stages, work);
  stages.took.set("rest", performance.now() - stages.last);
  return { result, header: [...stages.took].map(([name, ms]) => `${name};dur=${ms.toFixed(3)}`).join(", ") };
}
