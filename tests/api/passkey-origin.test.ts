/** What decides a passkey's host name and origin: the environment, whatever a request says of itself. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { assert, type CreationOptions, create, type RequestOptions } from "../support/authenticator.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";

const ORIGIN = "https://panel.example.org";
/** As somebody sends them who reaches the panel past its proxy, or through one that passes everything on. */
const FORGED = {
  origin: ORIGIN,
  host: "evil.example",
  "x-forwarded-host": "evil.example",
  "x-forwarded-proto": "http",
  forwarded: "host=evil.example;proto=http",
};

let panel: Panel;
let person: Person;

beforeAll(async () => {
  panel = await startPanel({ NEXTAUTH_URL: ORIGIN, RP_ID: "example.org" });
  person = await panel.person("Ada");
});
afterAll(() => panel.close());

async function ask<T>(path: string, body?: object) {
  const answer = await panel.call<T>("POST", path, body, { ...FORGED, cookie: person.cookie });
  const [set = ""] = answer.headers.getSetCookie();
  return { ...answer, set, cookie: `${person.cookie}; ${set.split(";")[0]}` };
}

async function add(origin: string) {
  const { body, cookie } = await ask<CreationOptions>("/account/passkeys/options", { name: "Phone" });
  const made = create(body, { origin });
  const answer = await panel.call<{ code: string }>(
    "POST",
    "/account/passkeys",
    { name: "Phone", response: made.response },
    { ...FORGED, cookie },
  );
  return { ...answer, credential: made.credential };
}

test("the options name RP_ID, and a passkey is made and used at NEXTAUTH_URL's origin alone", async () => {
  const { body } = await ask<CreationOptions>("/account/passkeys/options", { name: "Phone" });
  expect(body.rp).toMatchObject({ id: "example.org" });
  for (const origin of [
    "https://evil.example",
    "http://panel.example.org",
    "https://example.org",
    "https://a.example.org",
  ])
    expect((await add(origin)).status, origin).toBe(422);
  const { status, credential } = await add(ORIGIN);
  expect(status).toBe(201);
  for (const [origin, expected] of [
    ["https://example.org", 422],
    [ORIGIN, 200],
  ] as const) {
    const { body: options, cookie } = await ask<RequestOptions>("/account/confirm/passkey/options");
    expect(options.rpId).toBe("example.org");
    const response = assert(credential, options, { origin });
    const answer = await panel.call("POST", "/account/confirm/passkey", { response }, { ...FORGED, cookie });
    expect(answer.status, origin).toBe(expected);
  }
});

test("on https the browser's cookie is its host's alone, and never goes without TLS", async () => {
  const { set } = await ask("/sign-in/passkey/options");
  expect(set).toMatch(/^__Host-zonegate\.browser=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
});
