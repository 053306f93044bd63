/** SOA: the start of a zone (RFC 1035 §3.3.13). Its serial is kept in the content and is no part of comparisons. */
import { type Parsed, parseName } from "../name.ts";
import { type Context, type Field, hostField, numberField, recordType } from "./record-type.ts";

const maxSeconds = 2 ** 31 - 1;
const seconds = (name: string, label: string, placeholder: string): Field =>
  numberField(name, label, placeholder, maxSeconds);

export const soa = recordType({
  type: "SOA",
  title: "Start of authority",
  rfc: "RFC 1035 §3.3.13",
  placeholder: "ns1.example.net. hostmaster.example.net. 1 10800 3600 604800 3600",
  fields: [
    hostField("mname", "Primary name server", "ns1.example.net.", { root: true }),
    { name: "rname", label: "Mail address", kind: "text", placeholder: "hostmaster.example.net.", read: readMailbox },
    numberField("serial", "Serial", "1", 2 ** 32 - 1),
    seconds("refresh", "Refresh", "10800"),
    seconds("retry", "Retry", "3600"),
    seconds("expire", "Expire", "604800"),
    seconds("minimum", "Negative TTL", "3600"),
  ],
});

/**
 * The canonical SOA content with 0 for its serial: what two SOAs are compared by. Anything else is returned unchanged.
 */
export const soaWithoutSerial = (content: string): string => soaWithSerial(content, "0");

/** The serial of a canonical SOA content, as written; null if it is none. */
export const soaSerial = (content: string): string | null => sevenFields.exec(content)?.[2] ?? null;

/** The canonical SOA content with another serial. Anything else is returned unchanged. */
export const soaWithSerial = (content: string, serial: string): string =>
  content.replace(sevenFields, (_, before: string, __: string, after: string) => before + serial + after);

const sevenFields = /^(\S+ \S+ )(\d+)((?: \d+){4})$/;

/** A mailbox as a domain name (RFC 1035 §8), or the mail address itself: `a.b@example.com` is `a\.b.example.com.`. */
function readMailbox(text: string, { apex }: Context): Parsed<string> {
  const mail = /^((?:\\.|[^@\\])+)@([^@]+[^@.])$/.exec(text);
  if (!mail?.[1] || !mail[2])
    return parseName(text, text.replace(/\\./g, "").includes(".") ? null : apex, { exact: true });
  return parseName(`${mail[1].replace(/\\(\d{3}|.)|\./g, (part) => (part === "." ? "\\." : part))}.${mail[2]}.`, null);
}
