import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";

let panel: Panel;
let root: Person;
let sequence = 0;
let sql: (text: string, ...values: unknown[]) => Record<string, unknown>[];

beforeAll(async () => {
  panel = await startPanel();
  root = await panel.person("Root", "root");
  const { db } = await import("#db/client.ts");
  sql = (text, ...values) => {
    const statement = db().$client.prepare(text);
    if (statement.reader) return statement.all(...values) as Record<string, unknown>[];
    statement.run(...values);
    return [];
  };
});
afterAll(() => panel.close());

interface Organisation {
  id: string;
  handle: string;
  role: string | null;
  members: number;
  zones: number;
}
interface Listed<T> {
  items: T[];
  total: number;
}

const person = (what: string, grants?: string[]) => panel.person(`${what} ${++sequence}`, grants);
const changes = () => sql("select total_changes() as n")[0]?.n;
const lastAudit = () => sql("select * from audit_log order by id desc limit 1")[0];

/** Somebody's organisation, with an admin and two members in it. */
async function company() {
  const [owner, admin, member, second] = [
    await person("Owner"),
    await person("Admin"),
    await person("Member"),
    await person("Second"),
  ];
  const handle = `company-${++sequence}`;
  const made = await owner.call<Organisation>("POST", "/organisations", { name: `Company ${sequence}`, handle });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  for (const [who, role] of [
    [admin, "admin"],
    [member, "member"],
    [second, "member"],
  ] as const) {
    sql(
      "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, ?, 0)",
      made.body.id,
      who.id,
      role,
    );
  }
  return { owner, admin, member, second, id: made.body.id, path: `/organisations/${handle}`, handle };
}

const rolesIn = (id: string) =>
  Object.fromEntries(
    sql("select user_id, role from organisation_members where organisation_id = ?", id).map((row) => [
      row.user_id,
      row.role,
    ]),
  );

