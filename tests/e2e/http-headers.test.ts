import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, signIn } from "../support/browser.ts";
import { PASSWORD } from "../support/people.ts";
import { dataDirectory, type PanelServer, startServer } from "../support/server.ts";
import { startTlsProxy } from "../support/tls-proxy.ts";

const ORIGIN = "https://panel.example.org";
const EMAIL = "ada@example.org";

let server: PanelServer;

beforeAll(async () => {
  server = await startServer({
    environment: { NEXTAUTH_URL: ORIGIN, TRUSTED_PROXIES: "127.0.0.1" },
  });
  await server.person("Ada", "root", EMAIL);
});
afterAll(async () => {
  await server?.stop();
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  cookies: string[];
  body: string;
}

/** Any method and any header: fetch keeps some to itself. */
const ask = (
  method: string,
  target: string,
  headers: Record<string, string> = {},
  body?: string,
  end = true,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.origin);
    const outgoing = request({ host: hostname, port, method, path: target, headers }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => {
        text += chunk;
      });
      answer.on("end", () => {
        outgoing.destroy();
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          cookies: answer.headers["set-cookie"] ?? [],
          body: text,
        });
      });
    });
    outgoing.on("error", reject);
    if (body !== undefined) outgoing.write(body);
    else outgoing.flushHeaders();
    if (end) outgoing.end();
  });

const FORM = { "content-type": "application/x-www-form-urlencoded", origin: ORIGIN };
const JSON_BODY = { "content-type": "application/json", origin: ORIGIN };

async function form(fields: Record<string, string>, headers: Record<string, string> = FORM): Promise<Answer> {
  const csrf = await ask("GET", "/api/auth/csrf");
  const { csrfToken } = JSON.parse(csrf.body) as { csrfToken: string };
  const cookie = csrf.cookies.map((line) => line.split(";")[0]).join("; ");
  const body = new URLSearchParams({ csrfToken, json: "true", ...fields }).toString();
  return ask("POST", "/api/auth/callback/password", { ...headers, cookie }, body);
}

const kinds: [kind: string, method: string, target: string, status: number, headers?: Record<string, string>][] = [
  ["a page", "GET", "/login", 200],
  ["a page's head", "HEAD", "/login", 200],
  ["a page that is not there", "GET", "/nothing-here", 404],
  ["a redirect", "GET", "/", 307],
  ["a redirect to sign-in", "GET", "/dashboard", 307],
  ["an address written oddly", "GET", "/login/", 308],
  ["an address that leads to another host, were it followed", "GET", "//evil.example/%2e%2e", 308],
  ["an address that cannot be decoded", "GET", "/%ff", 404],
  ["a page's data", "GET", "/login?_rsc=1", 307, { rsc: "1" }],
  ["a picture", "GET", "/icon.svg", 200],
  ["a script that is not there", "GET", "/_next/static/chunks/nothing.js", 404],
  ["the image optimiser", "GET", "/_next/image?url=http://evil.example/x.png&w=64&q=75", 400],
  ["health", "GET", "/healthz", 200],
  ["a write to a page", "POST", "/login", 405],
  ["what no mail program posts", "POST", "/unsubscribe/none-that-was-given", 400, FORM],
  ["an action of no page", "POST", "/dashboard", 405, { "next-action": "00", ...FORM }],
  ["the API", "GET", "/api/setup", 200],
  ["the API, signed out", "GET", "/api/account", 401],
  ["nothing in the API", "GET", "/api/nothing", 404],
  ["the API's root", "GET", "/api", 404],
  ["a method that the API has not", "OPTIONS", "/api/setup", 204],
  ["another", "PROPFIND", "/api/setup", 400],
  ["a write in the API", "POST", "/api/setup", 422, JSON_BODY],
  ["sign-in's token", "GET", "/api/auth/csrf", 200],
  ["sign-in's own page", "GET", "/api/auth/signin", 302],
  ["sign-in without a token", "POST", "/api/auth/callback/password", 302, FORM],
  ["nothing in sign-in", "GET", "/api/auth/nothing", 400],
  ["a method that sign-in has not", "PUT", "/api/auth/csrf", 405, JSON_BODY],
];

