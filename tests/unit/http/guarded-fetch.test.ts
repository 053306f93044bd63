import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcp } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { AddressRefused, guardedFetch, guardedSend, type Typist } from "#lib/http/guarded-fetch.ts";
import { isReachable } from "#lib/http/reachable.ts";

/** What names mean here, one answer a question; the last stays. */
const names = new Map<string, string[][]>();
const asked: string[] = [];

vi.mock("node:dns", async (original) => {
  const real = await original<typeof import("node:dns")>();
  const lookup = (host: string, _options: object, done: (error: Error | null, found: unknown) => void) => {
    asked.push(host);
    const answers = names.get(host) ?? [];
    const [now = []] = answers;
    if (answers.length > 1) answers.shift();
    if (now.length === 0) return done(Object.assign(new Error("not found"), { code: "ENOTFOUND" }), []);
    done(
      null,
      now.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
  return { ...real, default: { ...real, lookup }, lookup };
});

const open = vi.hoisted(() => ({ staffNetworks: [] as string[], organisationNetworks: [] as string[] }));
vi.mock("#lib/env.ts", () => ({ env: () => ({ origin: "http://panel.test:9", port: panelPort, ...open }) }));

let panelPort = 9;
const servers: Server[] = [];
const seen: { host: string | undefined; path: string | undefined; body: string }[] = [];
let good: number;

async function serve(address: string, handle: (request: IncomingMessage, response: ServerResponse) => void, port = 0) {
  const server = createServer(handle);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  good = await serve("127.0.0.1", async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    seen.push({ host: request.headers.host, path: request.url, body });
    if (request.url === "/moved") return void response.writeHead(302, { location: "http://169.254.169.254/" }).end();
    if (request.url === "/long") return void response.end("x".repeat(2000));
    if (request.url === "/never") return;
    response.writeHead(201, { "x-kind": ["a", "b"] }).end("good");
  });
  await serve("127.0.0.2", (_, response) => response.end("evil"), good);
});
afterEach(() => {
  names.clear();
  [asked.length, seen.length, panelPort] = [0, 0, 9];
  [open.staffNetworks, open.organisationNetworks] = [[], []];
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const get = (typist: Typist, url: string, limits = { timeoutMs: 5000, maxBytes: 1000 }) =>
  guardedSend(typist)({ url, method: "GET", headers: {}, ...limits });

describe("addresses", () => {
  test.each(["1.1.1.1", "203.0.114.1", "2606:4700:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"])(
    "%s is everybody's",
    (address) => expect(isReachable(address, [])).toBe(true),
  );

  const closed = [
    ...["127.0.0.1", "127.255.255.254", "10.1.2.3", "172.31.0.1", "192.168.0.1", "100.64.0.1", "192.0.2.1"],
    ...["198.18.0.1", "240.0.0.1", "::1", "fd00::1", "fec0::1", "2001:db8::1", "2002:7f00:1::", "2001:0:1::1"],
    ...["64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::101:101", "::ffff:127.0.0.1", "::ffff:7f00:1", "::7f00:1"],
    ...["4000::1", "not an address", "", "::ffff:0:7f00:1"],
  ];
  const never = [
    ...["0.0.0.0", "169.254.169.254", "169.254.0.1", "224.0.0.1", "255.255.255.255", "::", "fe80::1", "ff02::1"],
    ...["fe80::1%eth0", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"],
    ...["::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"],
  ];
  test.each([...closed, ...never])("%s is not", (address) => expect(isReachable(address, [])).toBe(false));
  test.each(never)("%s is open to nobody, whatever is listed", (address) =>
    expect(isReachable(address, ["0.0.0.0/0", "::/0"])).toBe(false),
  );
  test.each(["10.1.2.3", "::ffff:10.1.2.3", "fd00::1", "127.0.0.1"])("%s is open where it is listed", (address) => {
    expect(isReachable(address, ["10.0.0.0/8", "fd00::/8", "127.0.0.0/8"])).toBe(true);
    expect(isReachable(address, ["10.9.0.0/16", "fd01::/16", "127.0.0.2"])).toBe(false);
  });
});

describe("who calls what", () => {
  test("the environment's URLs may be anywhere", async () => {
    expect(await get("environment", `http://127.0.0.1:${good}/x`)).toMatchObject({ status: 201, text: "good" });
  });

  // However loopback is written, and whatever leads there.
  test.each([
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "localhost",
    "0.0.0.0",
    "leads-there.test",
    "leads-there-too.test",
    "LEADS-THERE.test.",
  ])("neither staff nor organisations reach %s", async (host) => {
    names.set("localhost", [["127.0.0.1"]]);
    names.set("leads-there.test", [["127.0.0.1"]]);
    names.set("leads-there.test.", [["127.0.0.1"]]);
    names.set("leads-there-too.test", [["1.1.1.1", "127.0.0.1"]]);
    for (const typist of ["staff", "organisation"] as const)
      await expect(get(typist, `http://${host}:${good}/`), typist).rejects.toBeInstanceOf(AddressRefused);
    expect(seen).toEqual([]);
  });

  test("each reaches the networks that are listed for it, staff those of organisations too", async () => {
    const url = `http://127.0.0.1:${good}/`;
    open.staffNetworks = ["127.0.0.1"];
    expect(await get("staff", url)).toMatchObject({ text: "good" });
    await expect(get("organisation", url)).rejects.toThrow("does not call for organisations");
    [open.staffNetworks, open.organisationNetworks] = [[], ["127.0.0.0/30"]];
    expect(await get("staff", url)).toMatchObject({ text: "good" });
    expect(await get("organisation", url)).toMatchObject({ text: "good" });
  });

  test("the panel itself is nobody's, by its port here, by the name that people open, by what that leads to", async () => {
    open.staffNetworks = ["127.0.0.0/8", "::1"];
    panelPort = good;
    names.set("a-name.test", [["127.0.0.1"]]);
    for (const host of ["127.0.0.1", "127.0.0.3", "a-name.test", "[::1]"])
      await expect(get("staff", `http://${host}:${good}/`), host).rejects.toThrow("the panel itself");
    await expect(get("staff", "http://panel.test:9/")).rejects.toThrow("the panel itself");
    expect(seen).toEqual([]);
  });

  test("no other scheme", async () => {
    for (const url of ["file:///etc/passwd", "ftp://1.1.1.1/", "gopher://1.1.1.1/"])
      await expect(get("staff", url)).rejects.toBeInstanceOf(AddressRefused);
  });
});

describe("the call", () => {
  const fetchAs = (typist: Typist) => guardedFetch(typist, { timeoutMs: 5000, maxBytes: 1000 });

  test("goes to the address that was checked: a name is looked up once", async () => {
    open.staffNetworks = ["127.0.0.1"];
    names.set("rebind.test", [["127.0.0.1"], ["127.0.0.2"]]);
    expect(await get("staff", `http://rebind.test:${good}/x`)).toMatchObject({ text: "good" });
    expect(asked).toEqual(["rebind.test"]);
    expect(seen).toMatchObject([{ host: `rebind.test:${good}`, path: "/x" }]);
  });

  test("a connection that is open for one is not lent to another", async () => {
    open.staffNetworks = ["127.0.0.1"];
    names.set("shared.test", [["127.0.0.1"]]);
    await get("staff", `http://shared.test:${good}/`);
    await expect(get("organisation", `http://shared.test:${good}/`)).rejects.toBeInstanceOf(AddressRefused);
  });

  test("follows no redirect", async () => {
    open.staffNetworks = ["127.0.0.1"];
    expect((await fetchAs("staff")(`http://127.0.0.1:${good}/moved`)).status).toBe(302);
    expect(await get("staff", `http://127.0.0.1:${good}/moved`)).toMatchObject({ status: 302 });
  });

  test("as a fetch: method, headers and body go out, status, headers and body come back", async () => {
    open.organisationNetworks = ["127.0.0.1"];
    const answer = await fetchAs("organisation")(`http://127.0.0.1:${good}/x`, { method: "POST", body: "a body" });
    expect([answer.status, answer.headers.get("x-kind"), await answer.text()]).toEqual([201, "a, b", "good"]);
    expect(seen).toMatchObject([{ body: "a body" }]);
    await expect(fetchAs("organisation")(`http://127.0.0.2:${good}/`)).rejects.toBeInstanceOf(AddressRefused);
  });

  test("ends when the answer is too long, when the time is up, and when the caller gives up", async () => {
    open.staffNetworks = ["127.0.0.1"];
    const url = `http://127.0.0.1:${good}`;
    await expect(get("staff", `${url}/long`)).rejects.toThrow("longer than 1000 bytes");
    await expect(get("staff", `${url}/never`, { timeoutMs: 50, maxBytes: 10 })).rejects.toMatchObject({
      name: "AbortError",
    });
    const stop = new AbortController();
    const call = fetchAs("staff")(`${url}/never`, { signal: stop.signal });
    stop.abort();
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
  });

  test("over TLS the name is asked for, and not the address", async () => {
    open.staffNetworks = ["127.0.0.1"];
    names.set("secure.test", [["127.0.0.1"]]);
    const hello = Promise.withResolvers<Buffer>();
    const listener = createTcp((socket) => {
      socket.once("data", (data) => {
        hello.resolve(data);
        socket.destroy();
      });
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const { port } = listener.address() as AddressInfo;
    await expect(get("staff", `https://secure.test:${port}/`)).rejects.toThrow();
    expect((await hello.promise).includes("secure.test")).toBe(true);
    listener.close();
  });
});
