/** Says in a sentence why Cloudflare refused a call. Its own texts are for programmers, and stay unseen. */
import type { Plan } from "../rrset.ts";
import { isObject, ownerName } from "./answers.ts";
import type { Batch } from "./cloudflare-batch.ts";
import { typeThere } from "./cloudflare-record.ts";
import { ProviderError } from "./provider.ts";

/** The errors of an answer, and what each has in its chain. */
export interface CloudflareFault {
  code: number;
  text: string;
  /** Where in the request, as a JSON pointer, if it says so. */
  pointer: string | undefined;
}

/** What another record of the name was in the way of; somebody else may have been faster. */
export const CLASHES: ReadonlySet<number> = new Set([81044, 81053, 81054, 81056, 81057, 81058]);

/** By code. The validation error 1004 only says that there is one; what is wrong stands in its chain. */
const REASONS: ReadonlyMap<number, string> = new Map([
  [81053, "an A, AAAA or CNAME record of this name is in the way."],
  [81054, "a CNAME of this name is in the way."],
  [81056, "the name is delegated (NS), so it can have no other records, or it has others and cannot be delegated."],
  [81057, "this record exists already."],
  [81058, "this record exists already."],
  [81044, "the record is no longer there."],
  [81045, "the zone has as many records as its plan at Cloudflare allows."],
  [9300, "the plan of this zone at Cloudflare allows no more tags."],
  [9301, "Cloudflare does not accept the tags."],
  [9005, "Cloudflare does not accept the content."],
  [9007, "Cloudflare does not accept the content."],
  [9021, "Cloudflare takes TTLs from 60 to 86,400 seconds (from 30 in Enterprise zones), or Auto."],
  [9041, "records of this kind cannot be proxied."],
]);

const CREDENTIALS: ReadonlyMap<number, string> = new Map([
  [9109, "The Cloudflare token may not do this: it does not have the permission, or not for this zone."],
  [10000, "Cloudflare did not accept the API token, or the token may not do this."],
  [6003, "Cloudflare cannot read the API token. Enter it again."],
  [6103, "Cloudflare cannot read the API token. Enter it again."],
  [6111, "Cloudflare cannot read the API token. Enter it again."],
]);

const ZONES: ReadonlyMap<number, string> = new Map([
  [1061, "Cloudflare already holds a zone of this name in this account. Link it instead."],
  [1097, "Cloudflare does not take this name as a zone."],
  [1049, "Cloudflare takes only registrable domains as zones; this is not one."],
  [1105, "Cloudflare has been asked to add this zone too often. Try again in a few hours."],
]);

/** Reads the envelope of an answer, whatever it is. */
export function faultsOf(body: unknown): CloudflareFault[] {
  const errors: unknown[] = isObject(body) && Array.isArray(body.errors) ? body.errors : [];
  const read = (error: unknown): CloudflareFault[] => {
    if (!isObject(error)) return [];
    const chain: unknown[] = Array.isArray(error.error_chain) ? error.error_chain : [];
    const source = isObject(error.source) ? error.source : {};
    const own = {
      code: typeof error.code === "number" ? error.code : 0,
      text: typeof error.message === "string" ? error.message : "",
      pointer: typeof source.pointer === "string" ? source.pointer : undefined,
    };
    return [own, ...chain.flatMap(read).map((link) => ({ ...link, pointer: link.pointer ?? own.pointer }))];
  };
  return errors.flatMap(read);
}

/** `status` is one of 400 to 499, but neither 408 nor 429. `batch` is what was sent, if it was records. */
export function refusal(status: number, faults: readonly CloudflareFault[], batch?: Batch): ProviderError {
  const code = (known: ReadonlyMap<number, string>) => faults.map((fault) => known.get(fault.code)).find(Boolean);
  const credentials = code(CREDENTIALS);
  if (credentials !== undefined || status === 401 || status === 403) {
    const message = credentials ?? "Cloudflare did not accept the API token, or the token may not do this.";
    return new ProviderError("refused", "provider_credentials", message);
  }
  if (batch === undefined) {
    if (status === 404 || faults.some((fault) => fault.code === 7003 || fault.code === 1001)) return notHeld();
    return new ProviderError("refused", "provider_refused", code(ZONES) ?? "Cloudflare refused this.");
  }
  const at = findNamed(faults, batch);
  if (at === undefined && faults.some((fault) => fault.code === 7003 || fault.code === 1001)) return notHeld();
  const what = at === undefined ? "the change" : `the change to ${at.name} ${at.type}`;
  const reason = code(REASONS);
  const message = reason === undefined ? `Cloudflare refused ${what}.` : `Cloudflare refused ${what}: ${reason}`;
  const options = at === undefined ? {} : { at: { name: at.name, type: at.type } };
  return new ProviderError("refused", "provider_refused", message, options);
}

export const notHeld = (): ProviderError =>
  new ProviderError(
    "refused",
    "provider_not_found",
    "Cloudflare does not hold this zone, or the token does not see it.",
  );

/** The change that an error is about: the only one, or the one that its pointer leads to. */
function findNamed(faults: readonly CloudflareFault[], batch: Batch): Plan[number] | undefined {
  if (batch.changes.length === 1) return batch.changes[0];
  for (const { pointer } of faults) {
    const [, list = "", index = ""] = /^\/?(deletes|patches|posts)\/(\d+)/.exec(pointer ?? "") ?? [];
    if (list === "deletes") {
      const id = batch.deletes[Number(index)]?.id;
      const holds = (change: Plan[number]) =>
        change.before?.records.some((record) => record.providerId?.split(" ").includes(id ?? "")) ?? false;
      return batch.changes.find(holds);
    }
    const operation = (list === "patches" ? batch.patches : batch.posts)[Number(index)];
    const named = batch.changes.find(
      (change) =>
        change.after !== null &&
        typeThere(change.type) === operation?.type &&
        change.name === ownerName(`${operation.name}.`),
    );
    if (list !== "" && named) return named;
  }
  return undefined;
}
