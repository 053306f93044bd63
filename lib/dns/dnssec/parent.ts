/** What the parent says of a zone's keys, and whether that fits the keys there are. */
import { NoAnswer, resolve } from "../resolver.ts";
import { canonicalContent } from "../types/index.ts";

export interface ParentDs {
  state: "published" | "none" | "unknown";
  /** In presentation form. */
  ds: string[];
  /** Seconds that resolvers may remember them. */
  ttl: number;
  /** Why it is not known. */
  problem: string | null;
}

/** Asked of the resolvers, also where the chain is broken. */
export async function parentDs(apex: string): Promise<ParentDs> {
  const unknown = (problem: string): ParentDs => ({ state: "unknown", ds: [], ttl: 0, problem });
  try {
    const asking = { signal: AbortSignal.timeout(6000), timeoutMs: 2000, tries: 2 };
    const { rcode, answers } = await resolve({ name: apex, type: "DS", unchecked: true }, asking);
    if (rcode !== "NOERROR" && rcode !== "NXDOMAIN") return unknown(`the resolver said ${rcode}`);
    const found = answers.filter(({ name, type }) => name === apex && type === "DS");
    const ttl = Math.max(0, ...found.map((record) => record.ttl));
    return {
      state: found.length > 0 ? "published" : "none",
      ds: found.map(({ content }) => content),
      ttl,
      problem: null,
    };
  } catch (error) {
    if (error instanceof NoAnswer) return unknown(error.message);
    throw error;
  }
}

/**
 * - `unsigned`: not signed, and the parent says nothing
 * - `waiting`: signed, and the parent does not say so yet
 * - `secure`: signed, and the parent names one of the keys
 * - `broken`: the parent names keys that are not there, so validating resolvers refuse every answer
 */
export type Chain = "unsigned" | "waiting" | "secure" | "broken" | "unknown";

export function chainOf(signed: boolean, own: readonly string[], parent: ParentDs): Chain {
  if (parent.state === "unknown") return "unknown";
  if (parent.state === "none") return signed ? "waiting" : "unsigned";
  const keys = new Set(own.map(keyOfDs));
  return signed && parent.ds.some((ds) => keys.has(keyOfDs(ds))) ? "secure" : "broken";
}

/** Digests in any case, with or without spaces. */
const keyOfDs = (ds: string): string => {
  const canonical = canonicalContent("DS", ds, ".");
  return (canonical.ok ? canonical.value : ds).toLowerCase();
};
