/** On whose behalf a provider is asked: where calls are counted, organisations take turns, and single edits go first. */
import { AsyncLocalStorage } from "node:async_hooks";
import { singleton } from "#lib/singleton.ts";

export interface Caller {
  /** Its id. */
  organisation: string;
  /** One of many calls, for which nobody waits: a refresh, an import, a bulk edit. */
  bulk: boolean;
}

const storage = singleton("dns-caller", () => new AsyncLocalStorage<Caller>());

/** Everything that the work asks of providers, also later in it, is asked on behalf of the caller. */
export const onBehalfOf = <T>(caller: Caller, work: () => T): T => storage.run(caller, work);

export const currentCaller = (): Caller => storage.getStore() ?? { organisation: "", bulk: true };
