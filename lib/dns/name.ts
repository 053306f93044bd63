/**
 * Domain names: from what people write to the one canonical form, and back to something to look at.
 *
 * Canonical is absolute, lower case, in A-labels, ending in a dot; printable octets stand for themselves but for `\.`
 * and `\\`, all others are `\DDD` (RFC 1035 §5.1, RFC 4343, RFC 5890).
 */

/** What was read, or a sentence for people that says why it could not be. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; reason: string };

/** Octets of a name on the wire, root included, and of a label (RFC 1035 §2.3.4). */
const maxNameOctets = 255;
const maxLabelOctets = 63;

/**
 * An owner name in canonical form. `@` is the apex; a name with a final dot is absolute; without one it is relative to
 * the apex, unless it already ends in the apex (`www.example.com` in `example.com.`), which `exact` turns off. With no
 * apex every name is absolute. Labels may be Unicode (UTS 46). A wildcard is the whole leftmost label (RFC 4592
 * §2.1.1).
 */
export function parseName(input: string, apex: string | null, options: { exact?: boolean } = {}): Parsed<string> {
  const text = input.trim();
  if (text === "") return fail("The name is empty; write @ for the apex.");
  if (text === ".") return { ok: true, value: "." };
  if (text === "@") return apex === null ? fail("@ is the apex of a zone; write a name.") : { ok: true, value: apex };

  if (plainName.test(text)) {
    const lower = text.toLowerCase();
    const plain = lower.endsWith(".")
      ? lower
      : apex === null || (!options.exact && (`${lower}.` === apex || lower.endsWith(`.${apex.slice(0, -1)}`)))
        ? `${lower}.`
        : apex === "."
          ? `${lower}.`
          : `${lower}.${apex}`;
    // One character an octet, but for the root's.
    if (plain.length < maxNameOctets) return { ok: true, value: plain };
  }

  // Longer than 255 octets of four characters each: no limit of a label would be worth naming.
  if (text.length > 4 * maxNameOctets) return fail(`The name is too long; a name has at most ${maxNameOctets} octets.`);

  const scanned = scan(text);
  if (!scanned.ok) return scanned;
  const { absolute } = scanned.value;
  let { labels } = scanned.value;
  if (!absolute && apex !== null) {
    const origin = labelsOf(apex).map(octetsOf);
    const written = labels.slice(-origin.length);
    const endsInApex = written.length === origin.length && written.every((label, index) => label === origin[index]);
    if (options.exact || !endsInApex) labels = [...labels, ...origin];
  }
  return assemble(labels);
}

/**
 * A name that rdata points to. With a dot in it, it is absolute; a single label is relative to the apex; `@` is the
 * apex. `exact` makes it as a zone file has it: relative unless it ends in a dot.
 */
export function parseTarget(input: string, apex: string, options: { exact?: boolean } = {}): Parsed<string> {
  const text = input.trim();
  if (options.exact)
    return quoteStandsIn(text) ? fail("A name stands without quotes.") : parseName(text, apex, options);
  const hasDot = /[.\u3002\uFF0E\uFF61]/.test(text.replace(/\\(?:\d{3}|.)/g, "x"));
  return parseName(text, hasDot ? null : apex, { exact: true });
}

/** Whether a quote stands in a name without a backslash: in a zone file a string begins there (RFC 1035 §5.1). */
const quoteStandsIn = (text: string): boolean => text.includes('"') && /^(?:[^"\\]|\\[\s\S])*"/.test(text);

/**
 * A target that is a host name: letters, digits and hyphens (RFC 952, RFC 1123 §2.1), no underscore, no address. `root`
 * allows `.`, which says that there is no host (RFC 7505, RFC 2782).
 */
export function parseHost(
  input: string,
  apex: string,
  options: { root?: boolean; exact?: boolean } = {},
): Parsed<string> {
  const text = input.trim();
  if (text === ".") return options.root ? { ok: true, value: "." } : fail("The root (.) is no host name.");
  if (text.includes(":") || /^\d+(\.\d+){3}\.?$/.test(text)) {
    return fail(`${brief(text)} is an address; a host name is needed here.`);
  }
  const parsed = parseTarget(text, apex, options);
  if (!parsed.ok) return parsed;
  const labels = labelsOf(parsed.value);
  const odd = labels.find((label) => !/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label));
  if (odd !== undefined) {
    return fail(`${brief(text)} is no host name: “${brief(odd)}” may only have letters, digits and inner hyphens.`);
  }
  if (/^\d+$/.test(labels.at(-1) ?? "")) return fail(`${brief(text)} is no host name: it ends in a number.`);
  return parsed;
}

/** The apex of a zone: a name of one label or more, without wildcard, whose last label is that of a host name. */
export function parseZoneName(input: string): Parsed<string> {
  const parsed = parseName(input, null);
  if (!parsed.ok) return parsed;
  const labels = labelsOf(parsed.value);
  const odd = labels.find((label) => !/^[a-z0-9_/-]+$/.test(label));
  if (odd !== undefined) return fail(`A zone cannot have the label “${brief(odd)}” in its name.`);
  const last = labels.at(-1);
  if (last === undefined) return fail("The root is no zone to keep here.");
  if (/^\d+$/.test(last)) return fail(`${brief(input.trim())} ends in a number; the name of a zone is needed here.`);
  if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(last)) return fail(`“${brief(last)}” is no top-level domain.`);
  return parsed;
}

