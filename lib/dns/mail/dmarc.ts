/** DMARC (RFC 7489): what receivers shall do with mail that only pretends to come from here. Pure. */
import type { Reading } from "./reading.ts";

export type DmarcTags = ReadonlyMap<string, string>;

export const meansDmarc = (relative: string, text: string): boolean =>
  /^\s*v\s*=\s*dmarc/i.test(text) || (isDmarcName(relative) && /\bp\s*=/.test(text));

const isDmarcName = (relative: string): boolean => relative === "_dmarc" || relative.startsWith("_dmarc.");

/** Tags in their order, names in lower case; a second one of the same name is left out. */
export function parseDmarc(text: string): DmarcTags {
  const tags = new Map<string, string>();
  for (const part of text.split(";")) {
    const [name = "", ...value] = part.split("=");
    const key = name.trim().toLowerCase();
    if (key !== "" && !tags.has(key)) tags.set(key, value.join("=").trim());
  }
  return tags;
}

/** `v` and `p` first, as they have to be; what is empty is left out. */
export function formatDmarc(tags: DmarcTags): string {
  const rest = [...tags].filter(([name, value]) => name !== "v" && name !== "p" && value !== "");
  const all = [["v", "DMARC1"], ["p", tags.get("p") || "none"], ...rest];
  return all.map(([name, value]) => `${name}=${value}`).join("; ");
}

export const dmarcPolicies: Readonly<Record<string, string>> = {
  reject: "is rejected",
  quarantine: "goes to the junk folder",
  none: "is delivered all the same",
};

const known = new Set(["v", "p", "sp", "np", "pct", "rua", "ruf", "adkim", "aspf", "fo", "rf", "ri", "psd", "t"]);

export function readDmarc(relative: string, text: string): Reading {
  const tags = parseDmarc(text);
  const policy = tags.get("p")?.toLowerCase() ?? "";
  const share = tags.get("pct");
  const fate = dmarcPolicies[policy] ?? "is treated as each receiver likes";
  const part = share !== undefined && share !== "100" && policy !== "none" ? ` (for ${share} % of it)` : "";
  const below = tags.get("sp")?.toLowerCase();
  const subdomains =
    below !== undefined && below !== policy && dmarcPolicies[below]
      ? ` From subdomains it ${dmarcPolicies[below]}.`
      : "";
  const reports = addressesOf(tags.get("rua"));
  const reported = reports.length > 0 ? ` Reports go to ${reports.join(", ")}.` : " Nobody gets reports.";
  return {
    kind: "DMARC",
    summary: `Mail that is not provably from here ${fate}${part}.${subdomains}${reported}`,
    problems: problemsOf(relative, text, tags),
  };
}

/** The addresses of a list of `mailto:` URIs. */
export const addressesOf = (list = ""): string[] =>
  list
    .split(",")
    .map((uri) =>
      uri
        .trim()
        .replace(/^mailto:/i, "")
        .replace(/!\d+[kmgt]?$/i, ""),
    )
    .filter((address) => address !== "");

function problemsOf(relative: string, text: string, tags: DmarcTags): string[] {
  const problems: string[] = [];
  if (!isDmarcName(relative)) problems.push("Receivers look for it at the name “_dmarc” only.");
  if (!/^v=DMARC1\s*(?:;|$)/.test(text)) problems.push("It has to begin with “v=DMARC1;”.");
  const policy = tags.get("p");
  if (policy === undefined) problems.push("The policy is missing: p=none, p=quarantine or p=reject.");
  else if ([...tags.keys()].indexOf("p") !== 1) problems.push("“p” has to be the second tag.");
  for (const name of ["p", "sp", "np"]) {
    const value = tags.get(name);
    if (value !== undefined && !(value.toLowerCase() in dmarcPolicies))
      problems.push(`“${name}=${value}” is no policy: none, quarantine or reject.`);
  }
  const share = tags.get("pct");
  if (share !== undefined && !(/^\d{1,3}$/.test(share) && Number(share) <= 100))
    problems.push("“pct” is a number from 0 to 100.");
  for (const name of ["adkim", "aspf"]) {
    const value = tags.get(name);
    if (value !== undefined && !/^[rs]$/i.test(value)) problems.push(`“${name}” is r (relaxed) or s (strict).`);
  }
  for (const name of ["rua", "ruf"]) {
    const value = tags.get(name);
    if (value !== undefined && !value.split(",").every((uri) => /^\s*mailto:[^@\s]+@[^@\s]+$/i.test(uri)))
      problems.push(`“${name}” is a list of addresses, each with “mailto:” before it.`);
  }
  for (const name of tags.keys()) if (!known.has(name)) problems.push(`“${name}” is no tag that DMARC knows.`);
  return problems;
}
