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

/** Addresses of this machine, of the operator's own networks, and what is nobody's: no country has them, and none is shut out. */
export const isEverybodys = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === "unicast";
