/**
 * Questions put to name servers: to the resolvers that the panel is told of (`RESOLVER`), or to one server itself. Node's
 * own resolver tells neither the flags nor the sections of an answer, and knows few types.
 */
import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { getServers } from "node:dns";
import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import * as dnsPacket from "dns-packet";
import { env, serverOf } from "#lib/env.ts";
import { type WireRecord, wireRecord } from "./wire-content.ts";

export interface Server {
  /** An address; of a resolver also a host name. */
  host: string;
  port: number;
}

export interface Question {
  /** Absolute, in canonical form. */
  name: string;
  type: dnsPacket.RecordType;
  /** Signatures and keys are wanted too (DO). */
  dnssec?: boolean;
  /** Also what does not validate (CD). */
  unchecked?: boolean;
}

export interface Reply {
  rcode: Rcode;
  /** The server answers for the zone itself (AA). */
  authoritative: boolean;
  /** A validating resolver vouches for it (AD). */
  authentic: boolean;
  answers: WireRecord[];
  authorities: WireRecord[];
  additionals: WireRecord[];
}

const rcodes = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"] as const;
type Rcode = (typeof rcodes)[number] | "OTHER";

/** Nobody answered, or with something that is no answer. The message is a part of a sentence. */
export class NoAnswer extends Error {
  override name = "NoAnswer";
}

export interface Asking {
  /** For one attempt at one server. */
  timeoutMs?: number;
  /** Attempts at each server. */
  tries?: number;
  /** The end of everything that the question is part of. */
  signal?: AbortSignal | undefined;
}

/** Larger answers are fragmented on the way, or lost (RFC 9715). */
const UDP_OCTETS = 1232;

/** Asks the resolvers one after the other, until one has an answer. A name that does not exist is one. Throws NoAnswer. */
export async function resolve(question: Question, asking: Asking = {}): Promise<Reply> {
  let reply: Reply | null = null;
  let failure: NoAnswer | null = null;
  for (const server of resolvers()) {
    try {
      reply = await exchange(server, question, true, { timeoutMs: 2500, tries: 2, ...asking });
      if (reply.rcode === "NOERROR" || reply.rcode === "NXDOMAIN") return reply;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      failure = error;
    }
  }
  if (reply) return reply;
  throw failure ?? new NoAnswer("there is no resolver to ask");
}

/** Asks one name server about its own zones. Throws NoAnswer. */
export const askServer = (server: Server, question: Question, asking: Asking = {}): Promise<Reply> =>
  exchange(server, question, false, { timeoutMs: 2000, tries: 2, ...asking });

/** What the environment names, or else the system. */
export function resolvers(): Server[] {
  const { resolvers: named } = env();
  return named.length > 0 ? named : getServers().map((server) => serverOf(server, 53));
}

async function exchange(
  server: Server,
  question: Question,
  recursive: boolean,
  asking: Required<Omit<Asking, "signal">> & Pick<Asking, "signal">,
): Promise<Reply> {
  // The library splits names at every dot, also at one that is part of a label.
  if (question.name.includes("\\")) throw new NoAnswer("names with escapes cannot be asked for");
  let failure = new NoAnswer("it did not answer");
  let edns = true;
  for (let attempt = 0; attempt < asking.tries; attempt += 1) {
    const deadline = AbortSignal.timeout(asking.timeoutMs);
    const signal = asking.signal ? AbortSignal.any([deadline, asking.signal]) : deadline;
    if (asking.signal?.aborted) break;
    try {
      const query = queryFor(question, recursive, edns);
      let octets = await overUdp(server, query, signal);
      // Not every server keeps the letters as they came; nor does whoever answers in its place, and cannot see them.
      if (truncated(octets) || !asWritten(octets, query)) octets = await overTcp(server, query, signal);
      const reply = replyOf(octets);
      const withoutEdns = reply.rcode === "FORMERR" || reply.rcode === "NOTIMP";
      if (!edns || !withoutEdns || attempt + 1 === asking.tries) return reply;
      // Servers older than EDNS say so like this (RFC 6891 §7).
      edns = false;
    } catch (error) {
      failure = error instanceof NoAnswer ? error : new NoAnswer(reasonOf(error), { cause: error });
    }
  }
  throw failure;
}

function queryFor({ name, type, dnssec, unchecked }: Question, recursive: boolean, edns: boolean): Buffer {
  const flags = (recursive ? dnsPacket.RECURSION_DESIRED : 0) | (unchecked ? dnsPacket.CHECKING_DISABLED : 0);
  const opt = {
    type: "OPT",
    name: ".",
    udpPayloadSize: UDP_OCTETS,
    flags: dnssec ? dnsPacket.DNSSEC_OK : 0,
    options: [],
  } as unknown as dnsPacket.OptAnswer;
  return dnsPacket.encode({
    type: "query",
    id: randomInt(65_536),
    flags,
    questions: [{ name: anyCase(name), type, class: "IN" }],
    additionals: edns ? [opt] : [],
  });
}

