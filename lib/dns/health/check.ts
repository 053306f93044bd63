/** One check of a zone: its records, its delegation, its servers, its keys; and in words what is wrong. */
import { asProviderError, connectionOf } from "../asking.ts";
import { type Delegation, delegationOf } from "../delegation.ts";
import { chainOf, parentDs } from "../dnssec/parent.ts";
import { inThread, LARGE } from "../large/thread.ts";
import { readMirrorNames } from "../mirror.ts";
import { isInZone } from "../name.ts";
import { NoAnswer } from "../resolver.ts";
import type { Zone } from "../zones.ts";
import { sampleOf } from "./sample.ts";
import { askServers, type ServerState } from "./servers.ts";
import { type Warnings, warningsOf } from "./warnings.ts";

export interface Trouble {
  code: string;
  severity: "bad" | "warn" | "info";
  /** What is wrong, why it matters, what to do. */
  what: string;
  why: string;
  todo: string;
}

export interface Health {
  troubles: Trouble[];
  warnings: Warnings;
  servers: ServerState[];
  /** How many record sets the servers were asked for, of how many. Null where none is asked. */
  compared: { sets: number; of: number } | null;
  /** Null: it could not be found out. */
  delegation: Pick<Delegation, "parent" | "nameServers"> | null;
}

/** All questions to other people's servers. */
const WITHIN_MS = 15_000;

export async function checkHealth(zone: Zone): Promise<Health> {
  const signal = AbortSignal.timeout(WITHIN_MS);
  const large = zone.recordCount > LARGE;
  const warnings = Promise.resolve(large ? inThread("warnings", { zone: zone.id }) : warningsOf(zone));
  // It may be refused before anybody looks at it.
  warnings.catch(() => {});
  if (zone.connection === "local") {
    const troubles = [
      say("not_served", "info", "No name server answers for this zone.", NOT_SERVED_WHY, NOT_SERVED_TODO),
    ];
    return { troubles, warnings: await warnings, servers: [], compared: null, delegation: null };
  }
  const at = readMirrorNames(zone.id, zone.name, [zone.name]);
  const own = (at.find(({ type }) => type === "NS")?.records ?? []).map(({ content }) => content).toSorted();
  const delegation = await delegationOf(zone.name, { signal, timeoutMs: 1500 }).catch(unanswered);
  const named = delegation instanceof NoAnswer ? [] : delegation.nameServers;
  const hosts = [...new Set([...named, ...own])];
  const { sets, of } = large ? await inThread("sample", { zone: zone.id }) : sampleOf(zone);
  const [servers, keys] = await Promise.all([askServers(zone, hosts, sets, signal), keyTroubles(zone)]);
  const troubles = [...delegationTroubles(zone, delegation, own), ...serverTroubles(servers, named), ...keys];
  const shown = delegation instanceof NoAnswer ? null : { parent: delegation.parent, nameServers: named };
  const compared = servers.some(({ state }) => state === "ok") ? { sets: sets.length, of } : null;
  return { troubles, warnings: await warnings, servers, compared, delegation: shown };
}

function unanswered(error: unknown): NoAnswer {
  if (error instanceof NoAnswer) return error;
  throw error;
}

const NOT_SERVED_WHY = "It is kept in the panel, so nobody on the internet can look it up.";
const NOT_SERVED_TODO = "Export it, or keep it at a connection.";

