/** LOC: where something is on the earth (RFC 1876), to a thousandth of a second of arc. */
import type { Parsed } from "../name.ts";
import type { FieldSpec, Rdata, RecordType } from "./record-type.ts";
import { wireOf } from "./wire.ts";

const example = "52 22 23.000 N 4 53 32.000 E -2.00m 1.00m 10000.00m 10.00m";

const fields: readonly FieldSpec[] = [
  field(
    "latitude",
    "Latitude",
    "52 22 23.000 N",
    "Degrees, minutes and seconds, then N or S. Minutes and seconds may be left out.",
  ),
  field("longitude", "Longitude", "4 53 32.000 E", "Degrees, minutes and seconds, then E or W."),
  field("altitude", "Altitude", "-2.00m", "In metres above the sea."),
  field("size", "Size", "1.00m", "The diameter of what is there, in metres."),
  field("horizontal", "Horizontal precision", "10000.00m", "How far off the place may be, in metres."),
  field("vertical", "Vertical precision", "10.00m", "How far off the altitude may be, in metres."),
];

function field(name: string, label: string, placeholder: string, help: string): FieldSpec {
  const optional = ["size", "horizontal", "vertical"].includes(name);
  return { name, label, kind: "text", placeholder, help, ...(optional ? { optional } : {}) };
}

export const loc: RecordType = {
  type: "LOC",
  title: "Place on the earth",
  help: "Where a host or network is, by latitude, longitude and altitude.",
  rfc: "RFC 1876 §2",
  fields,
  placeholder: example,
  parse(content) {
    const rdata: Record<string, string> = {};
    const given = split(content);
    if (given === null) return { ok: false, reason: `LOC is written such as ${example}.` };
    for (const { name } of fields) {
      const read = readers[name]?.(given[name] ?? "");
      if (!read?.ok) return read ?? { ok: true, value: rdata };
      rdata[name] = read.value;
    }
    return { ok: true, value: rdata };
  },
  format: (rdata) => fields.map(({ name }) => rdata[name] ?? "").join(" "),
  decode,
  toFields: (content) => {
    const given = split(content) ?? { latitude: content };
    return Object.fromEntries(fields.map(({ name }) => [name, given[name] ?? ""]));
  },
  fromFields(given) {
    const problems: Record<string, string> = {};
    const rdata: Record<string, string> = {};
    for (const { name, label, optional } of fields) {
      const text = (given[name] ?? "").trim();
      const read = text === "" && !optional ? fail(`${label} is missing.`) : (readers[name]?.(text) ?? fail(label));
      if (read.ok) rdata[name] = read.value;
      else problems[name] = read.reason;
    }
    return Object.keys(problems).length > 0
      ? { ok: false, fields: problems }
      : { ok: true, content: loc.format(rdata) };
  },
};

/** The parts as written, what is left out not in it; null if the order of the parts cannot be told. */
function split(content: string): Record<string, string> | null {
  const text = content
    .replace(/(?<!\S)[()](?!\S)/g, " ")
    .trim()
    .replace(/\s+/g, " ");
  const match = /^([\d. ]+ [NS]) ([\d. ]+ [EW])((?: \S+){1,4})$/i.exec(text);
  if (!match) return null;
  const [altitude = "", size = "", horizontal = "", vertical = ""] = (match[3] ?? "").trim().split(" ");
  return { latitude: match[1] ?? "", longitude: match[2] ?? "", altitude, size, horizontal, vertical };
}

const readers: Readonly<Record<string, (text: string) => Parsed<string>>> = {
  latitude: (text) => readAngle(text, 90, "NS"),
  longitude: (text) => readAngle(text, 180, "EW"),
  altitude: readAltitude,
  size: (text) => readSize(text || "1"),
  horizontal: (text) => readSize(text || "10000"),
  vertical: (text) => readSize(text || "10"),
};

