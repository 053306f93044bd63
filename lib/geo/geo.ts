/** Where a request comes from, and what is open to those who are there. The list of countries is read once there is a rule. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { Reader } from "mmdb-lib";
import { Problem } from "#lib/api/errors.ts";
import { setting } from "#lib/settings/settings.ts";
import { singleton } from "#lib/singleton.ts";
import { countryName, isEverybodys, LEVELS, type Level, levelFor, meant } from "./rules.ts";

/** Published into the public domain (CC0), one file for both families. */
const FILE = ["node_modules", "@ip-location-db", "geo-whois-asn-country-mmdb", "geo-whois-asn-country.mmdb"];

interface Found {
  country_code?: string;
}

const countries = () => singleton("countries", () => new Reader(readFileSync(path.join(process.cwd(), ...FILE))));

/** Two letters; null where it is not known. */
export const countryOf = (address: string): string | null => {
  // The library knows the shapes of other makers.
  const found = countries().get(meant(address)) as Found | null;
  return found?.country_code ?? null;
};

/** What the rules say of an address. Those of the operator's own networks are never shut out. */
export function levelAt(address: string | null, rules: readonly string[] = setting("geo.rules")): Level {
  if (rules.length === 0 || address === null || !isEverybodys(address)) return "allow";
  return levelFor(countryOf(address), rules);
}

/** The country of an address for which nothing at all is open, in two letters or `unknown`; null where something is. */
export const blockedCountry = (address: string): string | null =>
  levelAt(address) === "block" ? (countryOf(address) ?? "unknown") : null;

/** Throws `forbidden` where the rules take that away. */
export function assertOpenTo(address: string | null, act: Exclude<Level, "allow" | "block">): void {
  if (LEVELS.indexOf(levelAt(address)) < LEVELS.indexOf(act)) return;
  const what = act === "register" ? "registers" : "signs in";
  throw new Problem("forbidden", `Nobody ${what} on this panel from your country. Ask whoever runs it.`);
}

/** Says what new rules would take from whoever makes them; null: nothing. */
export function shutsOut(address: string | null, rules: readonly string[]): string | null {
  const level = levelAt(address, rules);
  if (level === "allow" || address === null) return null;
  const country = countryOf(address);
  const named = country === null ? "no known country" : (countryName(country) ?? country);
  const lost = { register: "registers", "sign-in": "signs in", block: "gets in" }[level];
  return `You are at ${address}, in ${named}: with these rules nobody ${lost} from there, you included.`;
}
