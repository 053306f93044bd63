/** Looks for proof of control in the DNS: a TXT record, or a delegation to the name servers that a claim was assigned. */
import { type Delegation, delegationOf } from "../delegation.ts";
import { NoAnswer, resolve } from "../resolver.ts";
import { contentToText } from "../types/txt.ts";

/** What one look found, in sentences for people. */
export interface Found {
  proof: "txt" | "delegation" | null;
  txt: string;
  delegation: string;
  /** It was seen delegated elsewhere, or not at all. */
  elsewhere: boolean;
}

export interface Sought {
  /** The apex. */
  name: string;
  txt: string;
  /** Empty: a delegation proves nothing. */
  nameservers: readonly string[];
  /** The name was seen delegated elsewhere since the claim was made. */
  wasElsewhere: boolean;
  /** Somebody else asks for it too, and was told of the same name servers. */
  shared: boolean;
}

/** All of a look. */
const WITHIN_MS = 9_000;

export const proofName = (apex: string): string => `_zonegate.${apex}`;

export async function lookForProof(sought: Sought): Promise<Found> {
  const signal = AbortSignal.timeout(WITHIN_MS);
  const [txt, delegation] = await Promise.all([
    findTxt(sought, signal),
    sought.nameservers.length > 0 ? findDelegation(sought, signal) : { proves: false, elsewhere: false, says: "" },
  ]);
  return {
    proof: txt.proves ? "txt" : delegation.proves ? "delegation" : null,
    txt: txt.says,
    delegation: delegation.says,
    elsewhere: delegation.elsewhere,
  };
}

/**
 * The record has to stand at that very name. Through an alias it could be somebody else's: a wildcard that points to a
 * service where everybody writes their own records proves nothing about the domain.
 */
async function findTxt({ name, txt }: Sought, signal: AbortSignal): Promise<{ proves: boolean; says: string }> {
  const at = proofName(name);
  try {
    const { rcode, answers } = await resolve({ name: at, type: "TXT" }, { signal });
    if (answers.some(({ type, name: owner }) => owner === at && type === "CNAME"))
      return { proves: false, says: "There is a CNAME at this name. The TXT record has to stand there itself." };
    const texts = answers.filter(({ type, name: owner }) => owner === at && type === "TXT");
    if (texts.some(({ content }) => contentToText(content)?.trim() === txt)) return { proves: true, says: "Found." };
    if (texts.length > 0)
      return { proves: false, says: "There is a TXT record at this name, but it has another value." };
    if (rcode === "NXDOMAIN" || rcode === "NOERROR")
      return { proves: false, says: "There is no TXT record at this name yet." };
    return { proves: false, says: `The resolver could not find out (${rcode}).` };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { proves: false, says: `The resolver could not be asked: ${error.message}.` };
  }
}

async function findDelegation(sought: Sought, signal: AbortSignal) {
  let delegation: Delegation;
  try {
    delegation = await delegationOf(sought.name, { signal, timeoutMs: 1500 });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { proves: false, elsewhere: false, says: `The delegation could not be looked up: ${error.message}.` };
  }
  const there = delegation.nameServers.toSorted().join(" ") === sought.nameservers.toSorted().join(" ");
  if (!there) {
    const [first, ...more] = delegation.nameServers.map((name) => name.replace(/\.$/, ""));
    const says =
      first === undefined
        ? "The domain is not delegated yet."
        : `The domain is delegated to ${first}${more.length > 0 ? ` and ${more.length} more` : ""}.`;
    return { proves: false, elsewhere: true, says };
  }
  if (!sought.wasElsewhere)
    return {
      proves: false,
      elsewhere: false,
      says: "The domain was delegated to these already, which does not show who asks now. Publish the TXT record.",
    };
  if (sought.shared)
    return {
      proves: false,
      elsewhere: false,
      says: "Somebody else asks for this domain with the same name servers. Publish the TXT record.",
    };
  return { proves: true, elsewhere: false, says: "The domain is delegated to these." };
}
