/** Calls to DNS providers: how many, how many failed, and how long they took, until somebody takes the figures away. */
import { singleton } from "#lib/singleton.ts";

export type Called = "PowerDNS" | "Cloudflare";

interface Calls {
  calls: number;
  failures: number;
  ms: number;
}

interface Counter {
  since: Calls;
  /** Told of each, while Prometheus asks. */
  tell: (provider: Called, ms: number, failed: boolean) => void;
}

const none = (): Calls => ({ calls: 0, failures: 0, ms: 0 });

const counter = () => singleton("provider-calls", (): Counter => ({ since: none(), tell: () => {} }));

/** Counts a call, and hands on what becomes of it. An answer that says no is not a failure. */
export async function counted<T extends { status: number }>(provider: Called, call: () => Promise<T>): Promise<T> {
  const started = performance.now();
  let failed = true;
  try {
    const answer = await call();
    failed = answer.status >= 500;
    return answer;
  } finally {
    const ms = performance.now() - started;
    const { since, tell } = counter();
    since.calls++;
    since.ms += ms;
    if (failed) since.failures++;
    tell(provider, ms, failed);
  }
}

export const onCall = (tell: Counter["tell"]): void => {
  counter().tell = tell;
};

/** What there was since the last time. */
export function takeCalls(): Calls {
  const { since } = counter();
  counter().since = none();
  return since;
}