/** Whether the canonical name is the apex or below it. */
export const isInZone = (name: string, apex: string): boolean => name === apex || isBelow(name, apex);

/** Whether the canonical name is below the ancestor, and not the ancestor itself. */
export function isBelow(name: string, ancestor: string): boolean {
  if (ancestor === ".") return name !== ".";
  const dot = name.length - ancestor.length - 1;
  if (dot < 1 || name[dot] !== "." || !name.endsWith(ancestor)) return false;
  return !isEscaped(name, dot);
}

/** The canonical name without the apex, `@` for the apex itself; a name outside of the zone stays absolute. */
export function relativeName(name: string, apex: string): string {
  if (name === apex) return "@";
  if (!isBelow(name, apex)) return name;
  return escapeAt(apex === "." ? name.slice(0, -1) : name.slice(0, -apex.length - 1));
}

/** The canonical name that `relativeName` made the relative one from. */
export function absoluteName(relative: string, apex: string): string {
  if (relative === "@") return apex;
  const name = relative.replace(/\\(?:\d{3}|.)/g, (part) => (part === "\\@" ? "@" : part));
  if (name.endsWith(".") && !isEscaped(name, name.length - 1)) return name;
  return apex === "." ? `${name}.` : `${name}.${apex}`;
}

/** The labels of a canonical or relative name as written, escapes kept. The root has none. */
export const labelsOf = (name: string): string[] => name.match(/(?:\\\d{3}|\\.|[^.\\])+/g) ?? [];

/**
 * The name with its A-labels as U-labels, where converting back gives the same name. For people only, never for data.
 */
export function displayName(name: string): string {
  if (!name.includes("xn--")) return name;
  const shown = labelsOf(name).map((label) => {
    const decoded = label.startsWith("xn--") ? decodePunycode(label.slice(4)) : null;
    return decoded !== null && toAscii(decoded) === label ? decoded : label;
  });
  return shown.join(".") + (name.endsWith(".") ? "." : "");
}

/** Whether the name has to be shown in both forms, because its U-labels may look like another name. */
export const needsBoth = (name: string): boolean => displayName(name) !== name;

/** Canonical DNS order (RFC 4034 §6.1), for `sort`. */
export function compareNames(a: string, b: string): number {
  const [left, right] = [reversedName(a), reversedName(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * A key whose plain string order is canonical DNS order: labels from the right, joined by a space, octets up to `!`
 * written as `!` and a character, so that the space sorts below all of them.
 */
export function reversedName(name: string): string {
  // Nothing to tell apart in nearly all names; the first of the parts is what follows the final dot.
  if (name.endsWith(".") && !/[\\!]/.test(name)) return name.split(".").reverse().join(" ").slice(1);
  return labelsOf(name)
    .reverse()
    .map((label) =>
      octetsOf(label).replace(/[\x00-!]/g, (octet) => `!${String.fromCharCode(octet.charCodeAt(0) + 64)}`),
    )
    .join(" ");
}

/** Octets of the canonical name on the wire, root included. */
export const nameOctets = (name: string): number =>
  labelsOf(name).reduce((sum, label) => sum + octetsOf(label).length + 1, 1);

/** A label of one character per octet, as it stands in a canonical name. */
export const escapeLabel = (label: string): string =>
  label.replace(/[.\\]|[^!-~]/g, (octet) =>
    octet === "." || octet === "\\" ? `\\${octet}` : `\\${String(octet.charCodeAt(0)).padStart(3, "0")}`,
  );

/** What nearly all names are: nothing to escape, convert or refuse. */
const plainName = /^[a-z0-9_/-]{1,63}(?:\.[a-z0-9_/-]{1,63})*\.?$/i;

const fail = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });

/** Untrusted text inside a sentence. */
const brief = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);

/** One character per octet. */
const octetsOf = (label: string): string =>
  label.replace(/\\(\d{3}|.)/g, (_, code: string) => (code.length === 3 ? String.fromCharCode(Number(code)) : code));

