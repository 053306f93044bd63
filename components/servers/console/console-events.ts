/** What a node sends a console, read: nothing of it is believed to have the shape that it should. */

/** More of one line than anybody reads. */
const LONGEST = 8192;

export function eventOf(data: unknown): { event: string; text: string } | null {
  const { event, args } = objectOf(data);
  if (typeof event !== "string") return null;
  const [first] = Array.isArray(args) ? args : [];
  // Some daemons put what it is about behind a colon.
  const [name = ""] = event.split(":");
  return { event: name, text: typeof first === "string" ? first.slice(0, LONGEST) : "" };
}

const states = ["offline", "starting", "running", "stopping"] as const;
export type State = (typeof states)[number];

export const stateOf = (text: unknown): State | null => states.find((one) => one === text) ?? null;

export interface Figures {
  state: State;
  cpu: number;
  memoryBytes: number;
  diskBytes: number;
  receivedBytes: number;
  sentBytes: number;
  uptimeMs: number;
}

export function figuresOf(text: string): Figures | null {
  const told = objectOf(text);
  const state = stateOf(told.state);
  if (state === null) return null;
  const network = isObject(told.network) ? told.network : {};
  return {
    state,
    cpu: amountOf(told.cpu_absolute),
    memoryBytes: amountOf(told.memory_bytes),
    diskBytes: amountOf(told.disk_bytes),
    receivedBytes: amountOf(network.rx_bytes),
    sentBytes: amountOf(network.tx_bytes),
    uptimeMs: amountOf(told.uptime),
  };
}

const amountOf = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function objectOf(text: unknown): Record<string, unknown> {
  try {
    const read: unknown = typeof text === "string" ? JSON.parse(text) : null;
    return isObject(read) ? read : {};
  } catch {
    return {};
  }
}
