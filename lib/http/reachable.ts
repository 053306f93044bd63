/** Which addresses the panel calls for somebody who typed a URL. Pure but for what this machine's own addresses are. */
import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";
import { inNetworks } from "#lib/networks.ts";

/** What no list of networks opens: nobody's service has these, and some hand out credentials to whoever asks. */
const NEVER = new Set(["unspecified", "broadcast", "linkLocal", "multicast"]);
const METADATA = [
  "100.100.100.200", // Alibaba Cloud
  "168.63.129.16", // Azure
  "192.0.0.192", // Oracle Cloud
  "fd00:ec2::254", // AWS
  "fd20:ce::254", // Google Cloud
];
const NAT64 = "64:ff9b::/96";

/** Whether the address may be called: a public one, or one in the networks that are open to the caller. */
export function isReachable(address: string, networks: readonly string[]): boolean {
  const question = JSON.stringify([address, networks]);
  const known = answers.get(question);
  if (known !== undefined) return known;
  if (answers.size >= ANSWERS) answers.clear();
  const answer = judge(address, networks);
  answers.set(question, answer);
  return answer;
}

/** The same addresses are called again and again, and to read one takes longer than most of a call does. */
const answers = new Map<string, boolean>();
const ANSWERS = 5000;

function judge(address: string, networks: readonly string[]): boolean {
  const parsed = meant(address);
  if (parsed === null) return false;
  const text = parsed.toString();
  const range = parsed.range();
  if (NEVER.has(range) || inNetworks(text, METADATA)) return false;
  // Outside 2000::/3 nothing is assigned to anybody's hosts (RFC 4291 §2.4), whatever a later registry makes of it.
  const everyones = range === "unicast" && (parsed.kind() === "ipv4" || inNetworks(text, ["2000::/3"]));
  return everyones || inNetworks(text, networks);
}

/** Whether this machine itself has the address. */
export function isOwnAddress(address: string): boolean {
  const parsed = meant(address);
  if (parsed === null) return false;
  if (["loopback", "unspecified"].includes(parsed.range())) return true;
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map((one) => one.address) ?? []);
  return inNetworks(parsed.toString(), own.map(withoutScope));
}

/** An IPv4 address that is written inside an IPv6 one is that IPv4 address (RFC 4291 §2.5.5, RFC 6052 §2.1). */
function meant(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const plain = withoutScope(address);
  if (!ipaddr.isValid(plain)) return null;
  const parsed = ipaddr.process(plain);
  if (parsed.kind() === "ipv6" && inNetworks(plain, [NAT64])) return new ipaddr.IPv4(parsed.toByteArray().slice(-4));
  return parsed;
}

const withoutScope = (address: string): string => address.replace(/%.*$/, "");
