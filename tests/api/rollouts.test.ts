import { afterAll, beforeAll, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";

let panel: Panel;
let keeper: Person;
let ada: Person;
let rollout: string;

interface Rollout {
  id: string;
  running: boolean;
  forcedIn: number;
  treatments: unknown[];
  description: string;
  updatedAt: number;
}

beforeAll(async () => {
  panel = await startPanel();
  keeper = await panel.person("Keeper", ["admin:access"]);
  ada = await panel.person("Ada");
});
afterAll(() => panel.close());

const mine = async (who: Person) => (await who.call<{ items: Record<string, string> }>("GET", "/rollouts")).body.items;
const edit = (body: Record<string, unknown>) =>
  keeper.call<Rollout & { fields?: Record<string, string> }>("PATCH", `/admin/rollouts/${rollout}`, body);

test("begins with nobody in, and reaches everybody at its whole share while it is on", async () => {
  const { status, body } = await keeper.call<Rollout>("POST", "/admin/rollouts", { key: "records.density" });
  expect(status).toBe(201);
  rollout = body.id;
  expect((await keeper.call("POST", "/admin/rollouts", { key: "records.density" })).status).toBe(409);
  expect(await mine(ada)).toEqual({});
  await edit({ share: 10_000 });
  expect(await mine(ada)).toEqual({});
  expect((await edit({ enabled: true })).body.running).toBe(true);
  expect(await mine(ada)).toEqual({ "records.density": "compact" });
  await edit({ treatments: [{ name: "dense", weight: 1 }] });
  expect(await mine(ada)).toEqual({ "records.density": "dense" });
});

test("the frame of every page says so", async () => {
  const { body } = await ada.call<{ rollouts: Record<string, string> }>("GET", "/account/frame");
  expect(body.rollouts).toEqual({ "records.density": "dense" });
});

test("the list is searched, filtered, sorted and paged like others, and says what is left to roll out", async () => {
  const found = async (query: string) => {
    const { body } = await keeper.call<{ items: Rollout[]; total: number; left: unknown[] }>(
      "GET",
      `/admin/rollouts?${query}`,
    );
    return [body.items.map(({ id }) => id), body.total, body.left];
  };
  await edit({ description: "For big screens" });
  for (const query of ["", "q=denser", "q=RECORDS.D", "q=big%20screens", "state=running", "sort=-share&perPage=1"])
    expect(await found(query), query).toEqual([[rollout], 1, []]);
  for (const query of ["q=other", "state=off", "state=waiting"]) expect(await found(query), query).toEqual([[], 0, []]);
  const { updatedAt } = (await edit({ startsAt: Date.now() + 3_600_000 })).body;
  expect([await found("state=waiting"), await found("state=running")]).toEqual([
    [[rollout], 1, []],
    [[], 0, []],
  ]);
  await edit({ startsAt: null, enabled: false, updatedAt });
  expect(await found("state=off&q=denser")).toEqual([[rollout], 1, []]);
  await edit({ enabled: true });
  expect((await keeper.call("GET", "/admin/rollouts?sort=nothing")).status).toBe(422);
});

test("what somebody else changed meanwhile is not lost", async () => {
  const { updatedAt } = (await edit({ description: "As it is" })).body;
  const first = (await edit({ description: "First", updatedAt })).body;
  expect(first.updatedAt).toBeGreaterThan(updatedAt);
  expect((await edit({ description: "Second", updatedAt })).status).toBe(409);
  expect((await edit({ updatedAt: first.updatedAt })).body.description).toBe("First");
});

test("ends with its window", async () => {
  expect((await edit({ endsAt: Date.now() - 1 })).body.running).toBe(false);
  expect(await mine(ada)).toEqual({});
  expect((await edit({ startsAt: Date.now() + 1000, endsAt: Date.now() })).body.fields).toEqual({
    endsAt: "The end is after the beginning.",
  });
  await edit({ endsAt: null });
  expect(await mine(ada)).toEqual({ "records.density": "dense" });
});

test("out and in by hand go before chance", async () => {
  const force = (user: string, body: Record<string, unknown>) =>
    keeper.call<Rollout>("PUT", `/admin/rollouts/${rollout}/people/${user}`, body);
  await force(ada.id, { forced: "out" });
  expect(await mine(ada)).toEqual({});
  await edit({ share: 0 });
  expect((await force(ada.id, { forced: "in", treatment: "compact" })).body.forcedIn).toBe(1);
  expect(await mine(ada)).toEqual({ "records.density": "compact" });
  expect(await mine(keeper)).toEqual({});
  expect((await force(ada.id, { forced: "in", treatment: "huge" })).status).toBe(422);
  expect((await force("nobody", { forced: "in" })).status).toBe(404);
  await force(ada.id, { forced: null });
  expect(await mine(ada)).toEqual({});
});

test("an audience is staff, those with a role, members of an organisation", async () => {
  const owner = await panel.person("Owner");
  const organisation = await owner.call<{ id: string }>("POST", "/organisations", { name: "Tried", handle: "tried" });
  await edit({ share: 10_000, audience: { organisations: [organisation.body.id] } });
  expect([await mine(owner), await mine(ada), await mine(keeper)]).toEqual([{ "records.density": "dense" }, {}, {}]);
  await edit({ audience: { staff: true } });
  expect([await mine(owner), await mine(keeper)]).toEqual([{}, { "records.density": "dense" }]);
  const { db } = await import("#db/client.ts");
  const role = db().$client.prepare("select role_id from user_roles where user_id = ?").pluck().get(keeper.id);
  await edit({ audience: { roles: [role] } });
  expect([await mine(owner), await mine(keeper)]).toEqual([{}, { "records.density": "dense" }]);
  // Whoever was given none has that of those who have none.
  const byDefault = db().$client.prepare("select id from roles where name = 'default'").pluck().get();
  await edit({ audience: { roles: [byDefault] } });
  expect([await mine(owner), await mine(keeper)]).toEqual([{ "records.density": "dense" }, {}]);
  const { items } = (await keeper.call<{ items: { id: string }[] }>("GET", `/admin/rollouts/${rollout}/preview`)).body;
  expect(items.map(({ id }) => id).toSorted()).toEqual([ada.id, owner.id].toSorted());
});

test("what the audience names is there, and is named to whoever may see such things", async () => {
  const organisation = await ada.call<{ id: string }>("POST", "/organisations", { name: "Named", handle: "named" });
  const { db } = await import("#db/client.ts");
  const role = "role-to-be-deleted";
  db().$client.prepare("insert into roles (id, name, created_at) values (?, 'Testers', 0)").run(role);
  const audience = { staff: false, roles: [role], organisations: [organisation.body.id] };
  expect((await edit({ audience: { ...audience, roles: [role, "nobody"] } })).body.fields).toEqual({
    audience: "One of these roles does not exist.",
  });
  expect((await edit({ audience: { ...audience, organisations: ["nobody"] } })).status).toBe(422);
  expect((await edit({ audience })).status).toBe(200);
  const named = async (who: Person) =>
    (await who.call<{ named: unknown }>("GET", `/admin/rollouts/${rollout}`)).body.named;
  const namedAs = (roleName: string | null, organisationName: string | null) => ({
    roles: [{ id: role, name: roleName }],
    organisations: [{ id: organisation.body.id, name: organisationName }],
  });
  expect(await named(keeper)).toEqual(namedAs(null, null));
  expect(await named(await panel.person("Reads roles", ["admin:access", "roles:read"]))).toEqual(
    namedAs("Testers", null),
  );
  const sees = await panel.person("Sees both", ["admin:access", "roles:read", "org:read"]);
  expect(await named(sees)).toEqual(namedAs("Testers", "Named"));
  db().$client.prepare("delete from roles where id = ?").run(role);
  expect(await named(sees)).toEqual(namedAs(null, "Named"));
  // What is gone by now stands in the way of no other change.
  expect((await edit({ audience, share: 1 })).status).toBe(200);
  await edit({ audience: null });
});

test("who was put there by hand is listed, and found by a whole address", async () => {
  const away = await panel.person("Put out");
  await keeper.call("PUT", `/admin/rollouts/${rollout}/people/${ada.id}`, { forced: "in", treatment: "dense" });
  await keeper.call("PUT", `/admin/rollouts/${rollout}/people/${away.id}`, { forced: "out" });
  const people = async (query: string) =>
    (
      await keeper.call<{ items: { id: string }[]; total: number; next: string | null }>(
        "GET",
        `/admin/rollouts/${rollout}/people?${query}`,
      )
    ).body;
  const first = await people("perPage=1");
  expect([first.items, first.total]).toEqual([
    [{ id: ada.id, name: "A•••", email: "a•••@e•••.org", forced: "in", treatment: "dense" }],
    2,
  ]);
  expect((await people(`perPage=1&at=${first.next}`)).items).toMatchObject([{ id: away.id, forced: "out" }]);
  expect((await people(`q=${encodeURIComponent(away.email.toUpperCase())}`)).items).toMatchObject([{ id: away.id }]);
  expect((await people("q=put")).total).toBe(0);
  for (const { id } of [ada, away])
    await keeper.call("PUT", `/admin/rollouts/${rollout}/people/${id}`, { forced: null });
  expect((await people("")).total).toBe(0);
});

test("the preview is who is in, each as they would be told", async () => {
  for (let n = 0; n < 60; n++) await panel.person(`Crowd ${n}`);
  await edit({ share: 6000, audience: null, enabled: true });
  const people: { id: string; treatment: string }[] = [];
  let next: string | null = null;
  do {
    const page: { body: { items: typeof people; next: string | null } } = await keeper.call(
      "GET",
      `/admin/rollouts/${rollout}/preview${next ? `?after=${next}` : ""}`,
    );
    people.push(...page.body.items);
    next = page.body.next;
  } while (next !== null);
  const { rolloutsOf } = await import("#lib/rollouts/rollouts.ts");
  const { db } = await import("#db/client.ts");
  const ids = db().$client.prepare("select id from users order by id").pluck().all() as string[];
  expect(people.map(({ id }) => id)).toEqual(ids.filter((id) => "records.density" in rolloutsOf(id)));
});

test("every change is audited; one that does not fit is said at its field", async () => {
  const { db } = await import("#db/client.ts");
  const entries = db()
    .$client.prepare("select action, before, after from audit_log where target_type = 'rollout' order by rowid")
    .all() as {
    action: string;
  }[];
  expect(new Set(entries.map(({ action }) => action))).toEqual(
    new Set(["rollouts.create", "rollouts.edit", "rollouts.force"]),
  );
  expect((await edit({ share: 10_001 })).body.fields).toEqual({ share: "A share is from 0 to 100 %." });
  expect((await edit({ treatments: [] })).body.fields).toEqual({ treatments: "Give at least one treatment." });
  expect((await edit({ treatments: [{ name: "huge", weight: 1 }] })).status).toBe(422);
  expect((await keeper.call("POST", "/admin/rollouts", { key: "no.such" })).status).toBe(422);
});

test("nobody else sees or changes a rollout, and a removed one reaches nobody", async () => {
  const other = await panel.person("Other", ["users:read"]);
  for (const who of [other, ada]) {
    expect((await who.call("GET", "/admin/rollouts")).status).toBe(403);
    expect((await who.call("GET", `/admin/rollouts/${rollout}/preview`)).status).toBe(403);
    expect((await who.call("DELETE", `/admin/rollouts/${rollout}`)).status).toBe(403);
  }
  expect((await panel.call("GET", "/rollouts")).status).toBe(401);
  await keeper.call("DELETE", `/admin/rollouts/${rollout}`);
  expect(await mine(ada)).toEqual({});
});
