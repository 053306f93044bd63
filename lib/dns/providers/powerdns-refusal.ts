/** Says in a sentence about the record why PowerDNS refused a change. Its own texts vary by version and stay unseen. */
import type { Plan } from "../rrset.ts";
import { ProviderError } from "./provider.ts";

/** Recognised by a few words each, for the wording around them changes from version to version. */
const REASONS: readonly [pattern: RegExp, reason: string][] = [
  [
    /conflicts with/i,
    "it conflicts with other records of this name. A CNAME must be alone at its name, and cannot stand at the apex.",
  ],
  [/not in expected format/i, "its content is not written the way PowerDNS stores it."],
  [/duplicate record/i, "the same record is in the set twice."],
  [/duplicate rrset/i, "the set is in the request twice."],
  [/out of zone/i, "the name is not in this zone."],
  [/unsupported characters/i, "the name has characters that PowerDNS does not accept."],
  [/unknown type/i, "this version of PowerDNS does not know the type."],
  [/more than one record|only one such record/i, "there can be only one such record at a name."],
  [/only allowed at apex/i, "this type may stand only at the apex of the zone."],
  [/different ttl/i, "the TTL of the set has changed in the meantime."],
  [/\bttl\b/i, "PowerDNS does not accept the TTL."],
  [/changetype/i, "this version of PowerDNS does not know this kind of change. Try again."],
  [/parsing record content|stored incorrectly|data field in dns/i, "PowerDNS could not read the content."],
];

/** `body` is what PowerDNS answered with a 4xx, `sent` what it was asked for. */
export function refusal(body: unknown, sent: Plan): ProviderError {
  const texts = errorTexts(body).map((text) => withoutContent(text, sent));
  const at = sent.length === 1 ? sent[0] : findNamed(texts, sent);
  const reason = REASONS.find(([pattern]) => texts.some((text) => pattern.test(text)))?.[1];
  const what = at === undefined ? "the change" : `the change to ${at.name} ${at.type}`;
  const message = reason === undefined ? `PowerDNS refused ${what}.` : `PowerDNS refused ${what}: ${reason}`;
  const options = at === undefined ? {} : { at: { name: at.name, type: at.type } };
  return new ProviderError("refused", "provider_refused", message, options);
}

/** `error`, and from 5.1 `errors`, which has the particulars where there is more than one. */
function errorTexts(body: unknown): string[] {
  if (typeof body !== "object" || body === null) return [];
  const errors: unknown[] = "errors" in body && Array.isArray(body.errors) ? body.errors : [];
  return [...errors, "error" in body ? body.error : undefined].filter((text) => typeof text === "string");
}

/** The change that a text speaks of: `RRset NAME IN TYPE: …`, `Record NAME/TYPE '…': …`, or only a name. */
function findNamed(texts: readonly string[], sent: Plan): Plan[number] | undefined {
  for (const text of texts) {
    const [, name = "", type = ""] = /(?:RRset|Record) (\S+?)(?: IN |\/)([A-Za-z0-9-]+)(?=\W|$)/.exec(text) ?? [];
    const exact = sent.filter((change) => change.name === name.toLowerCase() && change.type === type.toUpperCase());
    // A set that is deleted and one that is stored may have the same name and type only in different steps.
    if (exact[0] !== undefined) return exact[0];
    const [, only = ""] = /Name '([^']+)'/.exec(text) ?? [];
    const named = sent.find((change) => change.name === only.toLowerCase());
    if (named !== undefined) return named;
  }
  return undefined;
}

/** What people typed must not be taken for PowerDNS' words. */
function withoutContent(text: string, sent: Plan): string {
  const contents = sent.flatMap((change) => change.after?.records.map((record) => record.content) ?? []);
  return contents.reduce((left, content) => left.replaceAll(`'${content}'`, "''"), text);
}
