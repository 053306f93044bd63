/** SPF (RFC 7208): who may send mail in a domain's name, taken apart, put together and said in words. Pure. */
import { readIpv4 } from "../types/a.ts";
import { readIpv6 } from "../types/aaaa.ts";
import type { Reading } from "./reading.ts";

/** One word after `v=spf1`, as it is written: a mechanism with its qualifier, or a modifier. */
export interface SpfTerm {
  qualifier: "" | "+" | "-" | "~" | "?";
  name: string;
  /** With its `:`, `=` or `/`; empty if there is none. */
  value: string;
}

/** A text that means to be SPF, also where it is not quite. */
export const meansSpf = (text: string): boolean => /^\s*v\s*=\s*spf/i.test(text);

export function parseSpf(text: string): SpfTerm[] {
  const words = text
    .trim()
    .split(/\s+/)
    .filter((word, index) => index > 0 || !/^v=spf1$/i.test(word));
  return words.map((word) => {
    const [, qualifier = "", name = "", value = ""] = /^([+\-~?]?)([^:=/]*)([\s\S]*)$/.exec(word) ?? [];
    return { qualifier: qualifier as SpfTerm["qualifier"], name: name.toLowerCase(), value };
  });
}

export const formatSpf = (terms: readonly SpfTerm[]): string =>
  ["v=spf1", ...terms.map(({ qualifier, name, value }) => `${qualifier}${name}${value}`)].join(" ");

/** What the last word does with mail that nothing before it matched. */
const others: Readonly<Record<string, string>> = {
  "-": "Mail from anything else is rejected",
  "~": "Mail from anything else is marked as suspicious",
  "?": "Nothing is said about mail from anything else",
  "+": "Mail from anywhere is allowed",
};

const mechanisms = new Set(["all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"]);
/** Each of these costs a receiver a DNS lookup; there may be ten (RFC 7208 §4.6.4). */
const lookingUp = new Set(["include", "a", "mx", "ptr", "exists", "redirect"]);
const maxLookups = 10;

export function readSpf(text: string): Reading {
  const terms = parseSpf(text);
  const end = terms.findIndex(({ name }) => name === "all");
  const all = terms[end];
  const redirect = terms.find(({ name, value }) => name === "redirect" && value.startsWith("="));
  const senders = terms.slice(0, end === -1 ? undefined : end).flatMap(senderOf);
  const closing = all
    ? others[all.qualifier || "+"]
    : redirect
      ? `The rules of ${redirect.value.slice(1)} decide about the rest`
      : others["?"];
  const allowed = senders.length === 0 ? "Nothing may send mail" : `Mail may come from ${listed(senders)}`;
  const open = all !== undefined && (all.qualifier === "" || all.qualifier === "+");
  return {
    kind: "SPF",
    summary: open
      ? `${closing}.`
      : senders.length === 0 && all?.qualifier === "-"
        ? `${allowed}.`
        : `${allowed}. ${closing}.`,
    problems: problemsOf(text, terms, end, redirect !== undefined),
  };
}

function senderOf({ qualifier, name, value }: SpfTerm): string[] {
  if (!mechanisms.has(name) || (qualifier !== "" && qualifier !== "+")) return [];
  const target = value.replace(/^:/, "");
  const [host = "", size] = target.split("/", 2);
  const of = host === "" ? "this name" : host;
  const around = size === undefined ? "" : ` and the /${size} around`;
  if (name === "include") return [`the senders of ${target}`];
  if (name === "a") return [`the addresses of ${of}${around}`];
  if (name === "mx") return [`the mail servers of ${of}${around}`];
  if (name === "ptr") return [`hosts named below ${of}`];
  if (name === "exists") return [`whatever ${target} answers for`];
  return [target];
}

function problemsOf(text: string, terms: readonly SpfTerm[], end: number, redirects: boolean): string[] {
  const problems: string[] = [];
  if (!/^v=spf1(?: |$)/i.test(text)) problems.push("It has to begin with “v=spf1” and a space.");
  const lookups = terms.filter(({ name }) => lookingUp.has(name)).length;
  if (lookups > maxLookups)
    problems.push(`It takes ${lookups} DNS lookups at least; receivers give up after ${maxLookups}.`);
  for (const { name, value } of terms) {
    if (value.startsWith("=")) {
      if (!/^[a-z][a-z0-9_.-]*$/.test(name)) problems.push(`“${name}${value}” is nothing that SPF knows.`);
    } else if (!mechanisms.has(name)) problems.push(`“${name}${value}” is nothing that SPF knows.`);
    else if ((name === "include" || name === "exists") && value.length < 2)
      problems.push(`“${name}” needs a name after a colon.`);
    else if (name === "ip4" || name === "ip6") problems.push(...addressProblems(name, value));
  }
  if (terms.some(({ name }) => name === "ptr")) problems.push("“ptr” should no longer be used (RFC 7208 §5.5).");
  const all = terms[end];
  if (!all && !redirects)
    problems.push("Nothing says what happens to mail from anything else: end it with “-all” or “~all”.");
  if (all && (all.qualifier === "" || all.qualifier === "+"))
    problems.push("“+all” lets anybody send mail in your name.");
  const after = end === -1 ? [] : terms.slice(end + 1).filter(({ value }) => !value.startsWith("="));
  if (after.length > 0) problems.push("What stands after “all” is ignored.");
  if (all && redirects) problems.push("“redirect” is ignored, because there is an “all”.");
  return problems;
}

function addressProblems(name: "ip4" | "ip6", value: string): string[] {
  const [address = "", size, more] = value.replace(/^:/, "").split("/");
  const read = name === "ip4" ? readIpv4(address) : readIpv6(address);
  const most = name === "ip4" ? 32 : 128;
  const sized = size === undefined || (/^\d{1,3}$/.test(size) && Number(size) <= most);
  if (read.ok && sized && more === undefined && value.startsWith(":")) return [];
  return [`“${name}${value}” has no ${name === "ip4" ? "IPv4" : "IPv6"} address or network.`];
}

function listed(items: readonly string[]): string {
  const shown = items.slice(0, 4);
  if (items.length > 4) return `${shown.join(", ")} and ${items.length - 4} more`;
  return shown.length < 2 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
