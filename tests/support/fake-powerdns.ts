/**
 * A proxy in front of a real PowerDNS that fails on demand: before or after the request has landed, by silence, by
 * nonsense, by a broken connection.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/**
 * - `garbage`: the request lands, the answer is 200 with something that is not JSON
 * - `slow`: nothing lands, and no answer comes
 * - `slow-after`: the request lands, and no answer comes
 * - `422-before`: refused in PowerDNS' words, without having landed
 * - `429`: too many requests, without having landed
 * - `hold`: nothing lands until the fault is over, then all goes on
 * - `500-before`, `500-after`: 500 from something on the way, without and after the request having landed
 * - `500-own`: 500 as PowerDNS itself says it when its database is busy: nothing landed, and nothing will
 * - `drop-before`, `drop-after`: the connection breaks, without and after the request having landed; half of what there
 *   is to answer is sent first
 */
export type Fault =
  | "garbage"
  | "slow"
  | "hold"
  | "422-before"
  | "429"
  | "slow-after"
  | "500-before"
  | "500-after"
  | "500-own"
  | "drop-before"
  | "drop-after";

const OWN_FAILURE = JSON.stringify({ error: "Internal Server Error" });

export interface FaultProxy {
  url: string;
  /** Every request that came, in order, also those that failed. Clear it with `requests.length = 0`. */
  requests: { method: string; path: string; body: string }[];
  /**
   * Fails matching requests this way until told otherwise, but for the first so many of them; `null` ends it. Where some are let
   * through, so is the question for the version, and does not count: whether it is asked again is a matter of time.
   */
  fail(next: Fault | null, when?: { method?: string; skip?: number }): void;
  /** How many requests have met what `fail` told last. */
  caught(): number;
  /** What is written lands as this makes it; `null` ends it. */
  tamper(write: ((body: string) => string) | null): void;
  /** Stops listening, so that connections are refused, and listens again on the same port. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

/** Whether it is the question for the server's version. */
const asksVersion = (path: string): boolean => path.endsWith("/servers/localhost");

/** Forwards to `targetUrl` from a free loopback port. */
export async function startFaultProxy(targetUrl: string): Promise<FaultProxy> {
  const requests: FaultProxy["requests"] = [];
  let fault: Fault | null = null;
  let onlyMethod: string | undefined;
  let skip = 0;
  let counted = false;
  let caught = 0;
  let write: ((body: string) => string) | null = null;
  let over = Promise.withResolvers<void>();

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const method = request.method ?? "GET";
    const path = request.url ?? "/";
    requests.push({ method, path, body });
    const matches = (onlyMethod === undefined || onlyMethod === method) && !(counted && asksVersion(path));
    const now = matches && skip-- <= 0 ? fault : null;
    if (now) caught++;

    if (now === "slow") return;
    if (now === "hold") await over.promise;
    if (now === "drop-before") return void request.socket.destroy();
    if (now === "429")
      return void response
        .writeHead(429, { "Content-Type": "text/plain", "Retry-After": "1" })
        .end("Too many requests");
    if (now === "422-before") {
      const error = JSON.stringify({ error: "RRset not.asked.example. IN TXT: Refused by the test" });
      return void response.writeHead(422, { "Content-Type": "application/json" }).end(error);
    }
    if (now === "500-own") return void response.writeHead(500, { "Content-Type": "application/json" }).end(OWN_FAILURE);
    if (now === "500-before") return void response.writeHead(500, { "Content-Type": "text/html" }).end("<h1>Oops</h1>");

    const answer = await fetch(`${targetUrl}${path}`, {
      method,
      headers: {
        "X-API-Key": String(request.headers["x-api-key"] ?? ""),
        Accept: String(request.headers.accept ?? "*/*"),
      },
      body: body === "" ? null : method === "GET" || !write ? body : write(body),
    });
    const text = await answer.text();

    if (now === "slow-after") return;
    if (now === "500-after") return void response.writeHead(500, { "Content-Type": "text/html" }).end("<h1>Oops</h1>");
    if (now === "garbage")
      return void response.writeHead(200, { "Content-Type": "text/html" }).end("<html>It works!</html>");
    if (now === "drop-after") {
      if (text === "") return void request.socket.destroy();
      response.writeHead(answer.status, {
        "Content-Type": "application/json",
        "Content-Length": Buffer.byteLength(text),
      });
      response.write(text.slice(0, text.length / 2), () => request.socket.destroy());
      return;
    }
    response.writeHead(answer.status, { "Content-Type": answer.headers.get("content-type") ?? "text/plain" }).end(text);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        server.removeListener("error", reject);
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  const stopListening = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });

  const port = await listen(0);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    fail(next, when = {}) {
      fault = next;
      onlyMethod = when.method;
      skip = when.skip ?? 0;
      counted = skip > 0;
      caught = 0;
      over.resolve();
      if (next !== null) over = Promise.withResolvers();
    },
    caught: () => caught,
    tamper(next) {
      write = next;
    },
    down: stopListening,
    async up() {
      await listen(port);
    },
    close: stopListening,
  };
}
