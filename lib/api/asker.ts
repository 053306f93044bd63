/** Whose request the work is a part of, for what is shared out among people. It decides no rights. */
import { AsyncLocalStorage } from "node:async_hooks";
import { singleton } from "#lib/singleton.ts";

const storage = () => singleton("asker", () => new AsyncLocalStorage<string | null>());

/** `person`: the account's id; null for what nobody waits for. */
export const askedBy = <T>(person: string | null, work: () => T): T => storage().run(person, work);

export const asker = (): string | null => storage().getStore() ?? null;
