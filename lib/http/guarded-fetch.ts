/**
 * The one way in which URLs that people type are called: http and https alone, to addresses that are open to whoever
 * typed it, never the panel itself, no redirects, within a time and a size. A name is looked up here, all of its addresses
 * are checked, and those are what is connected to, so that it cannot mean something else a moment later.
 */
import { type LookupAddress, lookup } from "node:dns";
import { lookup as lookUp } from "node:dns/promises";
import { Agent as HttpAgent, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { setTimeout } from "node:timers/promises";
import {
  type HttpAnswer,
  type HttpCall,
  openBy,
  type SendHttp,
  type StreamCall,
  sendBy,
  sendHttp,
  type Way,
} from "#lib/dns/providers/http-call.ts";
import { env } from "#lib/env.ts";
import { singleton } from "#lib/singleton.ts";
import { isOwnAddress, isReachable } from "./reachable.ts";

/** Who gave the URL: the environment, which may name anything; staff; or an organisation. */
export type Typist = "environment" | "staff" | "organisation";

/** The URL leads where the panel does not go for this typist. The message is a sentence for them. */
export class AddressRefused extends Error {
  override name = "AddressRefused";
}

const MAX_BYTES = 64 * 1024 * 1024;
const WITHIN_MS = 8000;

/** Connections that are kept apart from others: one that waits for its next call counts, and holds up what would be one more. */
export interface Pool {
  name: string;
  /** Connections in all. */
  most: number;
  /** How long one is kept that is not used. */
  idleMs: number;
}
const SHARED: Pool = { name: "", most: 256, idleMs: 30_000 };

/** In the form that the providers' HTTP takes. Rejects with AddressRefused before anything is sent. */
export const guardedSend = (typist: Typist, pool = SHARED): SendHttp =>
  typist === "environment" ? sendHttp : (call) => send(typist, call, undefined, pool);

/** The answer as it comes, for `take`, which reads it to its end or destroys it. */
export const guardedOpen = async <T>(
  typist: Typist,
  pool: Pool,
  call: StreamCall,
  take: (response: IncomingMessage) => Promise<T>,
): Promise<T> => openBy(await wayFor(typist, call.url, pool), call, take);

/** The same as a `fetch`, for clients that take one. The answer is read whole. */
export const guardedFetch =
  (typist: Typist, limits: { timeoutMs?: number; maxBytes?: number } = {}): typeof fetch =>
  async (input, init) => {
    const request = new Request(input, init);
    const { status, text, headers } = await send(
      typist,
      {
        url: request.url,
        method: request.method,
        headers: Object.fromEntries(request.headers),
        body: request.body === null ? undefined : await request.text(),
        timeoutMs: limits.timeoutMs ?? WITHIN_MS,
        maxBytes: limits.maxBytes ?? MAX_BYTES,
      },
      request.signal,
    );
    const named = Object.entries(headers ?? {}).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, one]),
    );
    return new Response([204, 205, 304].includes(status) ? null : text, { status, headers: named });
  };

async function send(typist: Typist, call: HttpCall, stop?: AbortSignal, pool = SHARED): Promise<HttpAnswer> {
  return sendBy(await wayFor(typist, call.url, pool), call, stop);
}

/** What is known to be closed before anything is connected throws. */
async function wayFor(typist: Typist, to: string, pool: Pool): Promise<Way> {
  if (typist === "environment") return {};
  const url = new URL(to);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new AddressRefused("Only http and https addresses are called.");
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const panel = await panelAt();
  if (panel.names.includes(host) && panel.ports.includes(port)) throw new AddressRefused(ITSELF);
  const check = (addresses: readonly string[]) => assertOpen(typist, addresses, port, panel);
  if (isIP(host)) check([host]);
  const agent = agentFor(typist, url.protocol, pool);
  return { agent, lookup: lookupWith(check) };
}

/** An address of what a typist named, for what speaks no HTTP: it alone is connected to. Rejects with AddressRefused. */
export async function openAddress(typist: Exclude<Typist, "environment">, host: string, port: number): Promise<string> {
  const panel = await panelAt();
  const found = isIP(host) ? [host] : (await lookUp(host, { all: true })).map(({ address }) => address);
  assertOpen(typist, found, port, panel);
  return found[0] ?? host;
}

/** Looks a name up and hands on what it found only if all of it is open. */
const lookupWith =
  (check: (addresses: readonly string[]) => void): LookupFunction =>
  (host, options, done) => {
    lookup(host, { family: options.family ?? 0, all: true }, (error, found: LookupAddress[]) => {
      const [first] = found ?? [];
      if (error) return done(error, "");
      try {
        check(found.map(({ address }) => address));
      } catch (refused) {
        return done(refused as Error, "");
      }
      if (options.all) done(null, found);
      else done(null, first?.address ?? "", first?.family);
    });
  };

function assertOpen(typist: Exclude<Typist, "environment">, addresses: readonly string[], port: number, panel: Panel) {
  const { staffNetworks, organisationNetworks } = env();
  const networks = typist === "staff" ? [...staffNetworks, ...organisationNetworks] : organisationNetworks;
  if (addresses.length === 0) throw new AddressRefused("This name has no address.");
  for (const address of addresses) {
    if (panel.ports.includes(port) && (panel.addresses.includes(address) || isOwnAddress(address)))
      throw new AddressRefused(ITSELF);
    if (!isReachable(address, networks)) throw new AddressRefused(CLOSED[typist]);
  }
}

const ITSELF = "This address is the panel itself.";
const CLOSED = {
  staff: "This address is in a network that the panel does not call. ALLOW_PRIVATE_NETWORKS opens private ones.",
  organisation: "This address is in a network that the panel does not call for organisations.",
};

interface Panel {
  names: string[];
  addresses: string[];
  /** The one it listens on, and the one that people open. */
  ports: number[];
}

/** Where people reach the panel, perhaps through a proxy that sends on whatever comes. */
async function panelAt(): Promise<Panel> {
  const { origin, port } = env();
  const url = new URL(origin);
  const name = url.hostname.replace(/^\[|\]$/g, "");
  return {
    names: [name],
    addresses: await ownNameAt(name),
    ports: [port, Number(url.port || (url.protocol === "https:" ? 443 : 80))],
  };
}

/** A minute old at most, where it can be had: a resolver that does not answer holds nothing up. */
async function ownNameAt(name: string): Promise<string[]> {
  const known = singleton("own name", () => ({ at: 0, addresses: [] as string[] }));
  if (Date.now() - known.at < 60_000) return known.addresses;
  known.at = Date.now();
  const asked = lookUp(name, { all: true })
    .then((found) => {
      known.addresses = found.map(({ address }) => address);
    })
    .catch(() => undefined);
  await Promise.race([asked, setTimeout(1000, undefined, { ref: false })]);
  return known.addresses;
}

/** A connection that is kept open was checked for one kind of typist, and is not lent to another. */
function agentFor(typist: Typist, protocol: string, { name, most, idleMs }: Pool): HttpAgent | HttpsAgent {
  const options = { keepAlive: true, maxSockets: 32, maxTotalSockets: most, timeout: idleMs };
  return singleton(`guarded ${typist} ${protocol} ${name}`, () =>
    protocol === "https:" ? new HttpsAgent(options) : new HttpAgent(options),
  );
}
