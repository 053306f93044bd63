/** A provider in this process: zones in a map, a few RRsets a call, and nothing that undoes a call when the next one fails. */
import { isBelow } from "#lib/dns/name.ts";
import { type Provider, ProviderError, type ZoneInfo } from "#lib/dns/providers/provider.ts";
import { type Plan, type RRset, rrsetKey } from "#lib/dns/rrset.ts";

/** How many RRsets go with one call. */
const A_CALL = 3;

export function memoryProvider(): Provider {
  const zones = new Map<string, Map<string, RRset>>();
  const info = (name: string): ZoneInfo => ({ externalId: name, name, version: null, serial: 1, status: "active" });
  const held = (id: string): Map<string, RRset> => {
    const zone = zones.get(id);
    if (!zone) throw new ProviderError("refused", "provider_not_found", "There is no such zone.");
    return zone;
  };
  const copy = (sets: Iterable<RRset>): RRset[] => structuredClone([...sets]);
  const calls = (plan: Plan): Plan[] =>
    Array.from({ length: Math.ceil(plan.length / A_CALL) }, (_, n) => plan.slice(n * A_CALL, (n + 1) * A_CALL));
  return {
    capabilities: {
      kind: "powerdns",
      types: new Set(["A", "AAAA", "CNAME", "MX", "NS", "SOA", "TXT"]),
      autoTtl: false,
      minTtl: 0,
      maxTtl: 2_147_483_647,
      disabled: false,
      comments: false,
      proxied: false,
      tags: false,
      flattensApex: false,
      editableSoa: true,
      editableApexNs: true,
      createsZones: true,
    },
    findZone: async (name) => (zones.has(name) ? info(name) : null),
    relatedZones: async (name) =>
      [...zones.keys()].filter((other) => other === name || isBelow(other, name) || isBelow(name, other)),
    createZone: async ({ name, nameservers, hostmaster }) => {
      if (zones.has(name)) throw new ProviderError("refused", "provider_refused", "This zone exists.");
      const first: RRset[] = [
        {
          name,
          type: "SOA",
          ttl: 3600,
          records: [{ content: `${nameservers[0]} ${hostmaster} 1 10800 3600 604800 3600` }],
        },
        { name, type: "NS", ttl: 3600, records: nameservers.toSorted().map((content) => ({ content })) },
      ];
      zones.set(name, new Map(first.map((set) => [rrsetKey(set), set])));
      return info(name);
    },
    deleteZone: async (id) => {
      held(id);
      zones.delete(id);
    },
    zoneInfo: async (id) => {
      held(id);
      return info(id);
    },
    readZone: async (id) => ({ info: info(id), rrsets: copy(held(id).values()) }),
    readNames: async (id, names, { below = [] } = {}) => {
      const asked = ({ name }: RRset) =>
        names.includes(name) || below.some((above) => name === above || isBelow(name, above));
      return { info: info(id), rrsets: copy([...held(id).values()].filter(asked)) };
    },
    preview: (plan) => ({ steps: calls(plan).length }),
    apply: async (id, plan, onStep) => {
      for (const [index, call] of calls(plan).entries()) {
        const zone = held(id);
        for (const change of call) {
          if (change.after) zone.set(rrsetKey(change), structuredClone(change.after));
          else zone.delete(rrsetKey(change));
        }
        onStep?.(index + 1);
      }
    },
  };
}
