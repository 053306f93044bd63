/**
 * What the panel asks of whoever keeps a zone. The local store, PowerDNS and Cloudflare each implement it; nothing above
 * this line knows which one it speaks to.
 */
import type { Plan, RRset } from "../rrset.ts";
import type { Caller } from "./caller.ts";

export interface ProviderCapabilities {
  kind: "local" | "powerdns" | "cloudflare";
  /** Record types that can be written here. */
  types: ReadonlySet<string>;
  /** Types without a name too, as TYPE65280 and the like, with their octets (RFC 3597). */
  genericTypes?: boolean;
  /** `auto` is a TTL here. */
  autoTtl: boolean;
  minTtl: number;
  maxTtl: number;
  disabled: boolean;
  comments: boolean;
  proxied: boolean;
  tags: boolean;
  /** What it keeps as a CNAME at the apex, and answers with addresses, is an ALIAS here. */
  flattensApex: boolean;
  /** The SOA's fields (other than the serial) and the apex NS can be edited. */
  editableSoa: boolean;
  editableApexNs: boolean;
  /** New zones can be made here. Without it, zones that exist here already are linked. */
  createsZones: boolean;
}

export const keepsType = ({ types, genericTypes }: ProviderCapabilities, type: string): boolean =>
  types.has(type) || (genericTypes === true && /^TYPE\d+$/.test(type));

/** What the provider says of a zone without its records. */
export interface ZoneInfo {
  /** The provider's own id of the zone. */
  externalId: string;
  /** Absolute apex name. */
  name: string;
  /** Something that moves when the zone moves (PowerDNS `edited_serial`). It can prove a change, never its absence. */
  version: string | null;
  serial: number | null;
  status: "active" | "pending" | "error";
  statusMessage?: string;
  /** Why nothing can be written (a secondary zone, say), if so. */
  readOnly?: string;
  dnssec?: boolean;
  /** The name servers that the provider assigned to the zone, absolute, where it chooses them (Cloudflare). */
  nameservers?: string[];
}

/** Why nothing can be written to a zone that its provider has from elsewhere. */
export const heldAsSecondary = (provider: string): string =>
  `${provider} holds this zone as a secondary: its records come from the primary, and have to be changed there.`;

/** The same where the token of the connection may read and not write. */
export const TOKEN_ONLY_READS =
  "The token of this connection may read the records of this zone at Cloudflare, but not change them.";

/** Record sets, with what the zone was when they were read. */
export interface ZoneRead {
  info: ZoneInfo;
  rrsets: RRset[];
}

export interface NewZone {
  name: string;
  /** Absolute host names for the apex NS, where the provider lets one choose. */
  nameservers: string[];
  /** RNAME of the SOA, as a domain name. */
  hostmaster: string;
}

/** What this provider would refuse of a plan, besides what its capabilities say. `field` is the input it is about. */
export interface ProviderObjection {
  code: string;
  name: string;
  type: string;
  message: string;
  field?: "name" | "type" | "ttl" | "content";
}

/** Where somebody's next call stands among those that wait. */
export interface CallPlace {
  /** Calls that come before it. */
  ahead: number;
  /** When it can be made as far as is known now, in milliseconds since 1970. */
  opensAt: number;
}

/** How busy a provider is that takes only so many calls in a time. */
export interface ProviderLoad {
  /** Calls that wait for their turn. */
  waiting: number;
  /** Calls of the last `windowMs`, and how many there may be. */
  used: number;
  limit: number;
  windowMs: number;
  /** Until when it takes no call at all, in milliseconds since 1970, or null. */
  pausedUntil: number | null;
}

/** `steps`: how many calls the plan takes. More than one is not atomic. */
export interface ApplyPreview {
  steps: number;
}

export interface SigningKey {
  id: string;
  /** `csk` does the work of both others. */
  role: "csk" | "ksk" | "zsk";
  /** Its mnemonic. */
  algorithm: string;
  bits: number | null;
  active: boolean;
  published: boolean;
}

/** What the provider says of the signing of a zone. */
export interface SigningStatus {
  signed: boolean;
  /** Whether it is to be: a provider that was told to stop may go on signing until the parent no longer speaks of keys. */
  wanted: boolean;
  keys: SigningKey[];
  /** What belongs at the parent, in presentation form. */
  ds: string[];
  dnskeys: string[];
}

/** Errors are a ProviderError, whose `outcome` says what is known. */
export interface Signing {
  status(externalId: string): Promise<SigningStatus>;
  enable(externalId: string): Promise<void>;
  /** Takes the keys with it. */
  disable(externalId: string): Promise<void>;
}

export interface Provider {
  readonly capabilities: ProviderCapabilities;
  /** Zones that this connection holds, by name. */
  findZone(name: string): Promise<ZoneInfo | null>;
  /** The zones at, above or below a name that this connection holds. */
  relatedZones(name: string): Promise<string[]>;
  createZone(zone: NewZone): Promise<ZoneInfo>;
  deleteZone(externalId: string): Promise<void>;
  /** The zone's info, without its records. */
  zoneInfo(externalId: string): Promise<ZoneInfo>;
  /** Everything in the zone, in canonical form. */
  readZone(externalId: string): Promise<ZoneRead>;
  /** All types at these owner names, in canonical form; `below` adds what is at and underneath those. */
  readNames(externalId: string, names: readonly string[], options?: { below?: readonly string[] }): Promise<ZoneRead>;
  /** How the plan would be sent to this zone. */
  preview(plan: Plan, externalId: string): ApplyPreview;
  /** What of the plan would be refused, as far as it is known without asking. */
  objections?(externalId: string, plan: Plan): ProviderObjection[];
  /** DNSSEC, where the provider signs. */
  signing?: Signing;
  /** How busy it is, where calls are counted. */
  load?(): ProviderLoad;
  /** Where the next call of a caller stands, where calls take turns; null if none of theirs waits. */
  placeOf?(caller: Caller): CallPlace | null;
  /**
   * Sends the plan, step by step. `onStep` is called when step n (from 1) has been confirmed.
   * Throws a ProviderError; its `outcome` says what is known about the step that failed.
   */
  apply(externalId: string, plan: Plan, onStep?: (step: number) => void): Promise<void>;
}

/**
 * - `refused`: the provider understood and said no; nothing of this step is stored
 * - `not_sent`: it was never reached; nothing of this step is stored
 * - `unknown`: it may or may not have happened (no answer, 5xx, garbage)
 */
export type ProviderOutcome = "refused" | "not_sent" | "unknown";

/** `code` is for the API, the message a sentence for people: never the provider's own text with secrets or stack in it. */
export class ProviderError extends Error {
  readonly outcome: ProviderOutcome;
  readonly code:
    | "provider_refused"
    | "provider_unreachable"
    | "provider_timeout"
    | "provider_failed"
    | "provider_credentials"
    | "provider_not_found"
    | "provider_rate_limited";
  /** The record the refusal is about, if known. */
  readonly at: { name: string; type: string } | undefined;
  /** The provider is through with it, though nobody knows how: what it holds from now on is what became of it. */
  readonly over: boolean;

  constructor(
    outcome: ProviderOutcome,
    code: ProviderError["code"],
    message: string,
    options: { at?: { name: string; type: string }; cause?: unknown; over?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "ProviderError";
    this.outcome = outcome;
    this.code = code;
    this.at = options.at;
    this.over = options.over ?? false;
  }
}
