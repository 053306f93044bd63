/**
 * What hangs on a record, as the comment after it in a zone file. To every server it is a comment; for what the words mean
 * see docs/decisions/0031-what-a-zone-file-says-in-comments.md. What is read here comes from anybody, and is only ever data.
 */
import type { DnsRecord } from "../rrset.ts";

/** The line at the top of a file whose comments are ours. */
export const MARK = "; Zonegate 1: comments after records belong to them, and so do records that are not served";
/** What a record that is not served stands behind, so that no server takes it. */
export const NOT_SERVED = "; not served: ";
/** Seconds: how a TTL that the provider chooses is written for others, and what Cloudflare's is when it answers. */
export const AUTO_SECONDS = 300;

/** Who wrote the comments. Cloudflare's files are known by their heading; all others say nothing but by `cf_tags=`. */
export type Dialect = "zonegate" | "cloudflare" | null;

/** Everything that hangs on a record. What is not there is not: the record has no comment, is served, and so on. */
export interface Extras {
  /** Its TTL is for the provider to choose. */
  auto?: true;
  disabled?: true;
  comment?: string;
  proxied?: true;
  tags?: string[];
}

/** The dialect that a comment line at the top of a file tells, if any. */
export function dialectOf(line: string): Dialect {
  if (/^; Zonegate 1\b/.test(line)) return "zonegate";
  return /^;; Exported:/.test(line) ? "cloudflare" : null;
}

/** The comment after the record, with the semicolon before it; nothing where there is nothing to say. */
export function extrasText({ comment, proxied, tags = [] }: DnsRecord, auto: boolean): string {
  if (!comment && !proxied && !auto && tags.length === 0) return "";
  const listed = [...(proxied ? [PROXIED] : []), ...tags.map(tagText)].join(",");
  const said = [
    ...(comment ? [commentText(comment)] : []),
    ...(auto ? ["ttl=auto"] : []),
    ...(listed === "" ? [] : [`cf_tags=${listed}`]),
  ];
  return ` ; ${said.join(" ")}`;
}

/** What a comment says of the record before it; undefined if nothing, and a reason if it cannot be kept. */
export function readExtras(written: string, dialect: Dialect): Extras | string | undefined {
  const text = written.trim();
  const [, before = text, list] = /^(|[\s\S]*?\s)cf_tags=([\s\S]*)$/.exec(text) ?? [];
  const tags = list === undefined ? [] : tagsOf(list);
  if (dialect === null && (list === undefined || tags === null)) return undefined;
  if (tags === null) return "The list after cf_tags= cannot be read.";
  const ours = dialect === "zonegate";
  const said = before.trim();
  const unchosen = ours ? said.replace(/(?:^| )ttl=auto$/, "") : said;
  const comment = ours ? unescaped(unchosen) : said;
  const named = tags.filter((tag) => tag.quoted || !RESERVED.test(tag.text)).map((tag) => tag.text);
  if (comment.length > MOST_COMMENT) return `A comment has at most ${MOST_COMMENT} characters.`;
  if (named.length > MOST_TAGS || named.some((tag) => tag.length > MOST_TAG))
    return `A record has at most ${MOST_TAGS} tags of ${MOST_TAG} characters.`;
  return {
    ...(unchosen === said ? {} : { auto: true }),
    ...(comment === "" ? {} : { comment }),
    ...(tags.some((tag) => !tag.quoted && tag.text === PROXIED) ? { proxied: true } : {}),
    ...(named.length === 0 ? {} : { tags: [...new Set(named)].sort() }),
  };
}

/** What can hang on a record at a provider. */
export type Offered = "disabled" | "comments" | "proxied" | "tags";

/**
 * The record with what the file says of it; what the file says nothing of stays. `left`: what it says that cannot be kept
 * here. Null: it is not served, and here all are.
 */
export function withExtras(
  record: DnsRecord,
  extras: Extras | undefined,
  offers: (what: Offered) => boolean,
): { record: DnsRecord | null; left: Offered[] } {
  const { disabled: _served, ...served } = record;
  if (!extras) return { record: served, left: [] };
  const { comment: _comment, proxied: _proxied, tags: _tags, ...own } = served;
  const left = (["disabled", "comments", "proxied", "tags"] as const).filter(
    (what) => extras[what === "comments" ? "comment" : what] !== undefined && !offers(what),
  );
  if (left.includes("disabled")) return { record: null, left: ["disabled"] };
  return {
    record: {
      ...own,
      ...(extras.disabled ? { disabled: true } : {}),
      ...(extras.comment !== undefined && offers("comments") ? { comment: extras.comment } : {}),
      ...(extras.proxied && offers("proxied") ? { proxied: true } : {}),
      ...(extras.tags && offers("tags") ? { tags: extras.tags } : {}),
    },
    left,
  };
}

const MOST_COMMENT = 500;
const MOST_TAGS = 50;
const MOST_TAG = 100;

const PROXIED = "cf-proxied:true";
/** Cloudflare's own names (developers.cloudflare.com/dns/manage-dns-records/how-to/import-and-export). */
const RESERVED = /^cf-(?:proxied:(?:true|false)|flatten-cname(?::(?:true|false)?)?)$/;

/** In one line, and nothing of it like the words after it. */
const commentText = (comment: string): string =>
  comment
    .replace(/[\x00-\x1f\x7f\\]|^\s|\s$|(?<=ttl|cf_tags)=/g, escaped)
    // Half a pair has no UTF-8.
    .replace(/\p{Cs}/gu, escaped);

const escaped = (character: string): string =>
  character.charCodeAt(0) < 256 ? `\\${String(character.charCodeAt(0)).padStart(3, "0")}` : unit(character);

const unit = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

const unescaped = (text: string): string =>
  text.replace(/\\(?:([01]\d\d|2[0-4]\d|25[0-5])|u([0-9a-f]{4}))/g, (_, code?: string, hex?: string) =>
    String.fromCharCode(code === undefined ? Number.parseInt(hex ?? "", 16) : Number(code)),
  );

/** As Cloudflare writes a tag: its value is a JSON string where it holds what means something in the list. */
function tagText(tag: string): string {
  const [, name = "", value = ""] = /^([^:]*):?([\s\S]*)$/.exec(tag) ?? [];
  if (RESERVED.test(tag) || !/^[^\s",=\\;\p{Cc}\p{Cs}]+$/u.test(name)) return quoted(tag);
  return /^[^\s",=\\;\p{Cc}\p{Cs}]*$/u.test(value) ? tag : `${name}:${quoted(value)}`;
}

const quoted = (text: string): string => JSON.stringify(text).replace(/[\x7f-\x9f\u2028\u2029]/g, unit);

interface Tag {
  text: string;
  /** As a whole, so it is none of Cloudflare's own. */
  quoted: boolean;
}

/** The entries of a list; null if it is none. */
function tagsOf(list: string): Tag[] | null {
  const found: Tag[] = [];
  const entry = /([^\s",:]*)(:?)("(?:[^"\\]|\\.)*"|[^\s",]*)(?:,|$)/y;
  while (entry.lastIndex < list.length) {
    const match = entry.exec(list);
    if (match === null) return null;
    const [, name = "", colon = "", value = ""] = match;
    const text = value.startsWith('"') ? fromJson(value) : value;
    if (text === null) return null;
    const whole = value.startsWith('"') && name + colon === "";
    if (whole || name + colon + text !== "") found.push({ text: name + colon + text, quoted: whole });
  }
  return found;
}

function fromJson(text: string): string | null {
  try {
    return String(JSON.parse(text));
  } catch {
    return null;
  }
}
