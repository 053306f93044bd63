/** The warnings about a zone as it is: those of a plan that makes all of it. */
import { connectionOf } from "../asking.ts";
import { readMirror } from "../mirror.ts";
import { makePlan } from "../plan.ts";
import { rrsetKey } from "../rrset.ts";
import { checkZone, type Finding } from "../rules.ts";
import type { Zone } from "../zones.ts";

/** How many are kept; the rest is a number. */
const MOST = 100;

export interface Warnings {
  findings: Finding[];
  more: number;
}

export function warningsOf(zone: Zone): Warnings {
  const rrsets = readMirror(zone.id);
  const plan = makePlan([], rrsets, { scope: new Set(rrsets.map(rrsetKey)), apex: zone.name });
  const { capabilities } = connectionOf(zone).provider;
  const read = new Set(rrsets.flatMap(({ name }) => [name, `_dmarc.${name}`]));
  const { warnings } = checkZone({ apex: zone.name, current: [], plan, capabilities, read });
  return { findings: warnings.slice(0, MOST), more: Math.max(0, warnings.length - MOST) };
}
