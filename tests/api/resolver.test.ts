/** Questions to resolvers and name servers: a real recursor and real authoritative servers, and servers that misbehave. */
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import * as dnsPacket from "dns-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../support/powerdns.ts";
import {
  type Authority,
  type Recursor,
  recursorAvailable,
  startAuthority,
  startRecursor,
} from "../support/recursor.ts";

const missing = recursorAvailable();
if (missing) console.warn(`\nNOT TESTED: resolving. ${missing}\n`);

describe.skipIf(missing && process.env.CI !== "true")("resolving", () => {
  let port: number;
  let authority: Authority;
  let recursor: Recursor;
  let silent: Awaited<ReturnType<typeof liar>>;
  let resolver: typeof import("#lib/dns/resolver.ts");
  let delegation: typeof import("#lib/dns/delegation.ts");

  beforeAll(async () => {
    port = await freePort();
    authority = await startAuthority("127.0.0.21", port);
    await authority.zone("parent.test.", [
      "parent.test. SOA ns.parent.test. h.parent.test. 7 60 60 60 0",
      "parent.test. NS ns.parent.test.",
      "ns.parent.test. A 127.0.0.21",
      "child.parent.test. NS NS1.Child.parent.test.",
      "child.parent.test. NS ns2.elsewhere.test.",
      "ns1.child.parent.test. A 127.0.0.22",
      "mail.parent.test. MX 10 Mx.Parent.test.",
      ...Array.from({ length: 60 }, (_, index) => `big.parent.test. TXT "${"x".repeat(100)}${index}"`),
    ]);
    recursor = await startRecursor({ "parent.test": `127.0.0.21:${port}` });
    // The first that is asked never answers.
    silent = await liar(() => []);
    process.env.RESOLVER = `127.0.0.1:${silent.port},${recursor.address}`;
    process.env.NAMESERVER_PORT = String(port);
    process.env.NAMESERVER_NETWORKS = "127.0.0.16/28";
    resolver = await import("#lib/dns/resolver.ts");
    delegation = await import("#lib/dns/delegation.ts");
  });
  afterAll(async () => {
    await Promise.all([authority?.stop(), recursor?.stop(), silent?.close()]);
  });
  const quick = { timeoutMs: 1500, tries: 1 };

  test("goes on to the next resolver, and gives canonical records with their sections", async () => {
    const reply = await resolver.resolve({ name: "mail.parent.test.", type: "MX" }, { timeoutMs: 300, tries: 1 });
    expect(reply).toMatchObject({ rcode: "NOERROR", authoritative: false });
    expect(reply.answers).toEqual([{ name: "mail.parent.test.", type: "MX", ttl: 0, content: "10 mx.parent.test." }]);
    const none = await resolver.resolve({ name: "none.parent.test.", type: "A" }, { timeoutMs: 300, tries: 1 });
    expect(none).toMatchObject({
      rcode: "NXDOMAIN",
      answers: [],
      authorities: [{ name: "parent.test.", type: "SOA" }],
    });
  });

  test("asks again over TCP for what does not fit", async () => {
    const reply = await resolver.askServer({ host: "127.0.0.21", port }, { name: "big.parent.test.", type: "TXT" });
    expect(reply.authoritative).toBe(true);
    expect(reply.answers).toHaveLength(60);
  });

  test("a server that serves no such zone says so, and one that is not there has no answer", async () => {
    const elsewhere = { name: "elsewhere.test.", type: "SOA" } as const;
    expect((await resolver.askServer({ host: "127.0.0.21", port }, elsewhere)).rcode).toBe("REFUSED");
    await expect(resolver.askServer({ host: "127.0.0.29", port }, elsewhere, quick)).rejects.toThrow(
      "nothing listens there",
    );
    await expect(
      resolver.askServer({ host: "127.0.0.1", port: silent.port }, elsewhere, { timeoutMs: 100 }),
    ).rejects.toThrow("it did not answer");
  });

  test("takes no answer but to its own question", async () => {
    const question = { name: "real.test.", type: "A" } as const;
    const forger = await liar((query) => [
      answerTo({ ...query, id: (query.id ?? 0) ^ 1 }, "192.0.2.66"),
      answerTo({ ...query, questions: [{ name: "other.test", type: "A" }] }, "192.0.2.66"),
      Buffer.from("not DNS at all"),
      dnsPacket.encode({ ...query, type: "query" }),
      answerTo(query, "192.0.2.1"),
    ]);
    const reply = await resolver.askServer({ host: "127.0.0.1", port: forger.port }, question, quick);
    expect(reply.answers.map(({ content }) => content)).toEqual(["192.0.2.1"]);
    await forger.close();
  });

  test("who does not know how the question was written is not believed, until asked over TCP", async () => {
    const question = { name: "a-name-that-is-long-enough.test.", type: "A" } as const;
    const asked = new Set<string>();
    const lower = ({ questions = [], ...query }: dnsPacket.Packet) => ({
      ...query,
      questions: questions.map((one) => ({ ...one, name: one.name.toLowerCase() })),
    });
    const note = (query: dnsPacket.Packet) => asked.add(query.questions?.[0]?.name ?? "");
    const forger = await liar(
      (query) => {
        note(query);
        return [answerTo(lower(query), "192.0.2.66"), answerTo(query, "192.0.2.66")];
      },
      (query) => [answerTo(lower(query), "192.0.2.1")],
    );
    const at = { host: "127.0.0.1", port: forger.port };
    for (let attempt = 0; attempt < 4; attempt++) {
      const reply = await resolver.askServer(at, question, quick);
      expect(reply.answers).toMatchObject([{ name: question.name, content: "192.0.2.1" }]);
    }
    expect(asked.size, "written otherwise each time").toBeGreaterThan(1);
    expect(new Set([...asked].map((name) => name.toLowerCase())).size).toBe(1);
    await forger.close();
  });

  test("an answer that is cut off or lies about its length is none", async () => {
    const broken = await liar((query) => [answerTo(query, "192.0.2.1").subarray(0, -3)]);
    const ask = resolver.askServer({ host: "127.0.0.1", port: broken.port }, { name: "a.test.", type: "A" }, quick);
    await expect(ask).rejects.toThrow("its answer cannot be understood");
    await broken.close();
  });

  test("a server without EDNS is asked without", async () => {
    const old = await liar((query) => [
      query.additionals?.length
        ? dnsPacket.encode({ type: "response", id: query.id as number, flags: 1 })
        : answerTo(query, "192.0.2.9"),
    ]);
    const reply = await resolver.askServer({ host: "127.0.0.1", port: old.port }, { name: "a.test.", type: "A" });
    expect(reply.answers).toHaveLength(1);
    await old.close();
  });

  test("the end of the whole ends a question", async () => {
    const signal = AbortSignal.timeout(50);
    const ask = resolver.resolve({ name: "a.test.", type: "A" }, { timeoutMs: 60_000, signal });
    await expect(ask).rejects.toThrow(resolver.NoAnswer);
  });

  test("the delegation is what the parent says, with its glue", async () => {
    const asking = { timeoutMs: 300, tries: 1 };
    expect(await delegation.delegationOf("child.parent.test.", asking)).toEqual({
      parent: "parent.test.",
      nameServers: ["ns1.child.parent.test.", "ns2.elsewhere.test."],
      glue: [{ name: "ns1.child.parent.test.", address: "127.0.0.22" }],
    });
    expect(await delegation.delegationOf("nothing.here.parent.test.", asking)).toMatchObject({
      parent: "parent.test.",
      nameServers: [],
    });
    await expect(delegation.delegationOf("child.unknown.test.", asking)).rejects.toThrow(resolver.NoAnswer);
  });

  test("a name server is asked at public addresses, and at those that are allowed", () => {
    const addresses = ["127.0.0.1", "127.0.0.21", "10.0.0.1", "169.254.169.254", "::1", "fe80::1", "::ffff:10.0.0.1"];
    const { servers, barred } = delegation.reachable([...addresses, "198.41.0.4", "2001:500:2f::f"]);
    expect(servers.map(({ host }) => host)).toEqual(["127.0.0.21", "198.41.0.4", "2001:500:2f::f"]);
    expect(barred).toEqual(addresses.filter((address) => address !== "127.0.0.21"));
  });
});

type Say = (query: dnsPacket.Packet) => Buffer[];

/** A server that answers each question with these messages, one after the other; with silence over TCP unless told. */
async function liar(say: Say, sayOverTcp: Say = () => []) {
  const socket = createSocket("udp4");
  socket.on("message", (octets, { port, address }) => {
    for (const message of say(dnsPacket.decode(octets))) socket.send(message, port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  const tcp = createServer((connection) =>
    connection.on("data", (octets) => {
      for (const message of sayOverTcp(dnsPacket.decode(octets.subarray(2)))) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(message.length);
        connection.write(Buffer.concat([length, message]));
      }
    }),
  );
  await new Promise<void>((resolve) => tcp.listen(port, "127.0.0.1", resolve));
  return {
    port,
    close: async () => {
      socket.close();
      await new Promise((resolve) => tcp.close(resolve));
    },
  };
}

const answerTo = (query: dnsPacket.Packet, address: string): Buffer =>
  dnsPacket.encode({
    type: "response",
    id: query.id as number,
    questions: query.questions ?? [],
    answers: [{ type: "A", name: query.questions?.[0]?.name ?? "", ttl: 1, data: address }],
  });
