/** One request to the daemon, and how it is answered. */
import type { IncomingMessage, ServerResponse } from "node:http";

export interface Ask {
  method: string;
  path: string;
  query: URLSearchParams;
  request: IncomingMessage;
  response: ServerResponse;
  /** In JSON. */
  say(status: number, body?: unknown): void;
  /** Anything else. */
  give(status: number, headers: Record<string, string>, body: Buffer): void;
}

/** What the daemon says is wrong. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const gone = () => new Refusal(404, "The requested resource was not found.");

export async function rawOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse((await rawOf(request)).toString());
    if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new Refusal(400, "The data passed in the request was not in a parsable format.");
}

export const textIn = (body: Record<string, unknown>, name: string): string => {
  const value = body[name] ?? "";
  if (typeof value !== "string") throw new Refusal(400, "The data could not be parsed.");
  return value;
};
