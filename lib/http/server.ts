/** The socket's side of the panel: what every request and answer gets before Next sees them, and what never reaches it. */
import { randomBytes } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";
import { ADDRESS_HEADER, PATH_HEADER } from "#lib/api/request-headers.ts";
import { noteRefused, notingPage } from "#lib/log/page.ts";
import { clientAddress } from "./client-address.ts";
import { securityHeaders } from "./security-headers.ts";

interface Options {
  /** What people open. Decides everything that a Host header would. */
  origin: string;
  trustedProxies: readonly string[];
  development: boolean;
  /** The country of an address to which nothing at all is open; null for others. */
  blockedCountry?: (address: string) => string | null;
  /** The route of a path, for the log. */
  templateOf?: (path: string) => string;
  /** What the scripts of the page at a path may call besides the panel. */
  reachOf?: (path: string) => string | null;
}

/** Milliseconds. 4 MB in two minutes is 35 KB a second. Proxies keep a connection open for a minute or less. */
const LIMITS = {
  headersTimeout: 15_000,
  requestTimeout: 120_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
};

export function panelServer(handle: RequestListener, options: Options, limits = LIMITS): Server {
  const { protocol, host } = new URL(options.origin);
  const headersFor = (nonce: string, reach: string | null = null) =>
    securityHeaders({ nonce, https: protocol === "https:", development: options.development, reach });
  const server = createServer(limits, (request, response) => {
    const headers = headersFor(newNonce(), options.reachOf?.(request.url ?? "") ?? null);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (isApi(request)) response.setHeader("cache-control", "no-store");
    const status = refusal(request);
    if (status !== null) {
      // What of the body is still to come is not worth reading.
      response.writeHead(status, { "content-type": "text/plain", connection: "close", ...allow(status) });
      response.end(`${STATUS_CODES[status]}\n`);
      return;
    }
    const address = clientAddress(
      request.socket.remoteAddress ?? "",
      String(request.headers["x-forwarded-for"] ?? ""),
      options.trustedProxies,
    );
    const { templateOf = () => "unmatched" } = options;
    const country = options.blockedCountry?.(address) ?? null;
    if (country !== null) {
      refuseCountry(request, response);
      noteRefused(request, { address, templateOf, status: response.statusCode, code: `country:${country}` });
      return;
    }
    for (const name of ["x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "forwarded"])
      delete request.headers[name];
    Object.assign(request.headers, {
      host,
      [ADDRESS_HEADER]: address,
      [PATH_HEADER]: request.url,
      // Next takes the nonce for its scripts from here.
      "content-security-policy": headers["content-security-policy"],
    });
    notingPage(request, response, { address, templateOf }, () => handle(request, response));
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) =>
    refuseUnread(error, socket, headersFor(newNonce())),
  );
  return server;
}

const NOT_HERE = "This panel is not open to your country.";

function refuseCountry(request: IncomingMessage, response: ServerResponse): void {
  const problem = isApi(request);
  response.writeHead(403, { "content-type": problem ? "application/problem+json" : "text/plain", connection: "close" });
  response.end(problem ? JSON.stringify({ code: "forbidden", message: NOT_HERE }) : `${NOT_HERE}\n`);
}

const newNonce = (): string => randomBytes(16).toString("base64");

const isApi = (request: IncomingMessage): boolean => /^\/api(?:[/?]|$)/.test(request.url ?? "");

/** What mail programs post to by themselves (RFC 8058), at the address that people open. */
const isOneClick = ({ method, url = "" }: IncomingMessage): boolean =>
  method === "POST" && /^\/unsubscribe\/[^/?]+$/.test(url);

/** Pages are read, and a read has no body. What the API's own doors take they measure themselves, and so does the one beside it. */
function refusal(request: IncomingMessage): number | null {
  if (!request.url?.startsWith("/")) return 400;
  const reads = request.method === "GET" || request.method === "HEAD";
  if (!reads) return isApi(request) || isOneClick(request) ? null : 405;
  const body = request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
  return body ? 413 : null;
}

const allow = (status: number) => (status === 405 ? { allow: "GET, HEAD" } : {});

/** What is no HTTP request, or takes too long to become one. */
function refuseUnread(error: NodeJS.ErrnoException, socket: Duplex, headers: Record<string, string>): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const known: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };
  const status = known[error.code ?? ""] ?? 400;
  const lines = Object.entries({ ...headers, "content-length": "0", connection: "close" });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n`);
}
