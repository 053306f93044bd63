/** Contents of every record type, as people and zone files write them: nearly all of them right. */
import fc, { type Arbitrary } from "fast-check";

const number = (octets: number) => fc.integer({ min: 0, max: 256 ** octets - 1 });
const [u8, u16, u32] = [number(1), number(2), number(4)];
const u31 = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const words = (...parts: Arbitrary<unknown>[]) => fc.tuple(...parts).map((all) => all.join(" "));

export const host = fc.constantFrom("mail", "mail.example.net.", "MAIL.example.net.", "@", "a.b.c.d.", "x-1.example.");
const hostOrRoot = fc.oneof(host, fc.constant("."));
const target = fc.oneof(
  host,
  fc.constantFrom(
    "_x.example.net.",
    "0/25.example.net.",
    "a\\.b.example.net.",
    "\\097\\000.example.",
    "*.example.net.",
  ),
);
export const ipv4 = fc.tuple(u8, u8, u8, u8).map((parts) => parts.join("."));
const ipv6 = fc.ipV6();

/** Any octets in quotes, escaped now and then. */
export const quoted = fc
  .array(fc.oneof(u8, fc.constantFrom(32, 34, 59, 92, 97)), { maxLength: 20 })
  .chain((octets) => fc.tuple(fc.constant(octets), fc.infiniteStream(fc.boolean())))
  .map(([octets, escaped]) => {
    const text = octets.map((octet) => {
      const character = String.fromCharCode(octet);
      if (octet < 32 || octet > 126 || (escaped.next().value && octet !== 32))
        return `\\${String(octet).padStart(3, "0")}`;
      return octet === 34 || octet === 92 ? `\\${character}` : character;
    });
    return `"${text.join("")}"`;
  });

const hexOf = (octets: Uint8Array) => Buffer.from(octets).toString("hex");
const hex = (length?: number) =>
  fc
    .uint8Array({ minLength: length ?? 1, maxLength: length ?? 40 })
    .chain((octets) =>
      fc.constantFrom(hexOf(octets), hexOf(octets).toUpperCase(), hexOf(octets).replace(/(.{4})(?=.)/g, "$1 ")),
    );
const base64 = fc
  .uint8Array({ minLength: 1, maxLength: 60 })
  .chain((octets) => fc.constantFrom(...spellings(Buffer.from(octets).toString("base64"))));
const spellings = (text: string) => [text, text.replace(/(.{8})(?=.)/g, "$1 ")];

const algorithm = fc.oneof(u8, fc.constantFrom(5, 8, 13, 15, "ECDSAP256SHA256", "RSASHA1"));
const digest = fc
  .constantFrom([1, 20], [2, 32], [4, 48])
  .chain(([type, length]) => words(fc.constant(type), hex(length)));
const metres = (most: number) =>
  fc.tuple(fc.integer({ min: 0, max: most }), fc.constantFrom("", ".5", ".25", "m", ".75m")).map((all) => all.join(""));
const angle = (most: number, directions: string) =>
  words(
    fc.oneof(
      fc.integer({ min: 0, max: most }),
      words(fc.nat(most - 1), fc.nat(59)),
      words(
        fc.nat(most - 1),
        fc.nat(59),
        fc.nat(59_999).map((thousandths) => thousandths / 1000),
      ),
    ),
    fc.constantFrom(...directions),
  );

