import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { signIn } from "../support/sign-in.ts";
import { unmasked } from "../support/unmasked.ts";

/** Addresses that have been where they are for decades. */
const GERMAN = "193.99.144.80";
const AMERICAN = "8.8.8.8";
const GERMAN_6 = "2003::1";

let panel: Panel;
let keeper: Person;

beforeAll(async () => {
  panel = await startPanel();
  keeper = await panel.person("Keeper", ["admin:settings"]);
});
afterAll(() => panel.close());

const at = (address: string, changes: Record<string, unknown>, confirm = false) =>
  panel.call<{ code?: string; message?: string; fields?: Record<string, string> }>(
    "PATCH",
    "/admin/settings",
    { changes, confirm },
    { cookie: keeper.cookie, "x-zonegate-address": address },
  );
const rules = (list: string[]) => at("127.0.0.1", { "geo.rules": list });

test("countries are told from addresses of both families, and what is nobody's has none", async () => {
  const { countryOf } = await import("#lib/geo/geo.ts");
  expect([GERMAN, AMERICAN, GERMAN_6].map(countryOf)).toEqual(["DE", "US", "DE"]);
});

test("a rule is of its country, of those without one, or of what is unknown; the operator's networks stay open", async () => {
  const { levelAt } = await import("#lib/geo/geo.ts");
  const level = (address: string, list: string[]) => levelAt(address, list);
  expect(level(GERMAN, ["de:block"])).toBe("block");
  expect(level(AMERICAN, ["de:block"])).toBe("allow");
  expect(level(AMERICAN, ["de:allow", "other:sign-in"])).toBe("sign-in");
  expect(level(GERMAN, ["de:allow", "other:sign-in"])).toBe("allow");
  expect(level(GERMAN, [])).toBe("allow");
  for (const own of ["127.0.0.1", "::1", "10.1.2.3", "192.168.1.1", "fd00::1", "100.64.0.1", "169.254.1.1"])
    expect(level(own, ["other:block", "unknown:block"])).toBe("allow");
});

test.each([
  ["written inside an IPv6 one", "::ffff:193.99.144.80"],
  ["of 6to4", "2002:c163:9050::1"],
  ["behind Teredo", "2001:0:4136:e378:8000:63bf:3e9c:6faf"],
  ["translated for a network without IPv4", "64:ff9b::c163:9050"],
  ["translated without a state", "::ffff:0:c163:9050"],
])("an IPv4 address %s is where that is", async (_, address) => {
  const { countryOf, levelAt } = await import("#lib/geo/geo.ts");
  expect(countryOf(address)).toBe("DE");
  expect(levelAt(address, ["de:block"])).toBe("block");
  const asked = await at(address, { "geo.rules": ["de:sign-in"] });
  expect([asked.status, asked.body.code]).toEqual([409, "confirm_required"]);
  expect(levelAt("64:ff9b::a01:203", ["other:block", "unknown:block"]), "10.1.2.3").toBe("allow");
});

test("what is no rule is refused at its field; rules are audited", async () => {
  for (const wrong of ["de", "de:never", "germany:block", "qq:block"]) {
    const { status, body } = await rules([wrong]);
    expect([wrong, status]).toEqual([wrong, 422]);
    expect(body.fields?.["geo.rules"]).toContain("de:block");
  }
  expect((await rules(["de:block", "us:register"])).status).toBe(200);
  await rules([]);
});

test("whoever would shut out themselves is asked first", async () => {
  const { setting } = await import("#lib/settings/settings.ts");
  const refused = await at(GERMAN, { "geo.rules": ["de:register"] });
  expect(refused.status).toBe(409);
  expect(refused.body.code).toBe("confirm_required");
  expect(refused.body.message).toContain("Germany");
  expect(setting("geo.rules")).toEqual([]);
  expect((await at(AMERICAN, { "geo.rules": ["de:register"] })).status).toBe(200);
  expect((await at(GERMAN, { "geo.rules": ["de:sign-in"] }, true)).status).toBe(200);
  await rules([]);
});

test("registering and signing in are refused where the rules say so, and nowhere else", async () => {
  const { assertOpenTo } = await import("#lib/geo/geo.ts");
  const open = (address: string, act: "register" | "sign-in") => {
    try {
      assertOpenTo(address, act);
      return true;
    } catch {
      return false;
    }
  };
  await rules(["de:register", "us:sign-in"]);
  expect([open(GERMAN, "register"), open(GERMAN, "sign-in")]).toEqual([false, true]);
  expect([open(AMERICAN, "register"), open(AMERICAN, "sign-in")]).toEqual([false, false]);
  expect(open("127.0.0.1", "sign-in")).toBe(true);
  await rules([]);
});

test("a right password does not help where nobody signs in", async () => {
  const { createAccount } = await import("#lib/users/users.ts");
  const password = "a long enough password";
  await createAccount({ name: "Traveller", email: "traveller@example.org", password }, panel.system);
  await rules(["us:sign-in"]);
  const refused = await signIn("traveller@example.org", password, { address: AMERICAN });
  expect([refused.status, refused.cookie]).toEqual([403, null]);
  expect(refused.body.message).toContain("country");
  expect((await signIn("traveller@example.org", password, { address: GERMAN })).cookie).not.toBeNull();
  await rules([]);
});

test("where nothing is open, the server answers before anything else does", async () => {
  const { panelServer } = await import("#lib/http/server.ts");
  const { blockedCountry } = await import("#lib/geo/geo.ts");
  const { written } = await import("#lib/log/store.ts");
  let reached = 0;
  const server = panelServer(
    (_request, response) => {
      reached++;
      response.end("in");
    },
    { origin: "http://localhost", trustedProxies: ["127.0.0.1"], development: false, blockedCountry },
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const ask = (address?: string) =>
    fetch(`http://127.0.0.1:${port}/api/account`, address ? { headers: { "x-forwarded-for": address } } : {});
  await rules(["de:block"]);
  const shut = await ask(GERMAN);
  expect([shut.status, reached]).toEqual([403, 0]);
  expect(await shut.text()).toContain("country");
  await written();
  const reader = unmasked(panel, await panel.person("Log reader", ["logs:read"]));
  const noted = await reader.call<{ items: unknown[] }>("GET", "/admin/logs?view=requests&status=403");
  expect(noted.body.items[0]).toMatchObject({
    target: "GET /api",
    outcome: "403",
    code: "country:DE",
    address: GERMAN,
    actorType: "anonymous",
  });
  expect(await Promise.all([ask(AMERICAN), ask()]).then((all) => all.map(({ status }) => status))).toEqual([200, 200]);
  // What an untrusted hop says of itself is not believed.
  expect((await ask(`${GERMAN}, ${AMERICAN}`)).status).toBe(200);
  await rules([]);
  expect((await ask(GERMAN)).status).toBe(200);
  await new Promise((resolve) => server.close(resolve));
});
