/** Addresses and networks, as people write them and as requests come from them. */
import ipaddr from "ipaddr.js";

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** An address or CIDR block in canonical form, without host bits; null if it is neither. */
export function canonicalNetwork(text: string): string | null {
  const range = rangeOf(text.trim());
  if (range === null) return null;
  const [address, bits] = range;
  const octets = address
    .toByteArray()
    .map((octet, index) => octet & (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))));
  const network = ipaddr.fromByteArray(octets).toString();
  return bits === octets.length * 8 ? network : `${network}/${bits}`;
}

/** Whether one of the networks has the address. An IPv4 address in an IPv6 one (RFC 4291 §2.5.5.2) is that IPv4 address. */
export function inNetworks(address: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return networks.some((network) => has(rangeOf(network), parsed));
}

/** Whether every address of the network is in one of the others. */
export function withinNetworks(network: string, others: readonly string[]): boolean {
  const inner = rangeOf(network);
  if (inner === null) return false;
  return others.some((other) => {
    const outer = rangeOf(other);
    return outer !== null && outer[1] <= inner[1] && has(outer, inner[0]);
  });
}

const has = (range: Range | null, address: ipaddr.IPv4 | ipaddr.IPv6): boolean =>
  range !== null && range[0].kind() === address.kind() && address.match(range[0] as never, range[1]);

function rangeOf(text: string): Range | null {
  const [address = "", bits, ...more] = text.split("/");
  if (more.length > 0 || !(ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address))) return null;
  const written = ipaddr.parse(address);
  const parsed = ipaddr.process(address);
  const most = written.kind() === "ipv6" ? 128 : 32;
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most)) return null;
  const mapped = most - (parsed.kind() === "ipv6" ? 128 : 32);
  const length = Number(bits ?? most) - mapped;
  return length < 0 ? null : [parsed, length];
}