/** Whether an odd number of backslashes stands before this place. */
function isEscaped(name: string, at: number): boolean {
  let from = at;
  while (name[from - 1] === "\\") from -= 1;
  return (at - from) % 2 === 1;
}

const escapeAt = (name: string): string => name.replace(/\\(?:\d{3}|.)|@/g, (part) => (part === "@" ? "\\@" : part));

/** Labels as octets, one character each, lower case; Unicode labels already as A-labels. */
function scan(text: string): Parsed<{ labels: string[]; absolute: boolean }> {
  const labels: string[] = [];
  let label = "";
  let [escaped, unicode, at, absolute] = [false, false, false, false];
  const parts = text.match(/\\\d{3}|\\[\s\S]|\\$|[^\\]/gu) ?? [];
  for (const [index, part] of [...parts, "."].entries()) {
    absolute = false;
    if (/^[.\u3002\uFF0E\uFF61]$/.test(part)) {
      if (label === "") {
        if (index < parts.length || labels.length === 0) return fail(`${brief(text)} has an empty label.`);
        absolute = true;
        break;
      }
      if (unicode) {
        const ascii = escaped ? null : toAscii(label);
        if (ascii === null) return fail(`“${brief(label)}” is no label that IDNA allows.`);
        label = ascii;
      }
      labels.push(label.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
      label = "";
      [escaped, unicode] = [false, false];
    } else if (part.startsWith("\\")) {
      const code = part.length === 4 ? Number(part.slice(1)) : part.charCodeAt(1);
      if (code > 255 || !/^\\(?:\d{3}|[!-/:-~])$/.test(part)) {
        return fail(`${brief(text)} has “${part}” in it, which is no escape; write \\DDD with DDD up to 255, or \\\\.`);
      }
      label += String.fromCharCode(code);
      escaped = true;
    } else if (/^[\p{C}\p{Z}]$/u.test(part) && part !== "\u200C" && part !== "\u200D") {
      return fail(`${brief(text)} has a space or control character in it; in a name it is written \\032.`);
    } else {
      label += part;
      unicode ||= part > "~";
      at ||= part === "@";
    }
  }
  if (at && !absolute) return fail(`${brief(text)} has an @ inside; @ alone is the apex, and in a label it is \\@.`);
  return { ok: true, value: { labels, absolute } };
}

/** The name of these labels, if it keeps the limits. */
function assemble(labels: readonly string[]): Parsed<string> {
  for (const [index, label] of labels.entries()) {
    if (label.length > maxLabelOctets) {
      return fail(`The label “${brief(label)}” is ${label.length} octets; a label has at most ${maxLabelOctets}.`);
    }
    if (label.includes("*") && (label !== "*" || index > 0)) {
      return fail("A wildcard (*) has to be the whole leftmost label of a name.");
    }
  }
  const octets = labels.reduce((sum, label) => sum + label.length + 1, 1);
  if (octets > maxNameOctets) return fail(`The name is ${octets} octets; a name has at most ${maxNameOctets}.`);
  return { ok: true, value: `${labels.map(escapeLabel).join(".")}.` };
}

/**
 * The A-label of a Unicode label, as URLs convert it (UTS 46), or null. Nothing that means something in a URL gets in.
 */
function toAscii(label: string): string | null {
  if (/[\x00-,./:-@[-^`{-\x7f]/.test(label)) return null;
  try {
    const host = new URL(`http://${label}.x`).hostname;
    return /^[a-z0-9_-]+\.x$/.test(host) ? host.slice(0, -2) : null;
  } catch {
    return null;
  }
}

/** RFC 3492 §6.2, of what follows `xn--`; null if it is no Punycode. */
function decodePunycode(text: string): string | null {
  const delimiter = text.lastIndexOf("-");
  const output = [...text.slice(0, Math.max(delimiter, 0))].map((character) => character.charCodeAt(0));
  let [code, index, bias, at] = [128, 0, 72, delimiter + 1];
  while (at < text.length) {
    const before = index;
    for (let weight = 1, k = 36; ; k += 36) {
      const digit = "abcdefghijklmnopqrstuvwxyz0123456789".indexOf(text[at++] ?? "?");
      if (digit === -1) return null;
      index += digit * weight;
      const threshold = Math.min(Math.max(k - bias, 1), 26);
      if (digit < threshold) break;
      weight *= 36 - threshold;
    }
    const length = output.length + 1;
    let delta = Math.floor((index - before) / (before === 0 ? 700 : 2));
    delta += Math.floor(delta / length);
    let k = 0;
    for (; delta > 455; k += 36) delta = Math.floor(delta / 35);
    bias = k + Math.floor((36 * delta) / (delta + 38));
    code += Math.floor(index / length);
    index %= length;
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return null;
    output.splice(index++, 0, code);
  }
  return String.fromCodePoint(...output);
}
