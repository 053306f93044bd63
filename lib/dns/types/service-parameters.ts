/** The parameters of SVCB and HTTPS (RFC 9460 §2.1, §7, RFC 9461 §5, RFC 9540 §4), each in one form, in order. */
import type { Parsed } from "../name.ts";
import { readIpv4 } from "./a.ts";
import { formatIpv6, readIpv6 } from "./aaaa.ts";
import { base64Of, readBase64 } from "./fields.ts";
import { quoteOctets, readFileStrings } from "./strings.ts";
import { type Wire, wireOf } from "./wire.ts";

/** A value is one character per octet; null says that there is none, not even an empty one. */
interface Parameter {
  name: string;
  /** What stands after the `=` in canonical form, the empty string for nothing. */
  read(value: string | null): Parsed<string>;
  /** The value of octets in wire form. */
  decode(wire: Wire): string | null;
}

/** By key. */
const parameters: Readonly<Record<number, Parameter>> = {
  0: {
    name: "mandatory",
    read(value) {
      const keys = (value ?? "").split(",").map(keyOf);
      if (keys.includes(null)) return fail("mandatory lists names of parameters with commas between them.");
      const sorted = keys.map(Number).sort((a, b) => a - b);
      if (sorted[0] === 0) return fail("mandatory cannot list itself.");
      if (new Set(sorted).size < sorted.length) return fail("mandatory lists a parameter twice.");
      return { ok: true, value: sorted.map(nameOf).join(",") };
    },
    decode: (wire) => many(wire, () => nameOf(wire.number(2))),
  },
  1: {
    name: "alpn",
    read(value) {
      const ids = value === null ? [""] : (value.match(/(?<=^|,)(?:\\[\s\S]|[^,\\])*/g) ?? [""]);
      const lengths = ids.map((id) => id.replace(/\\([\s\S])/g, "$1").length);
      if (lengths.some((length) => length === 0 || length > 255))
        return fail("alpn lists protocols such as h2,h3, with commas between them.");
      return {
        ok: true,
        value: shortest(
          ids.map((id) => id.replace(/\\([\s\S])/g, (pair, octet) => (/[,\\]/.test(octet) ? pair : octet))).join(","),
        ),
      };
    },
    decode: (wire) =>
      many(wire, () => String.fromCharCode(...wire.string()).replace(/[,\\]/g, (octet) => `\\${octet}`)),
  },
  2: { name: "no-default-alpn", read: (value) => without(value, "no-default-alpn"), decode: () => null },
  3: {
    name: "port",
    read: (value) =>
      /^\d{1,5}$/.test(value ?? "") && Number(value) < 65_536
        ? { ok: true, value: String(Number(value)) }
        : fail("port is a whole number from 0 to 65535."),
    decode: (wire) => String(wire.number(2)),
  },
  4: {
    name: "ipv4hint",
    read: (value) => list(value, readIpv4, "ipv4hint lists IPv4 addresses with commas between them."),
    decode: (wire) => many(wire, () => wire.octets(4).join(".")),
  },
  5: {
    name: "ech",
    read(value) {
      const read = readBase64(value ?? "", "ech");
      return read.ok ? { ok: true, value: `"${read.value}"` } : read;
    },
    decode: (wire) => base64Of(wire.rest()),
  },
  6: {
    name: "ipv6hint",
    read: (value) => list(value, readIpv6, "ipv6hint lists IPv6 addresses with commas between them."),
    decode: (wire) => many(wire, () => formatIpv6(Array.from({ length: 8 }, () => wire.number(2)))),
  },
  7: {
    name: "dohpath",
    read: (value) =>
      value?.startsWith("/") && value.includes("{?dns}")
        ? { ok: true, value: quoted(value) }
        : fail("dohpath is a path with {?dns} in it, such as /dns-query{?dns}."),
    decode: (wire) => String.fromCharCode(...wire.rest()),
  },
  8: { name: "ohttp", read: (value) => without(value, "ohttp"), decode: () => null },
};

/**
 * Named here and nowhere else that people have: a zone with this name is refused by BIND 9.18 and PowerDNS before 5.1. So
 * it is read (draft-ietf-tls-key-share-prediction §3), and written by its number.
 */
const GROUPS = { name: "tls-supported-groups", key: 9 };

/** A parameter in canonical form, and the number that orders it. */
type ParameterRead = { key: number; token: string };