describe("every kind of answer", () => {
  test.each(kinds)("%s", async (_kind, method, target, status, headers = {}) => {
    const answer = await ask(method, target, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers["content-security-policy"]).toMatch(
      /^default-src 'none'; script-src 'nonce-[\w+/]{22}==' 'strict-dynamic'; .*frame-ancestors 'none'; upgrade-insecure-requests$/,
    );
    expect(answer.headers).toMatchObject({
      "strict-transport-security": "max-age=63072000",
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "permissions-policy": expect.stringContaining("publickey-credentials-get=(self)"),
    });
    expect(answer.headers).not.toHaveProperty("x-powered-by");
    if (target.startsWith("/api")) expect(answer.headers["cache-control"]).toBe("no-store");
    const { location } = answer.headers;
    if (location !== undefined) expect(new URL(String(location), ORIGIN).origin).toBe(ORIGIN);
  });

  test("a page's scripts carry the nonce of its own policy, new each time", async () => {
    const seen = new Set<string>();
    for (let visit = 0; visit < 3; visit++) {
      const { headers, body } = await ask("GET", "/login");
      const nonce = /'nonce-([^']+)'/.exec(String(headers["content-security-policy"]))?.[1] ?? "none";
      const scripts = body.match(/<script\b[^>]*>/g) ?? [];
      expect(scripts.length).toBeGreaterThan(3);
      for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
      seen.add(nonce);
    }
    expect(seen.size).toBe(3);
  });

  test("files of the build may be kept by browsers", async () => {
    const file = /\/_next\/static\/[^"]+\.js/.exec((await ask("GET", "/login")).body)?.[0] ?? "none";
    const answer = await ask("GET", file);
    expect(answer.headers["cache-control"]).toMatch(/immutable/);
    expect(answer.headers["cross-origin-resource-policy"]).toBe("same-origin");
  });
});

describe("cookies", () => {
  test("all of them are bound to this host, to https, to this site, and hidden from scripts", async () => {
    const answers = [await ask("GET", "/api/auth/csrf"), await form({ email: EMAIL, password: PASSWORD })];
    const lines = answers.flatMap(({ cookies }) => cookies);
    expect(lines.map((line) => line.split("=")[0])).toEqual(
      expect.arrayContaining(["__Host-zonegate.csrf", "__Host-zonegate.callback", "__Host-zonegate.session"]),
    );
    for (const line of lines) {
      expect(line).toMatch(/^__Host-/);
      expect(line).toMatch(/; Path=\/(;|$)/);
      for (const attribute of ["Secure", "HttpOnly", "SameSite=Lax"]) expect(line).toContain(`; ${attribute}`);
      expect(line).not.toMatch(/domain=/i);
    }
  });

  test("without https they do without what needs it", async () => {
    const { dataDir, remove: drop } = dataDirectory();
    const plain = await startServer({ dataDir });
    try {
      const answer = await fetch(`${plain.origin}/api/auth/csrf`);
      expect(answer.headers.has("strict-transport-security")).toBe(false);
      for (const line of answer.headers.getSetCookie()) {
        expect(line).toMatch(/^zonegate\.(csrf|callback)=.*; HttpOnly; SameSite=Lax$/);
        expect(line).not.toMatch(/Secure/);
      }
    } finally {
      await plain.stop();
      drop();
    }
  });
});

describe("another host's name", () => {
  const evil = {
    host: "evil.example",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "http",
    forwarded: "host=evil.example",
  };

  test.each([
    ["/", ""],
    ["/dashboard/zones", ""],
    ["/login/", ""],
    ["/api/auth/signin?callbackUrl=https://evil.example/", ""],
    ["/api/auth/csrf", ""],
    ["/api/auth/providers", ""],
    ["/login", ""],
  ])("decides nothing at %s", async (target) => {
    const { headers, cookies, body } = await ask("GET", target, evil);
    expect(`${headers.location} ${cookies.join(" ")}`).not.toMatch(/evil\.example/);
    expect(body).not.toMatch(/evil\.example/);
  });

  test("signs nobody in at another place", async () => {
    const csrf = await ask("GET", "/api/auth/csrf", evil);
    const { csrfToken } = JSON.parse(csrf.body) as { csrfToken: string };
    const cookie = csrf.cookies.map((line) => line.split(";")[0]).join("; ");
    const fields = { csrfToken, json: "true", email: EMAIL, password: PASSWORD, callbackUrl: "https://evil.example/" };
    const answer = await ask(
      "POST",
      "/api/auth/callback/password",
      { ...FORM, ...evil, cookie },
      new URLSearchParams(fields).toString(),
    );
    expect(answer.status).toBe(200);
    expect(answer.body).not.toMatch(/evil/);
  });
});

