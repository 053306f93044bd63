/** Record contents, names and TTLs as people read them. Plain functions that return elements: a row has no component tree. */
import { Fragment, type ReactNode } from "react";
import { readMails } from "#lib/dns/mail/reading.ts";
import { displayName } from "#lib/dns/name.ts";
import type { DnsRecord } from "#lib/dns/rrset.ts";
import { textOf } from "#lib/dns/types/strings.ts";
import { contentToOctets, contentToText } from "#lib/dns/types/txt.ts";
import { MailReading } from "./mail-reading.tsx";

/** Longer texts are folded. */
const FOLD_AT = 120;

/** The owner name relative to the apex, its A-labels beside it where it has U-labels. */
export function nameOf(relative: string): ReactNode {
  const shown = displayName(relative);
  if (shown === relative) return relative;
  return (
    <>
      {shown} <i>{relative}</i>
    </>
  );
}

/** One rdata. */
export function contentOf(type: string, content: string): ReactNode {
  if (type === "TXT") return textOfContent(content);
  const tokens = content.split(" ");
  const labels = fieldLabels[type];
  if (type === "SOA" && tokens.length === 7) {
    return (
      <>
        {`${tokens[0]} ${tokens[1]} `}
        <i>{`serial ${tokens[2]}`}</i>
      </>
    );
  }
  if (!labels || tokens.length !== labels.length + 1) return withULabels(content);
  if (tokens.at(-1) === ".") {
    return (
      <>
        {content} <i>{type === "MX" ? "no mail is taken here" : "not offered here"}</i>
      </>
    );
  }
  return (
    <>
      {labels.map((label, index) => (
        <Fragment key={label}>
          {label === "preference" ? (
            <i title="Preference">{tokens[index]}</i>
          ) : (
            <>
              <i>{label}</i> {tokens[index]}
            </>
          )}{" "}
        </Fragment>
      ))}
      {withULabels(tokens.at(-1) ?? "")}
    </>
  );
}

/** What a provider hangs on a record. */
export function extrasOf({ disabled, proxied, comment, tags }: DnsRecord): ReactNode {
  const notes = [disabled && "not served", proxied && "proxied", comment, tags?.join(", ")].filter(Boolean);
  return notes.length > 0 && <i> {notes.join(" · ")}</i>;
}

/** What each of the texts at a name says of mail, or a record of who may issue certificates. */
export function readingsOf(relative: string, type: string, records: readonly DnsRecord[]): ReactNode[] | null {
  if (type === "CAA") return records.map(({ content }) => noted(issuersOf(content)));
  if (type !== "TXT" || !records.some(({ content }) => mayBeMail.test(content))) return null;
  const texts = records.map(({ content, disabled }) => (disabled ? null : contentToText(content)));
  return readMails(relative, texts).map((reading) => reading && <MailReading reading={reading} />);
}

/** So that other texts are not taken apart. */
const mayBeMail = /^"\s*v\s*=\s*(?:spf|dmarc|dkim)|[";]\s*p\s*=/i;

const noted = (words: string | null): ReactNode => words && <p className="font-sans text-xs text-dim">{words}</p>;

/** A CAA record in words (RFC 8659 §4). */
function issuersOf(content: string): string | null {
  const [, tag = "", value = ""] = /^\d+ (\S+) "([^"]*)"$/.exec(content) ?? [];
  const issuer = value.split(";", 1)[0]?.trim() ?? "";
  const what = { issue: "certificates", issuewild: "wildcard certificates", issuemail: "mail certificates" }[tag];
  if (what) return issuer === "" ? `Nobody may issue ${what}.` : `${issuer} may issue ${what}.`;
  return tag === "iodef" ? `What breaks these rules is reported to ${value.replace(/^mailto:/, "")}.` : null;
}

/** A content in one line for a sentence or an accessible name. */
export function plainContent(type: string, content: string): string {
  if (type !== "TXT") return content;
  const read = contentToOctets(content);
  return (read.ok ? textOf(read.value) : null) ?? content;
}

/** Dim labels of all fields but the last, for types whose content is its fields in order. */
const fieldLabels: Readonly<Record<string, readonly string[]>> = {
  MX: ["preference"],
  SRV: ["priority", "weight", "port"],
};

function withULabels(content: string): ReactNode {
  const shown = content.includes("xn--") && !content.includes('"') ? displayName(content) : content;
  if (shown === content) return content;
  return (
    <>
      {shown} <i>{content}</i>
    </>
  );
}

/** One string of printable ASCII without escapes: what nearly every TXT is, and what it says is what it shows. */
const plainText = /^"([ !#-[\]-~]{1,120})"$/;

function textOfContent(content: string): ReactNode {
  const plain = plainText.exec(content)?.[1];
  if (plain !== undefined) return plain;
  const read = contentToOctets(content);
  const text = read.ok ? textOf(read.value) : null;
  if (!read.ok || text === null) return content;
  const shown = text === "" ? <i>empty text</i> : visible(text);
  if (text.length <= FOLD_AT && read.value.length < 2) return shown;
  const octets = read.value.reduce((sum, string) => sum + string.length, 0);
  const strings = read.value.length === 1 ? "1 string" : `${read.value.length} strings`;
  const size = (
    <i>
      {octets} octets, {strings}
    </i>
  );
  if (text.length <= FOLD_AT) {
    return (
      <>
        {shown} {size}
      </>
    );
  }
  return (
    <details>
      <summary>
        {visible(text.slice(0, FOLD_AT / 2))}… {size}
      </summary>
      {shown}
    </details>
  );
}

/** Control characters and line breaks would not be seen. */
const visible = (text: string): string =>
  text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
