/** What is under way when its maker loses the right to it: nothing comes of it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { device } from "../support/passkeys.ts";
import { type Sql, sqlOf } from "../support/stage.ts";

let panel: Panel;
let sql: Sql;
let sequence = 0;

beforeAll(async () => {
  panel = await startPanel();
  sql = await sqlOf();
});
afterAll(() => panel.close());

const somebody = (grants?: string[]) => panel.person(`Under way ${++sequence}`, grants);

/** A request whose body comes in two parts; between them happens what happens. */
async function slowly(
  headers: Record<string, string>,
  method: string,
  path: string,
  body: object,
  between: () => unknown,
) {
  const { handleApi } = await import("#lib/api/http.ts");
  const octets = new TextEncoder().encode(JSON.stringify(body));
  let pulls = 0;
  const stream = new ReadableStream({
    async pull(controller) {
      if (++pulls === 1) return controller.enqueue(octets.subarray(0, 3));
      await between();
      controller.enqueue(octets.subarray(3));
      controller.close();
    },
  });
  const init = { method, headers: { origin: "http://localhost:3000", "content-type": "application/json", ...headers } };
  const request = new Request(`http://localhost:3000/api${path}`, {
    ...init,
    body: stream,
    duplex: "half",
  } as RequestInit);
  return (await handleApi(request)).status;
}

const losses: [what: string, lose: (person: Person) => void, status: number][] = [
  ["signed out", ({ id }) => sql.run("delete from sessions where user_id = ?", id), 401],
  ["suspended", ({ id }) => sql.run("update users set suspended_at = 1 where id = ?", id), 401],
];

describe.each(losses)("%s while the body of a request is on its way", (_, lose, status) => {
  test("makes no token, and no organisation", async () => {
    const person = await somebody();
    const { cookie } = person;
    const token = { name: "Kept", mode: "full" };
    expect(await slowly({ cookie }, "POST", "/account/tokens", token, () => lose(person))).toBe(status);
    const organisation = { name: "Kept", handle: `kept-${sequence}` };
    expect(await slowly({ cookie }, "POST", "/organisations", organisation, () => {})).toBe(status);
    expect(sql.get("select count(*) as n from tokens where user_id = ?", person.id)).toEqual({ n: 0 });
    expect(await slowly({ cookie: (await somebody()).cookie }, "POST", "/account/tokens", token, () => {})).toBe(201);
  });
});

test("a permission that is taken while the body is on its way is not there any more", async () => {
  const staff = await somebody(["admin:settings"]);
  const changes = { changes: { "exports.days": 9 } };
  const take = () => sql.run("delete from user_roles where user_id = ?", staff.id);
  expect(await slowly({ cookie: staff.cookie }, "PATCH", "/admin/settings", changes, take)).toBe(403);
});

test("a token that is revoked while the body is on its way does nothing", async () => {
  const owner = await somebody();
  const make = async () =>
    (await owner.call<{ id: string; token: string }>("POST", "/account/tokens", { name: "T", mode: "full" })).body;
  const [revoked, kept] = [await make(), await make()];
  const create = (token: string, between: () => unknown) => {
    const organisation = { name: "Made", handle: `made-${++sequence}` };
    return slowly({ authorization: `Bearer ${token}` }, "POST", "/organisations", organisation, between);
  };
  expect(await create(revoked.token, () => owner.call("DELETE", `/account/tokens/${revoked.id}`))).toBe(403);
  expect(await create(kept.token, () => {})).toBe(201);
  const { items } = (await owner.call<{ items: { name: string }[] }>("GET", "/organisations")).body;
  expect(items).toHaveLength(1);
});

describe("while a password is hashed, or a key looked at,", () => {
  const ended = (person: Person) => sql.run("delete from sessions where user_id = ?", person.id);
  const hashOf = (id: string) =>
    sql.get<{ hash: string }>("select password_hash as hash from users where id = ?", id)?.hash;

  test("a session that was ended sets no password", async () => {
    const person = await somebody();
    const before = hashOf(person.id);
    const { setPassword } = await import("#lib/users/users.ts");
    const { actorOf } = await import("#lib/auth/session.ts");
    const actor = await actorOf(new Headers({ cookie: person.cookie }), { address: "192.0.2.1", requestId: "r" });
    const setting = setPassword({ ...actor, id: person.id }, "a harbour in the fog");
    ended(person);
    await expect(setting).rejects.toMatchObject({ code: "unauthenticated" });
    expect(hashOf(person.id)).toBe(before);
  });

  test("a session that was ended adds no passkey", async () => {
    const person = await somebody();
    const { addPasskey } = await import("#lib/passkeys/passkeys.ts");
    const { actorOf } = await import("#lib/auth/session.ts");
    const { create } = await import("../support/authenticator.ts");
    const here = device(panel, person.cookie);
    const { response } = create((await here.askToAdd()).body);
    const actor = await actorOf(new Headers({ cookie: person.cookie }), { address: "192.0.2.1", requestId: "r" });
    const cookies = { sent: here.cookies(), set: [] };
    const adding = addPasskey({ ...actor, type: "user", id: person.id }, "Kept", response as never, cookies);
    ended(person);
    await expect(adding).rejects.toMatchObject({ code: "unauthenticated" });
    expect(sql.all("select id from passkeys where user_id = ?", person.id)).toEqual([]);
  });

  test("staff who were suspended make no account", async () => {
    const { createAccount } = await import("#lib/users/users.ts");
    const { actorOf } = await import("#lib/auth/session.ts");
    const given = (n: number) => ({ name: "New", email: `new.${n}@example.org`, password: "a harbour in the fog" });
    const staff = await somebody(["users:write"]);
    const actor = await actorOf(new Headers({ cookie: staff.cookie }), { address: "192.0.2.1", requestId: "r" });
    const making = createAccount(given(1), actor);
    sql.run("update users set suspended_at = 1 where id = ?", staff.id);
    await expect(making).rejects.toMatchObject({ code: "unauthenticated" });
    const able = await somebody(["users:write"]);
    expect((await able.call("POST", "/admin/users", given(2))).status).toBe(201);
    expect(sql.all("select email from users where email like 'new.%'")).toEqual([{ email: "new.2@example.org" }]);
  });
});