const parameter = fc.oneof(
  fc.constantFrom(
    "alpn=h2",
    "alpn=h2,h3",
    'alpn="h2"',
    "key1=\\002h2",
    'ech="AEj+"',
    "key5=abcd",
    "port=0443",
    "key3=\\001\\187",
  ),
  ipv4.map((address) => `ipv4hint=${address}`),
  fc.array(ipv6, { minLength: 1, maxLength: 3 }).map((all) => `ipv6hint=${all.join(",")}`),
  fc.constantFrom("mandatory=port", "mandatory=alpn,port", "no-default-alpn"),
  fc.constantFrom('key7="/dns-query{?dns}"', "dohpath=/q{?dns}", "ohttp", "key8"),
  fc.constantFrom("tls-supported-groups=29,23", "tls-supported-groups=65", 'key9="\\000\\029"', "mandatory=ohttp"),
  fc.constantFrom('key667="a b"', 'key667="a\\"b\\\\c"', "key668", "key668=", 'key65000="\\001\\200"'),
);
const parameters = fc.uniqueArray(parameter, {
  maxLength: 5,
  selector: (text) => keys[text.split("=")[0] ?? ""] ?? text.split("=")[0],
});
const keys: Readonly<Record<string, string>> = {
  key1: "alpn",
  key3: "port",
  key5: "ech",
  key7: "dohpath",
  key8: "ohttp",
  key9: "tls-supported-groups",
};
const service = fc.oneof(
  words(
    fc.integer({ min: 1, max: 65_535 }),
    fc.oneof(target, fc.constant(".")),
    parameters.map((all) => all.join(" ")),
  ),
  words(fc.constant(0), target),
);

const certificate = words(
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: 0, max: 1 }),
  fc.integer({ min: 0, max: 2 }),
  hex(),
);
const key = words(fc.constantFrom(256, 257, 385, 0), fc.constant(3), algorithm, base64);
const strings = fc.array(quoted, { minLength: 1, maxLength: 3 }).map((all) => all.join(" "));

/** By type, as a zone file has them. */
export const rdata: Readonly<Record<string, Arbitrary<string>>> = {
  A: ipv4,
  AAAA: ipv6,
  ALIAS: target,
  CAA: words(u8, fc.constantFrom("issue", "IODEF", "x1"), quoted),
  CDNSKEY: fc.oneof(key, fc.constant("0 3 0 AA==")),
  CDS: fc.oneof(words(u16, algorithm, digest), fc.constant("0 0 0 00")),
  CERT: words(fc.oneof(u16, fc.constantFrom("PKIX", "pgp", "OID")), u16, algorithm, base64),
  CNAME: target,
  DNAME: target,
  DNSKEY: key,
  DS: words(u16, algorithm, digest),
  AFSDB: words(u16, host),
  HINFO: words(quoted, quoted),
  HTTPS: service,
  LOC: words(
    angle(90, "NS"),
    angle(180, "EW"),
    fc.tuple(fc.constantFrom("", "-"), metres(90_000)).map((all) => all.join("")),
    fc.oneof(
      fc.constant(""),
      metres(9_000),
      words(metres(9_000), metres(90_000)),
      words(metres(9), metres(99), metres(99_999)),
    ),
  ).map((text) => text.trim()),
  MX: words(u16, hostOrRoot),
  NAPTR: words(
    u16,
    u16,
    fc.constantFrom('""', '"s"', '"U"', '"a1"'),
    fc.constantFrom('"SIP+D2U"', '""', '"E2U+sip"'),
    fc.constantFrom('""', '"!^.*$!sip:info@example.net!"', '"/(a)(.)/\\\\1/i"'),
    fc.oneof(target, fc.constant(".")),
  ),
  NS: host,
  OPENPGPKEY: base64,
  PTR: target,
  RP: words(target, target),
  SMIMEA: certificate,
  SOA: words(host, fc.constantFrom("hostmaster", "a\\.b.example.net."), u32, u31, u31, u31, u31),
  SPF: strings,
  SRV: words(u16, u16, u16, hostOrRoot),
  SSHFP: words(
    u8,
    fc.constantFrom([1, 20], [2, 32]).chain(([type, length]) => words(fc.constant(type), hex(length))),
  ),
  SVCB: service,
  TLSA: certificate,
  TXT: strings,
  URI: words(
    u16,
    u16,
    quoted.filter((text) => text !== '""'),
  ),
};

/** The same with something taken out, put in, or changed: often wrong, and sometimes right in another way. */
export const nearly = (content: Arbitrary<string>): Arbitrary<string> =>
  fc
    .tuple(
      content,
      fc.nat(),
      fc.constantFrom("", " ", "-", ".", "0", "z", "=", ",", "\\", "é", "1 ", "99999"),
      fc.nat(2),
    )
    .map(([text, at, piece, cut]) => {
      const place = text.length === 0 ? 0 : at % text.length;
      return text.slice(0, place) + piece + text.slice(place + cut);
    });