describe("a write that brings a cookie", () => {
  const doors = [
    ["/api/setup", "application/json", "{}"],
    ["/api/rpc/setup/status", "application/json", "{}"],
    ["/api/auth/callback/password", "application/x-www-form-urlencoded", "json=true"],
    ["/api/auth/signout", "application/x-www-form-urlencoded", "json=true"],
  ] as const;
  const strangers: Record<string, string>[] = [
    {},
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "http://panel.example.org" },
    { origin: "https://panel.example.org.evil.example" },
    { origin: "https://evil.example", host: "evil.example" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site", origin: ORIGIN },
  ];

  const ours: Record<string, string>[] = [{ origin: ORIGIN }, { "sec-fetch-site": "same-origin" }];

  test.each(doors)("is refused at %s when it comes from elsewhere", async (target, type, body) => {
    for (const headers of strangers) {
      const answer = await ask("POST", target, { "content-type": type, cookie: "a=b", ...headers }, body);
      expect(answer.status, JSON.stringify(headers)).toBe(403);
      expect(answer.body).toContain("This request came from another site.");
    }
    for (const headers of ours) {
      const answer = await ask("POST", target, { "content-type": type, cookie: "a=b", ...headers }, body);
      expect(answer.status, JSON.stringify(headers)).not.toBe(403);
    }
  });
});

describe("what is too much", () => {
  const doors = [
    ["/api/auth/callback/password", "application/x-www-form-urlencoded", 16 * 1024],
    ["/api/auth/signout", "application/x-www-form-urlencoded", 16 * 1024],
    ["/api/setup", "application/json", 4 * 1024 * 1024],
    ["/api/rpc/setup/create", "application/json", 4 * 1024 * 1024],
  ] as const;

  test.each(doors)("%s says so before it has read it", async (target, type, limit) => {
    const headers = { "content-type": type, origin: ORIGIN };
    const announced = await ask("POST", target, { ...headers, "content-length": String(limit + 1) }, undefined, false);
    expect(announced).toMatchObject({ status: 413, headers: { "cache-control": "no-store" } });
    const streamed = await ask(
      "POST",
      target,
      { ...headers, "transfer-encoding": "chunked" },
      "x".repeat(limit + 1),
      false,
    );
    expect(streamed.status).toBe(413);
  });

  test("sign-in takes forms alone", async () => {
    const answer = await form({ email: EMAIL, password: PASSWORD }, JSON_BODY);
    expect(answer.status).toBe(415);
  });
});

test("over TLS a browser signs in with cookies that are bound to the host, and writes", async () => {
  const proxy = await startTlsProxy(server.origin);
  const browser = await launch([`--host-resolver-rules=MAP panel.example.org 127.0.0.1:${proxy.port}`]);
  try {
    const context = await browser.newContext({ baseURL: ORIGIN, ignoreHTTPSErrors: true });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    const document = await page.goto("/login");
    expect(document?.headers()["strict-transport-security"]).toBe("max-age=63072000");
    await signIn(page, EMAIL, PASSWORD);
    const cookies = await context.cookies();
    const session = cookies.find(({ name }) => name === "__Host-zonegate.session");
    expect(session).toMatchObject({ secure: true, httpOnly: true, sameSite: "Lax", path: "/" });
    expect(session?.domain).toBe("panel.example.org");
    expect(cookies.filter(({ name }) => !name.startsWith("__Host-")).map(({ name }) => name)).toEqual([]);
    await page.goto("/dashboard/settings");
    await page.getByLabel("Name").fill("Ada of the harbour");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Your name is saved").waitFor();
    await page.reload();
    expect(await page.getByLabel("Name").inputValue()).toBe("Ada of the harbour");
    // Its own form to sign out is none of ours.
    await page.goto("/api/auth/signout");
    expect(new URL(page.url()).pathname).toBe("/dashboard");
    expect(problems).toEqual([]);
  } finally {
    await browser.close();
    await proxy.close();
  }
});
