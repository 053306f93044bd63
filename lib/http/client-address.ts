/** Whose address a request comes from, where reverse proxies stand in between. */
import ipaddr from "ipaddr.js";

/**
 * The peer, or what trusted proxies say of it: X-Forwarded-For read from its end, as far as those who wrote it are
 * trusted. What stands to the left of somebody who is not trusted, or of what is no address, may be made up.
 */
export function clientAddress(peer: string, forwardedFor: string, trusted: readonly string[]): string {
  let nearest = plain(peer) ?? "127.0.0.1";
  for (const hop of forwardedFor.split(",").toReversed()) {
    if (!isTrusted(nearest, trusted)) return nearest;
    const address = plain(withoutPort(hop.trim()));
    if (address === null) return nearest;
    nearest = address;
  }
  return nearest;
}

/** Whether an entry of the list of trusted proxies can be understood: an address, or a network such as 10.0.0.0/8. */
export const isAddressOrNetwork = (entry: string): boolean => ipaddr.isValid(entry) || ipaddr.isValidCIDR(entry);

function isTrusted(address: string, trusted: readonly string[]): boolean {
  const parsed = ipaddr.process(address);
  return trusted.some((entry) => {
    const [base, bits] = ipaddr.isValidCIDR(entry) ? ipaddr.parseCIDR(entry) : [ipaddr.process(entry), null];
    if (base.kind() !== parsed.kind()) return false;
    return bits === null ? base.toString() === parsed.toString() : parsed.match([base, bits] as never);
  });
}

/** An IPv4 address inside an IPv6 one is the IPv4 address. */
const plain = (address: string): string | null =>
  ipaddr.isValid(address) && isWritten(address) ? ipaddr.process(address).toString() : null;

/** `7` and `0x7f.1` are IPv4 addresses too, as C reads them; no proxy writes them. */
const isWritten = (address: string): boolean => address.includes(":") || ipaddr.IPv4.isValidFourPartDecimal(address);

/** Some proxies name the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
const withoutPort = (hop: string): string =>
  /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;
