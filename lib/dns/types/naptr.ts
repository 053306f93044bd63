/** NAPTR: rules that make one name or URI from another (RFC 3403 §4). */
import { stringField } from "./fields.ts";
import { numberField, recordType, targetField } from "./record-type.ts";

export const naptr = recordType({
  type: "NAPTR",
  title: "Rewriting rule",
  help: "Rules for telephony and similar services, which make a URI or another name from this name.",
  rfc: "RFC 3403 §4",
  placeholder: '100 10 "u" "E2U+sip" "!^.*$!sip:info@example.net!" .',
  fields: [
    numberField("order", "Order", "100", 2, { help: "The lowest is tried first." }),
    numberField("preference", "Preference", "10", 2, { help: "The lowest of the same order is preferred." }),
    stringField("flags", "Flags", "u", {
      help: "What comes of it: u a URI, s an SRV name, a an address, empty for another rule.",
    }),
    stringField("services", "Services", "E2U+sip", { help: "Which services the rule is for." }),
    stringField("regexp", "Regular expression", "!^.*$!sip:info@example.net!", {
      help: "What is replaced by what, between three marks that are the same. Empty if there is a replacement.",
      refuse: regexpProblem,
    }),
    targetField("replacement", "Replacement", ".", "The next name to ask for. A single dot if there is an expression."),
  ],
  check: ({ regexp, replacement }) =>
    regexp !== '""' && replacement !== "."
      ? ["A rule has an expression or a replacement, not both (RFC 3403 §4.1)."]
      : [],
});

/** RFC 3402 §3.2: delimiter, expression, delimiter, replacement, delimiter, flags. */
function regexpProblem(text: string): string | null {
  const [mark = "", ...rest] = text;
  if (text === "") return null;
  if (/[0-9i\\\0]/.test(mark)) return "An expression cannot begin with a digit, an i or a backslash.";
  const parts = [""];
  for (let at = 0; at < rest.length; at++) {
    const octet = rest[at] ?? "";
    if (octet === mark) parts.push("");
    else parts.push((parts.pop() ?? "") + octet + (octet === "\\" ? (rest[++at] ?? "") : ""));
  }
  const [expression = "", replacement = "", flags] = parts;
  if (parts.length !== 3 || flags === undefined)
    return `An expression has its mark ${mark} three times: ${mark}what${mark}by what${mark}.`;
  if (flags !== "" && flags !== "i") return "After the last mark there is only i, or nothing.";
  const groups = [...expression.matchAll(/\\[\s\S]|\(/g)].filter(([found]) => found === "(").length;
  const highest = Math.max(0, ...[...replacement.matchAll(/\\([\s\S])/g)].map(([, digit]) => Number(digit) || 0));
  return highest > groups ? `The replacement uses \\${highest}, but the expression has ${groups} groups.` : null;
}