function delegationTroubles(zone: Zone, delegation: Delegation | NoAnswer, own: readonly string[]): Trouble[] {
  if (delegation instanceof NoAnswer)
    return [
      say(
        "delegation_unknown",
        "warn",
        `The delegation could not be looked up: ${delegation.message}.`,
        "Whether resolvers find this zone is not known.",
        "Check RESOLVER, and that the panel may send DNS queries; then check again.",
      ),
    ];
  const there = delegation.nameServers;
  if (there.length === 0)
    return [
      say(
        "not_delegated",
        "bad",
        `${bare(delegation.parent) || "The root"} does not delegate this zone.`,
        "Resolvers never ask its name servers, so nothing in it can be found.",
        `At the registrar, or in the zone above, enter ${list(own)} as name servers.`,
      ),
    ];
  const troubles: Trouble[] = [];
  const onlyThere = there.filter((host) => !own.includes(host));
  const onlyHere = own.filter((host) => !there.includes(host));
  if (onlyThere.length > 0)
    troubles.push(
      say(
        "ns_only_at_parent",
        "warn",
        `The parent names ${list(onlyThere)}, which the NS records of this zone do not.`,
        "Resolvers ask some servers first and others later, and see different answers where these differ.",
        "Make both the same: correct the NS records at the apex, or the name servers at the registrar.",
      ),
    );
  if (onlyHere.length > 0)
    troubles.push(
      say(
        "ns_only_here",
        "warn",
        `The NS records name ${list(onlyHere)}, which the parent does not.`,
        "These servers are asked late or never, so they help nobody when the others fail.",
        "Add them at the registrar, or take them out of the NS records.",
      ),
    );
  for (const host of there.filter((name) => isInZone(name, zone.name))) {
    const glue = delegation.glue.filter(({ name }) => name === host).map(({ address }) => address);
    const here = readMirrorNames(zone.id, zone.name, [host])
      .filter(({ type }) => type === "A" || type === "AAAA")
      .flatMap(({ records }) => records.map(({ content }) => content));
    if (glue.length === 0)
      troubles.push(
        say(
          "glue_missing",
          "bad",
          `The parent gives no address for ${bare(host)}, which is in this zone itself.`,
          "To find that server resolvers would have to ask it first.",
          `Enter its addresses (${here.join(", ") || "none are in this zone either"}) as glue at the registrar.`,
        ),
      );
    else if (glue.some((address) => !here.includes(address)))
      troubles.push(
        say(
          "glue_differs",
          "warn",
          `The parent says that ${bare(host)} is at ${glue.join(", ")}; this zone says ${here.join(", ") || "nothing"}.`,
          "Some resolvers ask at the wrong address.",
          "Correct the glue at the registrar, or the address records here.",
        ),
      );
  }
  return troubles;
}

function serverTroubles(servers: readonly ServerState[], named: readonly string[]): Trouble[] {
  const troubles = servers.flatMap((server) => {
    const who = server.address ? `${bare(server.name)} (${server.address})` : bare(server.name);
    const used = named.includes(server.name);
    const severity = used ? ("bad" as const) : ("warn" as const);
    if (server.state === "lame")
      return say(
        "lame",
        severity,
        `${who} does not answer for this zone.`,
        "Whoever is sent there gets no answer, and every lookup that starts there is slow or fails.",
        "Set the zone up on that server, or take the server out of the delegation and the NS records.",
      );
    if (server.state === "silent")
      return say(
        "silent",
        severity,
        `${who} gave no answer. ${server.says}`,
        "Lookups that start there wait until they time out.",
        "Check that the server runs and that port 53 is open for UDP and TCP.",
      );
    if (server.state === "unknown")
      return say(
        "no_address",
        severity,
        `${who} has no address.`,
        "Nobody can ask a server that nobody finds.",
        "Add an address record for it, or take it out.",
      );
    if (server.differs.length > 0)
      return say(
        "differs",
        "warn",
        `${who} answers otherwise for ${server.differs.map(({ name, type }) => `${bare(name)} ${type}`).join(", ")}.`,
        "What people see depends on the server that their resolver asks.",
        "If a change was made just now, check again shortly. Otherwise see why this server has not taken it over.",
      );
    return [];
  });
  const serials = new Set(servers.flatMap(({ serial }) => (serial === null ? [] : [serial])));
  if (serials.size > 1)
    troubles.push(
      say(
        "serials",
        "warn",
        `The servers have different serials: ${[...serials].toSorted((a, b) => a - b).join(", ")}.`,
        "Some of them have not taken over the last change.",
        "If a change was made just now, check again shortly. Otherwise see why the transfer does not happen.",
      ),
    );
  return troubles;
}

async function keyTroubles(zone: Zone): Promise<Trouble[]> {
  const { signing } = connectionOf(zone).provider;
  if (!signing || !zone.externalId) return [];
  const externalId = zone.externalId;
  try {
    const [status, parent] = await Promise.all([signing.status(externalId), parentDs(zone.name)]);
    const chain = chainOf(status.signed, status.ds, parent);
    if (chain === "broken")
      return [
        say(
          "chain_broken",
          "bad",
          "The parent publishes DS records that fit no key of this zone.",
          "The domain fails for everybody whose resolver validates.",
          "See the tab DNSSEC, and correct the DS records at the registrar.",
        ),
      ];
    if (chain === "waiting")
      return [
        say(
          "chain_waiting",
          "warn",
          "The zone is signed, but the parent publishes no DS record.",
          "Resolvers cannot know that it is, so forged answers are not noticed.",
          "See the tab DNSSEC for what to give the registrar.",
        ),
      ];
    return [];
  } catch (error) {
    const { message } = asProviderError(error);
    return [say("keys_unknown", "info", "DNSSEC could not be looked at.", message, "Check again later.")];
  }
}

const say = (code: string, severity: Trouble["severity"], what: string, why: string, todo: string): Trouble => ({
  code,
  severity,
  what,
  why,
  todo,
});

const bare = (name: string): string => name.replace(/\.$/, "");
const list = (names: readonly string[]): string => names.map(bare).join(", ");
