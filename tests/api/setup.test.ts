import { afterEach, describe, expect, test } from "vitest";
import { type Panel, startPanel } from "../support/panel.ts";

const somebody = { name: "Ada", email: "Ada@Example.org", password: "a long enough password" };
let panel: Panel;

afterEach(() => panel.close());

/** A panel that was just started for the first time, and the token that it printed. */
async function firstStart(environment: Record<string, string> = {}): Promise<string> {
  (globalThis as { __zonegate?: unknown }).__zonegate = undefined;
  panel = await startPanel({ SETUP_TOKEN: "", ...environment });
  return restart();
}

async function restart(): Promise<string> {
  const { issueSetupToken } = await import("#lib/setup/setup.ts");
  return issueSetupToken() ?? "";
}

async function accounts(): Promise<{ email: string; roles: string[] }[]> {
  const { listAccounts } = await import("#lib/users/directory.ts");
  return listAccounts({ perPage: 50, sort: "email", q: "" }).items.map(({ email, roles }) => ({
    email,
    roles,
  }));
}

const from = (address: string) => ({ "x-zonegate-address": address });

describe("the first account", () => {
  test("is made with the token of this start, holds everything, and shuts the door", async () => {
    const token = await firstStart();
    expect(await panel.call("GET", "/setup")).toMatchObject({ status: 200, body: { done: false } });
    expect(await panel.call("POST", "/setup", { ...somebody, token })).toMatchObject({
      status: 201,
      body: { email: "ada@example.org", roles: ["rootAdmin"] },
    });
    expect(await accounts()).toEqual([{ email: "ada@example.org", roles: ["rootAdmin"] }]);
    expect(await panel.call("GET", "/setup")).toMatchObject({ body: { done: true } });
    for (const tried of [token, "another token"]) {
      const again = await panel.call("POST", "/setup", { ...somebody, email: "eve@example.org", token: tried });
      expect(again).toMatchObject({ status: 409, body: { code: "already_set_up" } });
    }
    expect(await restart()).toBe("");
    expect(await accounts()).toHaveLength(1);
  });

  test("its making is in the audit log, without the password", async () => {
    const token = await firstStart();
    await panel.call("POST", "/setup", { ...somebody, token }, from("198.51.100.7"));
    const { db } = await import("#db/client.ts");
    const rows = db().$client.prepare("select * from audit_log").all() as Record<string, unknown>[];
    expect(rows).toMatchObject([
      {
        action: "setup.create",
        actor_type: "anonymous",
        outcome: "done",
        target_label: "ada@example.org",
        address: "198.51.100.7",
      },
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/long enough|\$2b\$/);
  });

  test("two at once: one is made, the other is told that it is done", async () => {
    const token = await firstStart();
    const answers = await Promise.all(
      ["a", "b", "c"].map((name) => panel.call("POST", "/setup", { ...somebody, email: `${name}@example.org`, token })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    expect(await accounts()).toHaveLength(1);
  });

  test("a weak password and a wrong address are refused at their fields, and nothing is made", async () => {
    const token = await firstStart();
    const weak = await panel.call<{ fields: Record<string, string> }>("POST", "/setup", {
      ...somebody,
      token,
      password: "short",
    });
    expect(weak).toMatchObject({ status: 422, body: { fields: { password: expect.stringMatching(/10 characters/) } } });
    expect(Object.keys(weak.body.fields)).toEqual(["password"]);
    const long = await panel.call("POST", "/setup", { ...somebody, token, password: "ü".repeat(37) });
    expect(long).toMatchObject({ status: 422, body: { fields: { password: expect.stringMatching(/72 octets/) } } });
    expect(await panel.call("POST", "/setup", { ...somebody, token, email: "nobody" })).toMatchObject({
      status: 422,
      body: { fields: { email: expect.any(String) } },
    });
    expect(await accounts()).toEqual([]);
    expect((await panel.call("POST", "/setup", { ...somebody, token })).status).toBe(201);
  });
});

describe("the token", () => {
  test("a wrong one is refused, and after ten of them everything from that network is, for a while", async () => {
    const token = await firstStart();
    for (let n = 0; n < 10; n++) {
      const wrong = await panel.call("POST", "/setup", { ...somebody, token: `guess ${n}` }, from("192.0.2.66"));
      expect(wrong).toMatchObject({ status: 403, body: { code: "wrong_token" } });
    }
    for (const tried of ["one more guess", token]) {
      const locked = await panel.call("POST", "/setup", { ...somebody, token: tried }, from("192.0.2.66"));
      expect(locked).toMatchObject({ status: 429, body: { code: "rate_limited" } });
      expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect(await accounts()).toEqual([]);
    expect((await panel.call("POST", "/setup", { ...somebody, token }, from("192.0.2.67"))).status).toBe(201);
  });

  test("is another one after a restart, and the one before is over", async () => {
    const first = await firstStart();
    const second = await restart();
    expect(second).not.toBe(first);
    expect(first.length).toBeGreaterThanOrEqual(43);
    expect((await panel.call("POST", "/setup", { ...somebody, token: first })).status).toBe(403);
    expect((await panel.call("POST", "/setup", { ...somebody, token: second })).status).toBe(201);
  });

  test("is kept as a hash alone", async () => {
    const token = await firstStart();
    const { db } = await import("#db/client.ts");
    expect(JSON.stringify(db().$client.prepare("select * from settings").all())).not.toContain(token);
  });

  test("is SETUP_TOKEN where that is set", async () => {
    expect(await firstStart({ SETUP_TOKEN: "a token of my own choosing" })).toBe("a token of my own choosing");
    expect((await panel.call("POST", "/setup", { ...somebody, token: "a token of my own choosing" })).status).toBe(201);
  });

  test("is not there once somebody was promoted on the command line", async () => {
    const token = await firstStart();
    await panel.person("Root", "root");
    expect(await panel.call("GET", "/setup")).toMatchObject({ body: { done: true } });
    expect(await panel.call("POST", "/setup", { ...somebody, token })).toMatchObject({
      status: 409,
      body: { code: "already_set_up" },
    });
    expect(await restart()).toBe("");
  });
});
