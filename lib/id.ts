/** Identifiers: UUIDv7 (RFC 9562 §5.7), so that rows sort by when they were made. */
import { randomBytes } from "node:crypto";
import { singleton } from "#lib/singleton.ts";

const MOST_IN_A_MS = 0x0fff;

/** A new UUIDv7 in its text form. Those made by one process sort in order, also in one millisecond and after its clock was set back. */
export function newId(now = Date.now()): string {
  const made = singleton("ids", () => ({ at: 0, counter: 0 }));
  if (now > made.at) Object.assign(made, { at: now, counter: 0 });
  else if (made.counter < MOST_IN_A_MS) made.counter += 1;
  // What does not fit into one millisecond takes from the next (RFC 9562 §6.2).
  else Object.assign(made, { at: made.at + 1, counter: 0 });
  const bytes = randomBytes(16);
  bytes.writeUIntBE(made.at, 0, 6);
  bytes.writeUInt16BE(0x7000 | made.counter, 6);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
