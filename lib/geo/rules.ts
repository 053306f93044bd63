/** What people of a country may do here. Pure. */
import ipaddr from "ipaddr.js";

/** Each takes away what those before it do: registering, signing in, everything. */
export const LEVELS = ["allow", "register", "sign-in", "block"] as const;
export type Level = (typeof LEVELS)[number];

/** `de:block`; `unknown`: addresses that no country is known of; `other`: every country that has no rule of its own. */
export const RULE = /^([a-z]{2}|unknown|other):(allow|register|sign-in|block)$/;

const names = new Intl.DisplayNames("en-GB", { type: "region", fallback: "none" });

export const countryName = (code: string): string | undefined => names.of(code.toUpperCase());

/** Whether a rule can be understood, and its country is one. */
export function isRule(text: string): boolean {
  const [, place = ""] = RULE.exec(text) ?? [];
  return place !== "" && (place.length > 2 || countryName(place) !== undefined);
}

/** What holds for a country; null: it is not known. Without a rule everything is open, also for whom no country is known. */
export function levelFor(country: string | null, rules: readonly string[]): Level {
  const of = new Map(rules.map((rule) => rule.split(":") as [string, Level]));
  if (country === null) return of.get("unknown") ?? "allow";
  return of.get(country.toLowerCase()) ?? of.get("other") ?? "allow";
}

/** False: an address of this machine, of the operator's own networks, or nobody's. No country has them, and none is shut out. */
export const isEverybodys = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(meant(address)).range() === "unicast";

/** Networks whose addresses hold an IPv4 address, and where. Their hosts are where that is. */
const HOLDERS: Readonly<Record<string, (octets: readonly number[]) => number[]>> = {
  "6to4": (octets) => octets.slice(2, 6),
  // The client's, with all bits turned (RFC 4380, section 4).
  teredo: (octets) => octets.slice(12).map((octet) => 255 - octet),
  rfc6052: (octets) => octets.slice(12),
  rfc6145: (octets) => octets.slice(12),
};

/** What an IPv6 address that is made of an IPv4 one stands for; any other is itself. */
export function meant(address: string): string {
  const parsed = ipaddr.process(address);
  const held = HOLDERS[parsed.range()];
  return held ? new ipaddr.IPv4(held(parsed.toByteArray())).toString() : parsed.toString();
}