describe("an organisation", () => {
  test("is made, listed, opened by handle and id, edited and deleted by its owner", async () => {
    const owner = await person("Owner");
    const made = await owner.call<Organisation>("POST", "/organisations", { name: "Acme", handle: " ACME " });
    expect(made).toMatchObject({
      status: 201,
      body: { handle: "acme", name: "Acme", role: "owner", members: 1, zones: 0, memberDefault: "view" },
    });
    expect(
      (await owner.call<Listed<Organisation>>("GET", "/organisations")).body.items.map(({ handle }) => handle),
    ).toEqual(["acme"]);
    for (const reference of ["acme", "ACME", made.body.id])
      expect((await owner.call("GET", `/organisations/${reference}`)).status).toBe(200);
    expect(
      await owner.call("PATCH", "/organisations/acme", { name: "Acme Ltd", handle: "acme-ltd", memberDefault: "none" }),
    ).toMatchObject({
      status: 200,
      body: { name: "Acme Ltd", handle: "acme-ltd", memberDefault: "none" },
    });
    expect(JSON.parse(String(lastAudit()?.before))).toEqual({ name: "Acme", handle: "acme", memberDefault: "view" });
    expect((await owner.call("GET", "/organisations/acme")).status).toBe(404);
    expect((await owner.call("DELETE", "/organisations/acme-ltd")).status).toBe(200);
    expect((await owner.call<Listed<Organisation>>("GET", "/organisations")).body.total).toBe(0);
    expect(sql("select 1 from organisation_members where organisation_id = ?", made.body.id)).toEqual([]);
  });

  test.each(["a", "-a", "a-", "a--b", "a b", "ä", "new", "a".repeat(41), "01890a5d-ac96-774b-bcce-b302099a8057", ""])(
    "cannot have the handle %j",
    async (handle) => {
      const owner = await person("Owner");
      expect(await owner.call("POST", "/organisations", { name: "X", handle })).toMatchObject({
        status: 422,
        body: { fields: { handle: expect.any(String) } },
      });
    },
  );

  test("cannot have another's handle; two that ask at once do not both get it", async () => {
    const people = [await person("One"), await person("Two")];
    const both = await Promise.all(
      people.map((one) => one.call("POST", "/organisations", { name: "X", handle: "wanted" })),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    const other = await company();
    expect(await other.owner.call("PATCH", other.path, { handle: "wanted" })).toMatchObject({
      status: 409,
      body: { fields: { handle: "This handle is taken." } },
    });
    expect((await other.owner.call("PATCH", other.path, { handle: other.handle })).status, "its own").toBe(200);
  });

  test("five are what an account can own; org:write is not bound by that", async () => {
    const owner = await person("Owner");
    const made = await Promise.all(
      Array.from({ length: 7 }, (_, n) => owner.call("POST", "/organisations", { name: "X", handle: `many-${n}` })),
    );
    expect(made.map(({ status }) => status).toSorted()).toEqual([201, 201, 201, 201, 201, 409, 409]);
    const staff = await person("Staff", ["org:create", "org:write"]);
    for (let n = 0; n < 6; n++)
      expect((await staff.call("POST", "/organisations", { name: "X", handle: `staff-${n}` })).status).toBe(201);
  });

  test("a role without org:create makes none", async () => {
    const nobody = await person("Nobody", ["soc:read"]);
    expect(await nobody.call("POST", "/organisations", { name: "X", handle: "refused" })).toMatchObject({
      status: 403,
      body: { missing: "org:create" },
    });
  });

  test("says what it owns, and is not deleted while it owns a zone", async () => {
    const { owner, path, id } = await company();
    expect((await root.call("POST", `${path}/dns/zones`, { name: "owned.example", connection: "local" })).status).toBe(
      201,
    );
    expect(await owner.call("DELETE", path)).toMatchObject({
      status: 409,
      body: { code: "conflict", zones: 1, message: expect.stringMatching(/still owns 1 zone\./) },
    });
    expect((await owner.call("GET", path)).status).toBe(200);
    expect(sql("select name from zones where organisation_id = ?", id)).toEqual([{ name: "owned.example." }]);
    expect(sql("select 1 from audit_log where action = 'organisations.remove' and target_id = ?", id)).toEqual([]);
  });

  test("counts for each of its people the zones that they can see", async () => {
    const { owner, member, path } = await company();
    for (const name of ["count-a.example", "count-b.example"])
      expect((await root.call("POST", `${path}/dns/zones`, { name, connection: "local" })).status).toBe(201);
    const zones = async (who: Person) => [
      (await who.call<Organisation>("GET", path)).body.zones,
      (await who.call<Listed<Organisation>>("GET", "/organisations")).body.items[0]?.zones,
    ];
    expect(await zones(owner)).toEqual([2, 2]);
    expect(await zones(member)).toEqual([2, 2]);
    expect(
      (await root.call("PUT", `${path}/dns/zones/count-a.example/permissions/${member.id}`, { level: "none" })).status,
    ).toBe(200);
    expect(await zones(member)).toEqual([1, 1]);
    await owner.call("PATCH", path, { memberDefault: "none" });
    expect(await zones(member)).toEqual([0, 0]);
    expect(await zones(owner)).toEqual([2, 2]);
    const staff = await person("Staff", ["org:read"]);
    expect((await staff.call<Organisation>("GET", path)).body.zones, "org:read is no dns:read").toBe(0);
  });
});

describe("who is not in it", () => {
  test("finds nothing there, whatever they do", async () => {
    const { path, handle, member } = await company();
    const stranger = await person("Stranger");
    const before = changes();
    for (const [method, target, body] of [
      ["GET", path, undefined],
      ["PATCH", path, { name: "Mine" }],
      ["DELETE", path, undefined],
      ["GET", `${path}/members`, undefined],
      ["POST", `${path}/members`, { email: "x@example.org" }],
      ["PATCH", `${path}/members/${member.id}`, { role: "admin" }],
      ["DELETE", `${path}/members/${member.id}`, undefined],
      ["POST", `${path}/owner`, { user: stranger.id }],
      ["POST", `${path}/leave`, undefined],
      ["GET", `${path}/invites`, undefined],
    ] as const) {
      const real = await stranger.call<{ message: string }>(method, target, body);
      const none = await stranger.call<{ message: string }>(method, target.replace(handle, "there-is-none"), body);
      expect([real.status, real.body.message], `${method} ${target}`).toEqual([404, none.body.message]);
    }
    expect(changes()).toBe(before);
  });

  test("sees it with org:read, and does no more; both are staff's doing where it counts", async () => {
    const { path, id, member } = await company();
    const reader = await person("Reader", ["org:read"]);
    expect(await reader.call("GET", path)).toMatchObject({ status: 200, body: { role: null } });
    expect((await reader.call<Listed<unknown>>("GET", `${path}/members`)).body.total).toBe(4);
    expect((await reader.call<Listed<Organisation>>("GET", "/organisations")).body.total).toBe(0);
    expect(
      (await reader.call<Listed<Organisation>>("GET", "/organisations?scope=all&perPage=200")).body.items.map(
        (row) => row.id,
      ),
    ).toContain(id);
    expect(
      (await member.call<Listed<Organisation>>("GET", "/organisations?scope=all&perPage=200")).body.items.map(
        (row) => row.id,
      ),
    ).toEqual([id]);
    const before = changes();
    expect(await reader.call("PATCH", path, { name: "Mine" })).toMatchObject({
      status: 403,
      body: { missing: "admin" },
    });
    expect((await reader.call("POST", `${path}/members`, { email: member.email })).status).toBe(403);
    expect((await reader.call("POST", `${path}/owner`, { user: member.id })).status).toBe(403);
    expect((await reader.call("DELETE", path)).status).toBe(403);
    expect(changes()).toBe(before);
  });

  test("changes it with org:write, and hands it over, but does not delete it; org:delete deletes it and nothing else", async () => {
    const { path, id, owner, member } = await company();
    const writer = await person("Writer", ["org:write"]);
    const deleter = await person("Deleter", ["org:delete"]);
    expect((await writer.call("PATCH", path, { name: "By staff" })).status).toBe(200);
    expect(lastAudit()).toMatchObject({
      action: "organisations.edit",
      organisation_id: id,
      as_staff: 1,
      actor_id: writer.id,
    });
    expect((await writer.call("POST", `${path}/owner`, { user: member.id })).status).toBe(200);
    expect(lastAudit()).toMatchObject({ action: "organisations.handOverTo", as_staff: 1 });
    expect(rolesIn(id)).toMatchObject({ [member.id]: "owner", [owner.id]: "admin" });
    expect((await writer.call("DELETE", path)).status).toBe(403);
    expect((await deleter.call("GET", path)).status).toBe(404);
    expect((await deleter.call("PATCH", path, { name: "By staff" })).status).toBe(404);
    expect((await deleter.call("DELETE", path)).status).toBe(200);
    expect(lastAudit()).toMatchObject({ action: "organisations.remove", as_staff: 1, target_id: id });
  });
});

describe("joining", () => {
  let at: Awaited<ReturnType<typeof company>>;
  beforeEach(async () => {
    at = await company();
  });
  interface Invite {
    id: string;
    email?: string;
    handle?: string;
  }
  const waiting = async (who: Person) => (await who.call<{ items: Invite[] }>("GET", "/account/invites")).body.items;

  test("waits for the person, and is answered alike whether or not there is such an account", async () => {
    const known = await person("Known");
    const some = await at.owner.call("POST", `${at.path}/members`, { email: known.email, role: "admin" });
    const none = await at.owner.call("POST", `${at.path}/members`, {
      email: "nobody.at.all@example.org",
      role: "admin",
    });
    expect(some).toMatchObject({ status: 201, body: { status: "invited", email: known.email, role: "admin" } });
    expect({ ...some.body, email: "" }).toEqual({ ...none.body, email: "" });
    expect(none.status).toBe(some.status);
    const listed = await at.admin.call<{ items: Invite[] }>("GET", `${at.path}/invites`);
    expect(listed.body.items.map((row) => row.email).toSorted()).toEqual(
      [known.email, "nobody.at.all@example.org"].toSorted(),
    );
    expect((await at.member.call("GET", `${at.path}/invites`)).status).toBe(403);
    expect((await known.call("GET", at.path)).status, "not in it yet").toBe(404);
    expect(rolesIn(at.id)[known.id]).toBeUndefined();
  });

  test("an invitation is accepted once, by whom it is for", async () => {
    const [guest, other] = [await person("Guest"), await person("Other")];
    await at.admin.call("POST", `${at.path}/members`, { email: guest.email.toUpperCase(), role: "member" });
    const [invite] = await waiting(guest);
    expect(invite).toMatchObject({ handle: at.handle });
    expect(await waiting(other)).toEqual([]);
    expect((await other.call("POST", `/account/invites/${invite?.id}`, { accept: true })).status).toBe(404);
    expect(rolesIn(at.id)[other.id]).toBeUndefined();
    const answers = await Promise.all(
      [true, true].map((accept) => guest.call("POST", `/account/invites/${invite?.id}`, { accept })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    expect(rolesIn(at.id)[guest.id]).toBe("member");
    expect(await waiting(guest)).toEqual([]);
    expect((await guest.call("GET", at.path)).status).toBe(200);
  });

  test("declined, it is over, and nobody joined", async () => {
    const guest = await person("Guest");
    await at.owner.call("POST", `${at.path}/members`, { email: guest.email });
    const [invite] = await waiting(guest);
    expect(await guest.call("POST", `/account/invites/${invite?.id}`, { accept: false })).toMatchObject({
      status: 200,
      body: { joined: false },
    });
    expect((await guest.call("POST", `/account/invites/${invite?.id}`, { accept: true })).status).toBe(404);
    expect(rolesIn(at.id)[guest.id]).toBeUndefined();
  });

  test("an address that is not verified, an invitation that is old or was taken back: none of them lets anybody in", async () => {
    const guest = await person("Guest");
    await at.owner.call("POST", `${at.path}/members`, { email: guest.email });
    const [invite] = await waiting(guest);
    const accept = () => guest.call("POST", `/account/invites/${invite?.id}`, { accept: true });
    sql("update users set email_verified_at = null where id = ?", guest.id);
    expect([await waiting(guest), (await accept()).status]).toEqual([[], 404]);
    sql("update users set email_verified_at = 1 where id = ?", guest.id);
    sql("update organisation_invites set expires_at = ? where id = ?", Date.now() - 1, invite?.id);
    expect([await waiting(guest), (await accept()).status]).toEqual([[], 404]);
    expect((await at.owner.call<{ items: Invite[] }>("GET", `${at.path}/invites`)).body.items).toEqual([]);
    await at.owner.call("POST", `${at.path}/members`, { email: guest.email });
    const [fresh] = await waiting(guest);
    const other = await company();
    expect(
      (await other.owner.call("DELETE", `${other.path}/invites/${fresh?.id}`)).status,
      "another organisation's",
    ).toBe(404);
    expect((await at.admin.call("DELETE", `${at.path}/invites/${fresh?.id}`)).status).toBe(200);
    expect((await guest.call("POST", `/account/invites/${fresh?.id}`, { accept: true })).status).toBe(404);
    expect(rolesIn(at.id)[guest.id]).toBeUndefined();
  });

  test("staff with org:write add at once, and it is audited as theirs", async () => {
    const [guest, staff] = [await person("Guest"), await person("Staff", ["org:write"])];
    await at.owner.call("POST", `${at.path}/members`, { email: guest.email });
    expect(await staff.call("POST", `${at.path}/members`, { email: guest.email, role: "admin" })).toMatchObject({
      status: 201,
      body: { status: "added" },
    });
    expect(lastAudit()).toMatchObject({
      action: "organisations.addOne",
      as_staff: 1,
      organisation_id: at.id,
      target_id: guest.id,
    });
    expect(rolesIn(at.id)[guest.id]).toBe("admin");
    expect(await waiting(guest), "the invitation is answered by it").toEqual([]);
    expect(await staff.call("POST", `${at.path}/members`, { email: guest.email })).toMatchObject({
      status: 409,
      body: { fields: { email: expect.any(String) } },
    });
    expect(await staff.call("POST", `${at.path}/members`, { email: "nobody@example.org" })).toMatchObject({
      status: 201,
      body: { status: "invited" },
    });
    sql(
      "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, 'member', 0)",
      at.id,
      staff.id,
    );
    await staff.call("POST", `${at.path}/members`, { email: (await person("Guest")).email });
    expect(lastAudit(), "a member that only org:write lets add").toMatchObject({
      action: "organisations.addOne",
      as_staff: 1,
    });
  });

  test("staff who are an admin there as well add as staff: nobody else adds without asking", async () => {
    const [guest, staff] = [await person("Guest"), await person("Staff", ["org:write", "org:create"])];
    const handle = `of-staff-${staff.id.slice(-6)}`;
    expect((await staff.call("POST", "/organisations", { name: "Of staff", handle })).status).toBe(201);
    const added = await staff.call("POST", `/organisations/${handle}/members`, { email: guest.email, role: "member" });
    expect(added).toMatchObject({ status: 201, body: { status: "added" } });
    const { db } = await import("#db/client.ts");
    expect(
      db()
        .$client.prepare("select as_staff from audit_log where target_type = 'member' and target_id = ?")
        .all(guest.id),
    ).toEqual([{ as_staff: 1 }]);
  });

  test("nobody becomes owner by being added or changed", async () => {
    const guest = await person("Guest");
    for (const who of [at.owner, root]) {
      expect((await who.call("POST", `${at.path}/members`, { email: guest.email, role: "owner" })).status).toBe(422);
      expect((await who.call("PATCH", `${at.path}/members/${at.member.id}`, { role: "owner" })).status).toBe(422);
    }
    expect(Object.values(rolesIn(at.id)).filter((role) => role === "owner")).toHaveLength(1);
  });
});

describe("roles in it", () => {
  test("an admin changes and removes members and admins, but does not touch the owner", async () => {
    const { owner, admin, member, second, path, id } = await company();
    expect((await admin.call("PATCH", `${path}/members/${member.id}`, { role: "admin" })).status).toBe(200);
    expect(lastAudit()).toMatchObject({
      action: "organisations.changeRole",
      as_staff: 0,
      before: '{"role":"member"}',
      after: '{"role":"admin"}',
    });
    expect((await admin.call("DELETE", `${path}/members/${second.id}`)).status).toBe(200);
    const before = changes();
    expect((await admin.call("PATCH", `${path}/members/${owner.id}`, { role: "member" })).status).toBe(403);
    expect([403, 409]).toContain((await admin.call("DELETE", `${path}/members/${owner.id}`)).status);
    expect((await admin.call("POST", `${path}/owner`, { user: admin.id })).status).toBe(403);
    expect((await admin.call("DELETE", path)).status).toBe(403);
    expect(changes()).toBe(before);
    expect(rolesIn(id)).toEqual({ [owner.id]: "owner", [admin.id]: "admin", [member.id]: "admin" });
  });

  test("a member changes nothing", async () => {
    const { owner, member, second, path } = await company();
    const before = changes();
    for (const [method, target, body] of [
      ["PATCH", path, { name: "Mine" }],
      ["POST", `${path}/members`, { email: "x@example.org" }],
      ["PATCH", `${path}/members/${member.id}`, { role: "admin" }],
      ["DELETE", `${path}/members/${second.id}`, undefined],
      ["POST", `${path}/owner`, { user: member.id }],
      ["DELETE", path, undefined],
    ] as const) {
      expect((await member.call(method, target, body)).status, `${method} ${target}`).toBe(403);
    }
    expect(changes()).toBe(before);
    expect((await owner.call("GET", path)).status).toBe(200);
  });

  test("the owner hands over to somebody in it and becomes an admin; there is one owner throughout", async () => {
    const { owner, member, second, path, id } = await company();
    const stranger = await person("Stranger");
    expect((await owner.call("POST", `${path}/owner`, { user: stranger.id })).status).toBe(404);
    const both = await Promise.all([member, second].map((to) => owner.call("POST", `${path}/owner`, { user: to.id })));
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 403]);
    const roles = rolesIn(id);
    expect(Object.values(roles).filter((role) => role === "owner")).toHaveLength(1);
    expect(roles[owner.id]).toBe("admin");
    expect((await owner.call("POST", `${path}/owner`, { user: owner.id })).status).toBe(403);
  });

  test("is handed to nobody who is shut out, or who owns as many as one may, but by staff", async () => {
    const heir = await person("Heir");
    const giver = await person("Giver");
    const path = `/organisations/given-${giver.id.slice(-6)}`;
    const made = { name: "Given away", handle: path.split("/").at(-1) };
    const { id } = (await giver.call<{ id: string }>("POST", "/organisations", made)).body;
    const { db } = await import("#db/client.ts");
    const sql = (text: string, ...values: unknown[]) =>
      db()
        .$client.prepare(text)
        .run(...values);
    sql(
      "insert into organisation_members (organisation_id, user_id, role, created_at) values (?, ?, 'admin', 0)",
      id,
      heir.id,
    );
    const handOver = (who: Person) => who.call("POST", `${path}/owner`, { user: heir.id });
    sql("update users set suspended_at = 1 where id = ?", heir.id);
    expect(await handOver(giver)).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining("suspended") },
    });
    sql("update users set suspended_at = null where id = ?", heir.id);
    for (let n = 0; n < 5; n++)
      expect(
        (await heir.call("POST", "/organisations", { name: "One of five", handle: `five-${n}-${heir.id.slice(-6)}` }))
          .status,
      ).toBe(201);
    expect(await handOver(giver)).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining("as many") },
    });
    expect(rolesIn(id)[giver.id]).toBe("owner");
    expect((await handOver(await person("Staff", ["org:write"]))).status).toBe(200);
    expect(rolesIn(id)[heir.id]).toBe("owner");
  });

  test("the owner does not leave; whoever leaves or is removed leaves nothing of theirs behind", async () => {
    const { owner, admin, member, path, id } = await company();
    expect(await owner.call("POST", `${path}/leave`)).toMatchObject({
      status: 409,
      body: { message: expect.stringMatching(/Hand over/) },
    });
    expect(
      (await root.call("POST", `${path}/dns/zones`, { name: `left${sequence}.example`, connection: "local" })).status,
    ).toBe(201);
    const other = await company();
    expect(
      (await root.call("POST", `${other.path}/dns/zones`, { name: `kept${sequence}.example`, connection: "local" }))
        .status,
    ).toBe(201);
    for (const zone of sql("select id from zones where organisation_id in (?, ?)", id, other.id)) {
      for (const who of [admin, member])
        sql(
          "insert into zone_permissions (zone_id, user_id, can_view, can_modify, can_delete, created_at) values (?, ?, 1, 1, 1, 0)",
          zone.id,
          who.id,
        );
    }
    await admin.call("POST", `${path}/members`, { email: "invited.by.admin@example.org" });
    await owner.call("POST", `${path}/members`, { email: "invited.by.owner@example.org" });
    expect((await member.call("POST", `${path}/leave`)).status).toBe(200);
    expect((await owner.call("DELETE", `${path}/members/${admin.id}`)).status).toBe(200);
    expect(Object.keys(rolesIn(id))).not.toContain(member.id);
    const rows = sql(
      "select p.user_id from zone_permissions p join zones z on z.id = p.zone_id where z.organisation_id = ?",
      id,
    );
    expect(rows).toEqual([]);
    expect(
      sql(
        "select p.user_id from zone_permissions p join zones z on z.id = p.zone_id where z.organisation_id = ?",
        other.id,
      ),
    ).toHaveLength(2);
    expect(sql("select email from organisation_invites where organisation_id = ?", id)).toEqual([
      { email: "invited.by.owner@example.org" },
    ]);
    expect((await member.call("GET", path)).status).toBe(404);
    expect((await member.call("POST", `${path}/leave`)).status).toBe(404);
  });
});

test("the frame of one's pages names the organisations that one is in, with one's role, and no others", async () => {
  const { handle, owner, member } = await company();
  await company();
  const frame = async (someone: Person) =>
    (await someone.call<{ email: string; organisations: unknown[] }>("GET", "/account/frame")).body;
  expect(await frame(owner)).toMatchObject({ email: owner.email, organisations: [{ handle, role: "owner" }] });
  expect(await frame(member)).toMatchObject({ email: member.email, organisations: [{ handle, role: "member" }] });
  expect((await frame(member)).organisations).toHaveLength(1);
  expect((await frame(await person("Alone"))).organisations).toEqual([]);
});
