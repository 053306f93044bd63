/** Digests that name a record and a state of an RRset. On the server only. */
import { hash } from "node:crypto";
import { comparedRecords } from "./plan.ts";
import type { RRset } from "./rrset.ts";
import { soaWithoutSerial } from "./types/soa.ts";

/**
 * The id of one record: 22 characters (132 bits) of base64url, the same wherever name, type and canonical rdata are.
 */
export const recordId = (name: string, type: string, content: string): string =>
  digest([name, type, type === "SOA" ? soaWithoutSerial(content) : content]);

/** The state of an RRset as a plan compares it: 22 characters; `null`, that there is none, has a hash of its own. */
export const rrsetHash = (set: RRset | null): string =>
  digest(set === null ? "none" : [set.name, set.type, set.ttl, comparedRecords(set)]);

const digest = (value: unknown): string => hash("sha256", JSON.stringify(value), "base64url").slice(0, 22);
