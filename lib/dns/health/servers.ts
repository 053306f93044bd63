/** What each authoritative server answers for a zone, beside what the panel has of it. */
import { findNameServer } from "../delegation.ts";
import { askServer, NoAnswer, type Server } from "../resolver.ts";
import type { RRset } from "../rrset.ts";
import type { Zone } from "../zones.ts";
import type { Compared } from "./sample.ts";

export interface ServerState {
  name: string;
  address: string;
  /** `lame`: it answers, but not for this zone. `barred`: it stands where the panel asks nobody. */
  state: "ok" | "lame" | "silent" | "barred" | "unknown";
  says: string;
  serial: number | null;
  /** Sets that it answers otherwise, of those that were asked. */
  differs: { name: string; type: string }[];
}

const MAX_HOSTS = 8;

export async function askServers(
  zone: Zone,
  hosts: readonly string[],
  sample: readonly RRset[],
  signal: AbortSignal,
): Promise<ServerState[]> {
  const found = await Promise.all(hosts.slice(0, MAX_HOSTS).map((host) => findNameServer(host, { signal })));
  const states = found.map(async ({ name, servers, barred }): Promise<ServerState[]> => {
    const none = { serial: null, differs: [] };
    if (servers.length + barred.length === 0)
      return [{ name, address: "", state: "unknown", says: "Its address was not found.", ...none }];
    const notAsked = barred.map((address) => ({ name, address, state: "barred" as const, says: BARRED, ...none }));
    return [...(await Promise.all(servers.map((server) => askOne(zone, name, server, sample, signal)))), ...notAsked];
  });
  return (await Promise.all(states)).flat();
}

const BARRED = "It is not on the public internet, so it was not asked.";

async function askOne(
  zone: Zone,
  name: string,
  server: Server,
  sample: readonly RRset[],
  signal: AbortSignal,
): Promise<ServerState> {
  const at = { name, address: server.host, serial: null, differs: [] };
  try {
    const soa = await askServer(server, { name: zone.name, type: "SOA" }, { signal });
    const [record] = soa.answers.filter((one) => one.type === "SOA" && one.name === zone.name);
    if (!record || !soa.authoritative)
      return { ...at, state: "lame", says: `It does not answer for this zone (${soa.rcode}).` };
    const serial = Number(record.content.split(" ")[2]);
    const differs: ServerState["differs"] = [];
    for (const set of sample) {
      const question = { name: set.name, type: set.type as Compared };
      const reply = await askServer(server, question, { signal });
      const there = reply.answers.filter((one) => one.name === set.name && one.type === set.type);
      const same = (list: readonly { content: string }[]) =>
        [...new Set(list.map((one) => one.content))].toSorted().join("\n");
      if (same(there) !== same(set.records)) differs.push({ name: set.name, type: set.type });
    }
    const says = differs.length > 0 ? `${differs.length} of ${sample.length} record sets are different there.` : "";
    return { ...at, state: "ok", says, serial, differs };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { ...at, state: "silent", says: `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.` };
  }
}
