/** SOA: the start of a zone (RFC 1035 §3.3.13). Its serial is kept in the content and is no part of comparisons. */
import { type Parsed, parseName, parseTarget } from "../name.ts";
import { readTtl } from "../ttl.ts";
import { type Context, type Field, hostField, numberField, recordType } from "./record-type.ts";

/** Seconds, or a time with units, such as 3h. */
const seconds = (name: string, label: string, placeholder: string, help: string): Field => ({
  ...numberField(name, label, placeholder, 4, { max: 2 ** 31 - 1, help }),
  kind: "text",
  read: (token) => {
    const read = readTtl(token);
    return read === null
      ? { ok: false, reason: `${label} is a time in seconds, or such as 30m, 3h or 1d.` }
      : { ok: true, value: String(read) };
  },
});

export const soa = recordType({
  type: "SOA",
  title: "Start of authority",
  help: "What a zone begins with: who keeps it, and how often secondary servers look for changes.",
  rfc: "RFC 1035 §3.3.13",
  placeholder: "ns1.example.net. hostmaster.example.net. 1 10800 3600 604800 3600",
  fields: [
    hostField("mname", "Primary name server", "ns1.example.net.", {
      root: true,
      help: "The name server where changes are made.",
    }),
    {
      name: "rname",
      label: "Mail address",
      kind: "text",
      placeholder: "hostmaster.example.net.",
      help: "Of whoever keeps the zone. The @ is a dot here; an address with @ is understood too.",
      read: readMailbox,
      decode: (wire) => wire.name(),
    },
    numberField("serial", "Serial", "1", 4, { help: "Grows by itself with every change." }),
    seconds("refresh", "Refresh", "10800", "How often secondary servers look for changes."),
    seconds("retry", "Retry", "3600", "How soon they try again when that failed."),
    seconds("expire", "Expire", "604800", "When they stop answering if it keeps failing."),
    seconds("minimum", "Negative TTL", "3600", "How long resolvers remember that a name does not exist."),
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
function readMailbox(text: string, { apex, file = false }: Context): Parsed<string> {
  const mail = /^((?:\\.|[^@\\])+)@([^@]+[^@.])$/.exec(text);
  if (!mail?.[1] || !mail[2]) return parseTarget(text, apex, { exact: file });
  return parseName(`${mail[1].replace(/\\(\d{3}|.)|\./g, (part) => (part === "." ? "\\." : part))}.${mail[2]}.`, null);
}
