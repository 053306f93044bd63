/** DNSSEC of a zone: how it stands here and at the parent, and switching it on and off. */
import { eq } from "drizzle-orm";
import { db, transaction } from "#db/client.ts";
import { zones } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { aloneIn } from "../alone.ts";
import { asking, asProviderError, connectionOf, problemOf } from "../asking.ts";
import { settleFirst } from "../changes.ts";
import { addEntry, closeEntry, type EntryState } from "../journal.ts";
import { noteGivenUp } from "../landing.ts";
import { pace, tellJournaled } from "../large/pace.ts";
import type { ProviderError, Signing, SigningKey } from "../providers/provider.ts";
import { type LoadedZone, shownName, type Zone } from "../zones.ts";
import { type Chain, chainOf, type ParentDs, parentDs } from "./parent.ts";

export interface DnssecView {
  /** Null: it can be switched here. */
  unavailable: string | null;
  signed: boolean;
  /** It is still signed, and will not be once the parent no longer publishes a DS record. */
  ending: boolean;
  chain: Chain;
  keys: SigningKey[];
  /** What to give the registrar. */
  ds: { text: string; keyTag: number; algorithm: number; digestType: number; digest: string }[];
  dnskeys: { text: string; flags: number; protocol: number; algorithm: number; publicKey: string }[];
  parent: ParentDs;
}

export async function dnssecOf({ zone }: Pick<LoadedZone, "zone">): Promise<DnssecView> {
  const { provider } = connectionOf(zone);
  const { signing } = provider;
  if (!signing || !zone.externalId) {
    const unavailable =
      provider.capabilities.kind === "local"
        ? "This zone is kept in the panel, and no name server answers for it: there is nothing to sign."
        : "DNSSEC of zones at this provider is not switched in the panel.";
    return { ...nothing, unavailable, parent: { state: "unknown", ds: [], ttl: 0, problem: null } };
  }
  const externalId = zone.externalId;
  const [status, parent] = await Promise.all([asking(() => signing.status(externalId)), parentDs(zone.name)]);
  const { signed, wanted, keys, ds, dnskeys } = status;
  noteSigned(zone, signed);
  return {
    unavailable: null,
    signed,
    ending: signed && !wanted,
    chain: chainOf(signed, ds, parent),
    keys,
    ds: ds.map((text) => {
      const [keyTag, algorithm, digestType, ...digest] = text.trim().split(/\s+/);
      return { text, ...numbers({ keyTag, algorithm, digestType }), digest: digest.join("") };
    }),
    dnskeys: dnskeys.map((text) => {
      const [flags, protocol, algorithm, ...publicKey] = text.trim().split(/\s+/);
      return { text, ...numbers({ flags, protocol, algorithm }), publicKey: publicKey.join("") };
    }),
    parent,
  };
}

/** Switched somewhere else: the rules for records go by it from now on. */
function noteSigned(zone: Zone, signed: boolean): void {
  if (zone.signed === Number(signed)) return;
  db()
    .update(zones)
    .set({ signed: Number(signed) })
    .where(eq(zones.id, zone.id))
    .run();
}

const nothing = { signed: false, ending: false, chain: "unknown" as const, keys: [], ds: [], dnskeys: [] };

const numbers = <K extends string>(texts: Record<K, string | undefined>) =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Number(text)])) as Record<K, number>;

/** What a person says they know of, when they switch it off although the parent still speaks of keys, or might. */
export type Confirmation = "ds_published" | "ds_unknown";

export interface Switched {
  change: string;
  state: EntryState;
  message: string;
}

/** Throws a Problem when nothing was done; an outcome that nobody knows yet is a result with the state `unknown`. */
export const switchDnssec = (
  loaded: LoadedZone,
  on: boolean,
  confirm: Confirmation | undefined,
  asked: Actor,
): Promise<Switched> =>
  aloneIn(loaded, asked, async ({ zone, access }, actor) => {
    if (!access.manage)
      throw new Problem("forbidden", "That needs the right to manage this zone.", { missing: "manage" });
    const { provider } = connectionOf(zone);
    const { externalId } = zone;
    const signing = provider.signing;
    if (!signing || !externalId) throw new Problem("conflict", "DNSSEC of this zone is not switched in the panel.");
    await settleFirst(zone);
    const info = await asking(() => provider.zoneInfo(externalId));
    if (info.readOnly) throw new Problem("conflict", info.readOnly);
    const { wanted } = await asking(() => signing.status(externalId));
    if (wanted === on) throw new Problem("conflict", `DNSSEC is switched ${on ? "on" : "off"} already.`);
    if (!on) assertKnown(shownName(zone), await parentDs(zone.name), confirm);
    pace().signal.throwIfAborted();
    const entryId = transaction((tx) =>
      addEntry(tx, { zoneId: zone.id, kind: on ? "sign" : "unsign", plan: [], actor, sentAt: Date.now() }),
    );
    tellJournaled({ change: entryId, plan: [], revision: zone.revision });
    const { state, failure, signed } = await carryOut(signing, externalId, on);
    if (state === "unknown") noteGivenUp(entryId);
    const message = failure?.message ?? "";
    closeEntry({
      ...{ zone, entryId, plan: [], actor, asStaff: access.viaPlatform, state, message, read: null },
      ...(signed === undefined ? {} : { signed }),
    });
    if (failure && state !== "unknown") throw problemOf(failure, entryId);
    return { change: entryId, state, message };
  });

/** As long as the parent publishes a DS, nobody who validates believes a zone that is not signed. */
function assertKnown(name: string, parent: ParentDs, confirm: Confirmation | undefined): void {
  if (parent.state === "none") return;
  const needs: Confirmation = parent.state === "published" ? "ds_published" : "ds_unknown";
  if (confirm === needs) return;
  const hours = Math.ceil(parent.ttl / 3600);
  const message =
    needs === "ds_published"
      ? `The parent still publishes a DS record of ${name}. Without keys the domain then fails for everybody whose resolver validates. Have it removed at the registrar first, and wait ${hours <= 1 ? "an hour" : `${hours} hours`}.`
      : `Whether the parent still publishes a DS record of ${name} is not known: ${parent.problem}. If it does, the domain fails for everybody whose resolver validates.`;
  throw new Problem("confirm_required", message, { needs, ds: parent.ds });
}

async function carryOut(
  signing: Signing,
  externalId: string,
  on: boolean,
): Promise<{ state: EntryState; failure: ProviderError | null; signed?: boolean }> {
  try {
    await (on ? signing.enable(externalId) : signing.disable(externalId));
  } catch (error) {
    const failure = asProviderError(error);
    const states = { refused: "refused", not_sent: "not_applied", unknown: "unknown" } as const;
    return { state: states[failure.outcome], failure };
  }
  try {
    const { signed, wanted } = await signing.status(externalId);
    return { state: wanted === on ? "applied" : "unknown", failure: null, signed };
  } catch (error) {
    // A read that fails after the write says nothing of the write.
    return { state: "unknown", failure: asProviderError(error) };
  }
}