function readAngle(text: string, most: number, directions: string): Parsed<string> {
  const match = /^(\d{1,5})(?: (\d{1,2})(?: (\d{1,2}(?:\.\d{1,3})?))?)? ([NSEW])$/i.exec(
    text.trim().replace(/\s+/g, " "),
  );
  const direction = (match?.[4] ?? "").toUpperCase();
  if (!match || !directions.includes(direction)) {
    const [plus, minus] = directions;
    return fail(
      `It is written in degrees, minutes and seconds, and then ${plus} or ${minus}, such as 52 22 23.5 ${plus}.`,
    );
  }
  const [degrees, minutes, seconds] = [match[1], match[2], match[3]].map((part) => Number(part ?? 0));
  if (degrees === undefined || minutes === undefined || seconds === undefined) return fail("It has no degrees.");
  // PowerDNS writes 35 60.000 where it means 36 0.000.
  const thousandths = (degrees * 60 + minutes) * 60_000 + Math.round(seconds * 1000);
  if (minutes > 59 || seconds > 60 || thousandths > most * 3_600_000)
    return fail(`It goes up to ${most} degrees, with minutes and seconds below 60.`);
  return { ok: true, value: angle(direction === directions[1] ? -thousandths : thousandths, directions) };
}

/** From 100,000 m below the sea, in centimetres. */
function readAltitude(text: string): Parsed<string> {
  const centimetres = readMetres(text.replace(/^[+-]/, ""));
  const above = text.startsWith("-") ? -centimetres : centimetres;
  if (!(above >= -10_000_000 && above <= 2 ** 32 - 1 - 10_000_000))
    return fail("It is a number of metres from -100000.00 to 42849672.95.");
  return { ok: true, value: metres(above) };
}

/** One digit and a power of ten, in centimetres: other digits are cut off, as every name server does (RFC 1876 §2). */
function readSize(text: string): Parsed<string> {
  const centimetres = readMetres(text);
  if (!(centimetres <= 9_000_000_099)) return fail("It is a number of metres up to 90000000.");
  const power = 10 ** Math.max(0, String(centimetres).length - 1);
  return { ok: true, value: metres(Math.floor(centimetres / power) * power) };
}

/** Centimetres; NaN if they are no number of metres. */
function readMetres(text: string): number {
  const [, whole = "", fraction = ""] = /^(?=\.?\d)(\d{0,8})(?:\.(\d{0,2}))?m?$/i.exec(text) ?? [];
  return whole + fraction === "" ? Number.NaN : Number(whole) * 100 + Number(fraction.padEnd(2, "0"));
}

const metres = (centimetres: number): string => {
  const whole = Math.abs(centimetres);
  return `${centimetres < 0 ? "-" : ""}${Math.floor(whole / 100)}.${String(whole % 100).padStart(2, "0")}m`;
};

function decode(octets: Uint8Array): Parsed<Rdata> {
  const wire = wireOf(octets);
  if (octets.length !== 16 || wire.number(1) !== 0) return fail("The octets after \\# are no LOC of version 0.");
  const [size, horizontal, vertical] = [wire.number(1), wire.number(1), wire.number(1)].map((octet) =>
    metres((octet >> 4) * 10 ** (octet & 15)),
  );
  const [latitude, longitude] = [angle(wire.number(4) - 2 ** 31, "NS"), angle(wire.number(4) - 2 ** 31, "EW")];
  const altitude = metres(wire.number(4) - 10_000_000);
  return loc.parse([latitude, longitude, altitude, size, horizontal, vertical].join(" "), { apex: "." });
}

/** Of thousandths of a second of arc from the equator or the prime meridian. */
function angle(value: number, directions: string): string {
  const thousandths = Math.abs(value);
  const seconds = Math.floor(thousandths / 1000);
  const written = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${written.join(" ")} ${((thousandths % 60_000) / 1000).toFixed(3)} ${directions[value < 0 ? 1 : 0]}`;
}

const fail = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });
