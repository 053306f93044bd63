/** What the panel notes about itself, as it goes to the thread that writes it down. Pure, and shared by both sides. */

export const ACTOR_TYPES = ["anonymous", "user", "token", "system", "node"] as const;
export type ActorType = (typeof ACTOR_TYPES)[number];

/** One request. An array, because thousands of them are copied from thread to thread. */
export type RequestRow = [
  requestId: string,
  method: string,
  template: string,
  action: string,
  status: number,
  micros: number,
  actorType: ActorType,
  actor: string | null,
  address: string | null,
  code: string | null,
];

export interface ErrorRow {
  id: string;
  source: "request" | "page" | "job" | "process";
  requestId: string | null;
  place: string;
  name: string;
  message: string;
  stack: string;
}

/** A statement that took long: its text has no parameters. */
export type SlowRow = [text: string, micros: number, at: number];

/** What the panel's own thread knows of a moment. Octets, milliseconds, hundredths of a core. */
export interface Gauges {
  at: number;
  lag: number;
  memory: number;
  heap: number;
  cpu: number;
  database: number;
  wal: number;
  waiting: number;
  running: number;
  failed: number;
  calls: number;
  callFailures: number;
  callMs: number | null;
}

/** Rows of each kind before these moments (milliseconds) have had their time. */
export interface Cutoffs {
  requests: number;
  errors: number;
  statements: number;
}

export interface Batch {
  requests: RequestRow[];
  errors: ErrorRow[];
  slow: SlowRow[];
  sample?: Gauges;
}

/** An answer comes back under the number. */
export type LogMessage = { id: number } & ({ write: Batch } | { retain: Cutoffs } | { close: true });

const PER_MS = 2048;

/** The first row id of a millisecond. */
export const firstIdAt = (at: number): number => Math.max(0, Math.floor(at)) * PER_MS;
export const timeOf = (rowId: number): number => Math.floor(rowId / PER_MS);

/** Where the row of a UUIDv7 begins to be looked for: its millisecond, and its counter. */
export function rowIdOf(uuid: string): number {
  const at = Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
  return firstIdAt(at) + (Number.parseInt(uuid.slice(15, 18), 16) & (PER_MS - 1));
}

/** Two parts of the process may give one millisecond the same counter: the later row goes into the next free place within these. */
export const PLACES = 64;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const isId = (text: string): boolean => UUID.test(text);

export const octetsOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll("-", ""), "hex");

export function idOf(octets: Uint8Array): string {
  const hex = Buffer.from(octets).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
