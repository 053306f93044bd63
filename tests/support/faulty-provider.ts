/** Any provider, failing on demand: each call takes the next fault in line, or none. */
import { type Provider, ProviderError } from "#lib/dns/providers/provider.ts";
import type { Plan } from "#lib/dns/rrset.ts";

/**
 * - `down`: it is not reached
 * - `limited`: too many requests, not done
 * - `refused`: it says no, not done (reads: it does not find the zone's records)
 * - `lost`: not done, and no answer
 * - `landed`: done, and no answer
 * - `garbage`: done, and the answer makes no sense
 * - `half`: a write is done in part, and no answer; a read has no answer
 * - `late`: a write is done only later, after its caller gave up
 */
export const faults = ["down", "limited", "refused", "lost", "landed", "garbage", "half", "late"] as const;
export type CallFault = (typeof faults)[number] | null;

export interface Faulty {
  provider: Provider;
  /** The faults of the calls to come, in order; nothing after them. */
  next(line: readonly CallFault[]): void;
  /** What was given up and is still on its way lands now. */
  land(): Promise<void>;
  /** Without faults. */
  truth: Provider;
}

export function faultyProvider(truth: Provider): Faulty {
  let line: CallFault[] = [];
  let late: (() => Promise<unknown>)[] = [];

  const unknown = () => new ProviderError("unknown", "provider_failed", "No answer.");
  /** `write` is what lands of a write that nobody waits for any more. */
  async function call<T>(
    work: () => Promise<T>,
    write?: () => Promise<unknown>,
    part?: () => Promise<unknown>,
  ): Promise<T> {
    const fault = line.shift() ?? null;
    if (fault === null) return work();
    if (fault === "down") throw new ProviderError("not_sent", "provider_unreachable", "It cannot be reached.");
    if (fault === "limited") throw new ProviderError("not_sent", "provider_rate_limited", "Too many requests.");
    if (fault === "refused" && write) throw new ProviderError("refused", "provider_refused", "It says no.");
    if (fault === "late" && write) late.push(write);
    if (fault === "half") await part?.();
    if (fault === "landed" || fault === "garbage") await work();
    if (fault === "garbage") throw new TypeError("Cannot read properties of undefined");
    throw unknown();
  }

  const provider: Provider = {
    ...truth,
    findZone: (name) => call(() => truth.findZone(name)),
    relatedZones: (name) => call(() => truth.relatedZones(name)),
    createZone: (zone) =>
      call(
        () => truth.createZone(zone),
        () => truth.createZone(zone),
      ),
    deleteZone: (id) =>
      call(
        () => truth.deleteZone(id),
        () => truth.deleteZone(id),
      ),
    zoneInfo: (id) => call(() => truth.zoneInfo(id)),
    readZone: (id) => call(() => truth.readZone(id)),
    readNames: (id, names, options) => call(() => truth.readNames(id, names, options)),
    apply: (id, plan, onStep) => {
      const part = plan.slice(0, Math.floor(plan.length / 2)) satisfies Plan;
      return call(
        () => truth.apply(id, plan, onStep),
        () => truth.apply(id, plan),
        () => truth.apply(id, part),
      );
    },
  };
  return {
    provider,
    truth,
    next(faults) {
      line = [...faults];
    },
    async land() {
      const landing = late;
      late = [];
      line = [];
      // What no longer fits is refused there, and nobody hears of it.
      for (const work of landing) await work().catch(() => {});
    },
  };
}
