/** Where a zone is delegated to: asked of its parent's own name servers, which the resolvers find. */
import type { RecordType } from "dns-packet";
import { env } from "#lib/env.ts";
import { isReachable } from "#lib/http/reachable.ts";
import { isBelow, labelsOf } from "./name.ts";
import { type Asking, askServer, NoAnswer, type Reply, resolve, type Server } from "./resolver.ts";
import type { WireRecord } from "./wire-content.ts";

export interface Delegation {
  /** The zone above. */
  parent: string;
  /** Host names, sorted; empty: it is not delegated. */
  nameServers: string[];
  /** Addresses that the parent gives along with them. */
  glue: { name: string; address: string }[];
}

/** A host that the zone or its parent names as name server, with the addresses that it may be asked at. */
export interface NameServer {
  name: string;
  servers: Server[];
  /** Addresses that are not asked, because they are of no public network and of none that is allowed. */
  barred: string[];
}

/** Hosts of a parent that are tried, and addresses of each. */
const MAX_HOSTS = 4;
const MAX_ADDRESSES = 3;

/** What the parent says. Throws NoAnswer where none of its name servers does. */
export async function delegationOf(apex: string, asking: Asking = {}): Promise<Delegation> {
  const parent = await zoneAbove(apex, asking);
  let failure = new NoAnswer(`no name server of ${shown(parent)} could be asked`);
  for (const host of (await namesOf(parent, asking)).slice(0, MAX_HOSTS)) {
    const { servers } = await findNameServer(host, asking);
    for (const server of servers) {
      try {
        const reply = await askServer(server, { name: apex, type: "NS" }, asking);
        if (reply.rcode !== "NOERROR" && reply.rcode !== "NXDOMAIN") throw new NoAnswer(`it said ${reply.rcode}`);
        return delegationIn(reply, apex, parent);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        failure = new NoAnswer(`${host.replace(/\.$/, "")}, a name server of ${shown(parent)}: ${error.message}`);
      }
    }
  }
  throw failure;
}

/** The addresses of a host, as the resolvers find them, and which of them may be asked. */
export async function findNameServer(name: string, asking: Asking = {}): Promise<NameServer> {
  const replies = await Promise.all(
    (["A", "AAAA"] as const).map((type) =>
      resolve({ name, type }, asking).catch((error) => {
        if (error instanceof NoAnswer) return null;
        throw error;
      }),
    ),
  );
  const addresses = replies.flatMap((reply) => (reply ? of(reply.answers, ["A", "AAAA"]) : []));
  return { name, ...reachable([...new Set(addresses.map(({ content }) => content))]) };
}

/** A name server is asked where anybody put it by writing a record: at no address that the panel alone can reach. */
export function reachable(addresses: readonly string[]): Pick<NameServer, "servers" | "barred"> {
  const { networks, port } = env().nameServers;
  const allowed = addresses.filter((address) => isReachable(address, networks));
  return {
    servers: allowed.slice(0, MAX_ADDRESSES).map((host) => ({ host, port })),
    barred: addresses.filter((address) => !allowed.includes(address)),
  };
}

/** The zone that the name above the apex is in. */
async function zoneAbove(apex: string, asking: Asking): Promise<string> {
  const above = `${labelsOf(apex).slice(1).join(".")}.`;
  const reply = await resolve({ name: above, type: "SOA", unchecked: true }, asking);
  const [own] = of(reply.answers, ["SOA"]).filter(({ name }) => name === above);
  const [around] = of(reply.authorities, ["SOA"]).filter(({ name }) => name === "." || isBelow(above, name));
  const parent = own?.name ?? around?.name;
  if (parent === undefined) throw new NoAnswer(`the zone above ${shown(apex)} was not found`);
  return parent;
}

async function namesOf(zone: string, asking: Asking): Promise<string[]> {
  const reply = await resolve({ name: zone, type: "NS", unchecked: true }, asking);
  return of(reply.answers, ["NS"]).map(({ content }) => content);
}

/** A referral, or the answer of a server that has both zones. */
function delegationIn(reply: Reply, apex: string, parent: string): Delegation {
  const sets = of([...reply.answers, ...reply.authorities], ["NS"]).filter(({ name }) => name === apex);
  const nameServers = [...new Set(sets.map(({ content }) => content))].toSorted();
  const glue = of(reply.additionals, ["A", "AAAA"])
    .filter(({ name }) => nameServers.includes(name))
    .map(({ name, content }) => ({ name, address: content }));
  return { parent, nameServers, glue };
}

const of = (records: readonly WireRecord[], types: readonly RecordType[]): WireRecord[] =>
  records.filter(({ type }) => (types as readonly string[]).includes(type));

const shown = (name: string): string => (name === "." ? "the root" : name.replace(/\.$/, ""));
