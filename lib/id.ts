/** Identifiers: UUIDv7 (RFC 9562 §5.7), so that rows sort by when they were made. */
import { randomBytes } from "node:crypto";

let last = 0;
let counter = 0;

/** A new UUIDv7 in its text form. Ids made in one millisecond by one process still sort in order. */
export function newId(now = Date.now()): string {
  counter = now > last ? 0 : counter + 1;
  last = Math.max(now, last);
  const bytes = randomBytes(16);
  bytes.writeUIntBE(last, 0, 6);
  bytes.writeUInt16BE(0x7000 | (counter & 0x0fff), 6);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
