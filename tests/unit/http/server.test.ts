import type { IncomingHttpHeaders, RequestListener, Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { panelServer } from "#lib/http/server.ts";

const EVERYWHERE = [
  "content-security-policy",
  "x-content-type-options",
  "referrer-policy",
  "permissions-policy",
  "cross-origin-opener-policy",
  "cross-origin-resource-policy",
];
const patient = {
  headersTimeout: 60_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 30_000,
};

let server: Server | undefined;
afterEach(() => server?.close().closeAllConnections());

async function listening(handle: RequestListener, limits = patient): Promise<number> {
  const options = { origin: "https://panel.example.org", trustedProxies: ["127.0.0.1"], development: false };
  const made = panelServer(handle, options, limits);
  server = made;
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  return (made.address() as AddressInfo).port;
}

/** Sends bytes and returns all that comes back until the server hangs up. */
const raw = (port: number, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });

const ok: RequestListener = (_request, response) => response.end("ok");
const get = (target: string, ...headers: string[]) =>
  `${[`GET ${target} HTTP/1.1`, "host: x", "connection: close", ...headers].join("\r\n")}\r\n\r\n`;

describe("what reaches the panel", () => {
  test("has the address that trusted proxies say, the panel's own host, and no word of another", async () => {
    let seen: IncomingHttpHeaders = {};
    const port = await listening((request, response) => {
      seen = request.headers;
      response.end();
    });
    await raw(
      port,
      get(
        "/dashboard?x=1",
        "host: evil.example",
        "x-forwarded-for: 198.51.100.1, 192.0.2.9",
        "x-forwarded-host: evil.example",
        "x-forwarded-proto: gopher",
        "x-forwarded-port: 1",
        "forwarded: host=evil.example",
        "x-zonegate-address: 192.0.2.66",
        "x-zonegate-path: /somewhere",
        "content-security-policy: script-src 'nonce-mine'",
      ).replace("host: x\r\n", ""),
    );
    expect(seen).toMatchObject({
      host: "panel.example.org",
      "x-zonegate-address": "192.0.2.9",
      "x-zonegate-path": "/dashboard?x=1",
    });
    expect(JSON.stringify(seen)).not.toMatch(/evil|gopher|'nonce-mine'/);
  });

  test("gets a nonce of its own, the same in the request as in the answer", async () => {
    const nonces: string[] = [];
    const port = await listening((request, response) => {
      nonces.push(/'nonce-([^']+)'/.exec(String(request.headers["content-security-policy"]))?.[1] ?? "none");
      response.end();
    });
    const answers = [await raw(port, get("/")), await raw(port, get("/"))];
    for (const [n, answer] of answers.entries()) expect(answer).toContain(`script-src 'nonce-${nonces[n]}'`);
    expect(new Set(nonces).size).toBe(2);
    for (const nonce of nonces) expect(Buffer.from(nonce, "base64")).toHaveLength(16);
  });

  test("is what mail programs post by themselves, and nothing else outside of the API that is posted", async () => {
    const reached: string[] = [];
    const port = await listening((request, response) => {
      reached.push(request.url ?? "");
      response.end();
    });
    for (const target of ["/unsubscribe/a.b-_c", "/unsubscribe", "/unsubscribe/a/b", "/unsubscribed/a"])
      await raw(port, get(target, "content-length: 0").replace("GET", "POST"));
    await raw(port, get("/unsubscribe/a", "content-length: 0").replace("GET", "PUT"));
    expect(reached).toEqual(["/unsubscribe/a.b-_c"]);
  });
});

describe("what does not", () => {
  test.each([
    ["a write to a page", "POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nbody", 405],
    ["a method that does not exist", "BREW / HTTP/1.1\r\nhost: x\r\n\r\n", 400],
    ["a method that nothing takes", "PROPFIND / HTTP/1.1\r\nhost: x\r\n\r\n", 405],
    ["a read with a body", "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n", 413],
    ["a read with a body of unknown length", "GET / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n", 413],
    ["an address of somebody else", "GET http://evil.example/ HTTP/1.1\r\nhost: x\r\n\r\n", 400],
    ["no host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 400],
    ["two lengths", "POST /api HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", 400],
    [
      "a length and chunks",
      "POST /api HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    ["headers of 64 KB", get("/", `x-long: ${"x".repeat(65_536)}`), 431],
  ])("%s", async (_case, text, status) => {
    let reached = false;
    const port = await listening((request, response) => {
      reached = true;
      ok(request, response);
    });
    const answer = await raw(port, text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    // Node itself refuses a request without a host.
    for (const header of _case === "no host" ? [] : EVERYWHERE) expect(answer).toContain(`\r\n${header}: `);
    expect(reached).toBe(false);
  });
});

describe("what dawdles is let go", () => {
  const impatient = { ...patient, headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 20 };

  test("before its headers are there", async () => {
    const answer = await raw(await listening(ok, impatient), "GET / HTTP/1.1\r\nhost: x\r\nx-slow: ");
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    for (const header of EVERYWHERE) expect(answer).toContain(`\r\n${header}: `);
  });

  test("before its body is there", async () => {
    const port = await listening((request) => request.resume(), impatient);
    const answer = await raw(port, "POST /api/setup HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  });
});