/** Letters in either case by chance, which an answer repeats: more to guess for who would forge one. */
const anyCase = (name: string): string =>
  name.replace(/[a-z]/gi, (letter) => (randomInt(2) === 0 ? letter.toLowerCase() : letter.toUpperCase()));

/** A socket and port of its own for each question, and no answer but from where it was sent (RFC 5452 §9). */
async function overUdp(server: Server, query: Buffer, signal: AbortSignal): Promise<Buffer> {
  const { address, family } = await lookup(server.host);
  signal.throwIfAborted();
  const { promise, resolve: done, reject } = Promise.withResolvers<Buffer>();
  const socket = createSocket({ type: family === 6 ? "udp6" : "udp4" });
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  socket.on("error", reject);
  socket.on("message", (octets) => {
    if (answers(octets, query)) done(octets);
  });
  socket.connect(server.port, address, (error?: Error | null) => {
    if (error) reject(error);
    else socket.send(query, (failed) => failed && reject(failed));
  });
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    socket.close();
  }
}

async function overTcp(server: Server, query: Buffer, signal: AbortSignal): Promise<Buffer> {
  const { promise, resolve: done, reject } = Promise.withResolvers<Buffer>();
  const socket = connect({ host: server.host, port: server.port });
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  let read = Buffer.alloc(0);
  socket.on("error", reject);
  socket.on("close", () => reject(new NoAnswer("it closed the connection")));
  socket.on("connect", () => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    socket.write(Buffer.concat([length, query]));
  });
  socket.on("data", (chunk: Buffer) => {
    read = Buffer.concat([read, chunk]);
    const length = read.length < 2 ? 0 : read.readUInt16BE(0);
    if (length === 0 || read.length < length + 2) return;
    const octets = read.subarray(2, length + 2);
    if (answers(octets, query)) done(octets);
    else reject(new NoAnswer("it answered another question"));
  });
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    socket.destroy();
  }
}

const HEADER = 12;

/** Whether this is a response with the query's id and the question as it was put, letters in any case. */
function answers(octets: Buffer, query: Buffer): boolean {
  const end = questionEnd(query);
  if (octets.length < HEADER || octets.readUInt16BE(0) !== query.readUInt16BE(0)) return false;
  if ((octets[2] as number) < 0x80) return false;
  // An error may come without the question (RFC 6891 §7).
  if (octets.readUInt16BE(4) === 0) return ((octets[3] as number) & 15) !== 0;
  const same = (part: Buffer) => part.subarray(HEADER, end).toString("latin1").toLowerCase();
  return octets.readUInt16BE(4) === 1 && octets.length >= end && same(octets) === same(query);
}

/** Where the name, type and class of the question are over. */
const questionEnd = (query: Buffer): number => query.indexOf(0, HEADER) + 5;

/** The question came back letter by letter, or not at all. */
const asWritten = (octets: Buffer, query: Buffer): boolean =>
  octets.readUInt16BE(4) === 0 ||
  octets.subarray(HEADER, questionEnd(query)).equals(query.subarray(HEADER, questionEnd(query)));

const truncated = (octets: Buffer): boolean => ((octets[2] as number) & 2) !== 0;

function replyOf(octets: Buffer): Reply {
  const rcode = rcodes[(octets[3] as number) & 15] ?? "OTHER";
  const { flag_aa, flag_ad, answers: found, authorities, additionals } = decode(octets);
  const records = (section: dnsPacket.Answer[] | undefined) => (section ?? []).flatMap((one) => wireRecord(one) ?? []);
  return {
    rcode,
    authoritative: flag_aa,
    authentic: flag_ad,
    answers: records(found),
    authorities: records(authorities),
    additionals: records(additionals),
  };
}

function decode(octets: Buffer): dnsPacket.DecodedPacket {
  try {
    const packet = dnsPacket.decode(octets);
    // The library reads on behind the end of a message that is cut off.
    if (dnsPacket.decode.bytes <= octets.length) return packet;
    throw new Error("the message is shorter than it says");
  } catch (error) {
    throw new NoAnswer("its answer cannot be understood", { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "ECONNREFUSED") return "nothing listens there";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "its own name was not found";
  if (code === "EHOSTUNREACH" || code === "ENETUNREACH") return "it cannot be reached from here";
  return "it did not answer";
}