/** One parameter as written, `key`, `key=value` or `key="value"`, in canonical form. */
export function readParameter(written: string): Parsed<ParameterRead> {
  const equals = written.indexOf("=");
  const name = equals === -1 ? written : written.slice(0, equals);
  const key = keyOf(name);
  if (key === null)
    return fail(`There is no parameter ${name.slice(0, 40)}; one without a name is written key and its number.`);
  const strings = equals === -1 ? null : readFileStrings([written.slice(equals + 1)]);
  if (strings?.ok === false) return strings;
  const octets = strings?.value[0] ?? null;
  if (name === GROUPS.name) {
    const groups = octets === null ? [] : String.fromCharCode(...octets).split(",");
    const numbers = groups.map((group) => (/^\d{1,5}$/.test(group) ? Number(group) : Number.NaN));
    return numbers.length > 0 && numbers.every((group) => group < 65_536) && new Set(numbers).size === numbers.length
      ? decodeParameter(key, Uint8Array.from(numbers.flatMap((group) => [group >> 8, group & 0xff])))
      : fail(`${name} lists numbers of groups such as 29,23, each once, with commas between them.`);
  }
  const known = parameters[key];
  if (known?.name === name) return canonical(key, octets && String.fromCharCode(...octets));
  // The number of one that has a name: its value is in wire form (RFC 9460 §2.1).
  return decodeParameter(key, octets ?? new Uint8Array());
}

/** One parameter by its value in wire form, in canonical form. Throws a RangeError if that ends too early. */
export function decodeParameter(key: number, octets: Uint8Array): Parsed<ParameterRead> {
  const known = parameters[key];
  if (!known) return { ok: true, value: { key, token: `${nameOf(key)}=${quoteOctets(octets)}` } };
  const wire = wireOf(octets);
  try {
    const value = known.decode(wire);
    if (wire.left() === 0) return canonical(key, value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return fail(`The octets of key${key} are no ${known.name}.`);
}

function canonical(key: number, value: string | null): Parsed<ParameterRead> {
  const read = parameters[key]?.read(value) ?? fail("There is no such parameter.");
  if (!read.ok) return read;
  return { ok: true, value: { key, token: read.value === "" ? nameOf(key) : `${nameOf(key)}=${read.value}` } };
}

/** All of them in the order of their keys, or what is wrong with them together (RFC 9460 §7.1.1, §8). */
export function readParameters(tokens: readonly string[]): Parsed<string> {
  return inOrder(tokens.map(readParameter));
}

export function decodeParameters(wire: Wire): Parsed<string> {
  const reads: Parsed<ParameterRead>[] = [];
  while (wire.left() > 0) {
    const key = wire.number(2);
    reads.push(decodeParameter(key, wire.octets(wire.number(2))));
  }
  return inOrder(reads);
}

function inOrder(reads: readonly Parsed<ParameterRead>[]): Parsed<string> {
  const tokens = new Map<number, string>();
  for (const read of reads) {
    if (!read.ok) return read;
    if (tokens.has(read.value.key)) return fail(`The parameter ${nameOf(read.value.key)} stands here twice.`);
    tokens.set(read.value.key, read.value.token);
  }
  const listed = tokens.get(0)?.slice("mandatory=".length).split(",") ?? [];
  const missing = listed.find((name) => !tokens.has(keyOf(name) ?? -1));
  if (missing !== undefined) return fail(`mandatory lists ${missing}, which is not there.`);
  if (tokens.has(2) && !tokens.has(1)) return fail("no-default-alpn needs alpn beside it.");
  return {
    ok: true,
    value: [...tokens]
      .sort(([a], [b]) => a - b)
      .map(([, token]) => token)
      .join(" "),
  };
}

const nameOf = (key: number): string => parameters[key]?.name ?? `key${key}`;

function keyOf(name: string): number | null {
  const known = Object.entries(parameters).find(([, parameter]) => parameter.name === name);
  if (known) return Number(known[0]);
  if (name === GROUPS.name) return GROUPS.key;
  const number = /^key(0|[1-9]\d{0,4})$/.exec(name)?.[1];
  return number !== undefined && Number(number) < 65_536 ? Number(number) : null;
}

function many(wire: Wire, one: () => string): string {
  const values: string[] = [];
  while (wire.left() > 0) values.push(one());
  return values.join(",");
}

function list(value: string | null, read: (text: string) => Parsed<string>, reason: string): Parsed<string> {
  const reads = (value ?? "").split(",").map(read);
  const written = reads.flatMap((one) => (one.ok ? [one.value] : []));
  return written.length === reads.length ? { ok: true, value: written.join(",") } : fail(reason);
}

const without = (value: string | null, name: string): Parsed<string> =>
  value === null ? { ok: true, value: "" } : fail(`${name} has no value.`);

const quoted = (value: string): string => quoteOctets(Uint8Array.from(value, (octet) => octet.charCodeAt(0)));

/** Without quotes where none are needed. */
const shortest = (value: string): string => (/^[!#-'*-:<-[\]-~]+$/.test(value) ? value : quoted(value));

const fail = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });
