/** A zone as a whole: notes, another organisation, deleting it and bringing it back. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startBehindFaults } from "../support/behind-faults.ts";
import { runJobs } from "../support/jobs.ts";
import type { Person } from "../support/panel.ts";

interface Deleted {
  id: string;
  name: string;
  recordCount: number;
  deletedAt: string;
  by: string;
  until: number;
}

const { panel, powerdns, proxy, owner, sql, settleAll, zones, rested, close } = await startBehindFaults();
let root: Person;
let member: Person;
let sequence = 0;
const deleted = "/organisations/acme/dns/deleted-zones";

beforeAll(async () => {
  const { setSetting } = await import("#lib/settings/settings.ts");
  setSetting("limits.organisations_per_account", 100);
  root = await panel.person("Root", "root");
  member = await panel.person("Member");
  await add("acme", member);
});
afterEach(rested);
afterAll(close);

/** Staff put somebody into an organisation without asking. */
async function add(organisation: string, person: Person, role = "member"): Promise<void> {
  const body = { email: person.email, role };
  expect(await root.call("POST", `/organisations/${organisation}/members`, body)).toMatchObject({
    status: 201,
    body: { status: "added" },
  });
}

async function zone(connection: "local" | "powerdns" = "powerdns") {
  const name = `whole${++sequence}.example`;
  const at = `${zones}/${name}`;
  const made = await owner.call<{ id: string }>("POST", zones, { name, connection });
  expect(made.status).toBe(201);
  for (const [label, content] of [
    ["www", "192.0.2.1"],
    ["mail", "192.0.2.2"],
  ])
    await owner.call("POST", `${at}/records`, { name: label, type: "A", ttl: 60, content });
  const held = async () =>
    (
      await owner.call<{ items: { name: string; type: string; content: string }[] }>("GET", `${at}/records?perPage=200`)
    ).body.items
      .filter(({ type }) => type !== "SOA")
      .map(({ name: label, type, content }) => `${label} ${type} ${content}`);
  return {
    id: made.body.id,
    name,
    at,
    held,
    remove: (body: object = {}, by = owner) =>
      by.call<{ change: string; state: string; at: string; records: number; restorableUntil: number }>("DELETE", at, {
        name,
        ...body,
      }),
    back: (by = owner) => by.call<{ id: string; status: string }>("POST", `${deleted}/${made.body.id}/restore`, {}),
    history: async () =>
      (
        await owner.call<{ items: { kind: string; state: string; message: string; plan: unknown[] }[] }>(
          "GET",
          `${at}/changes`,
        )
      ).body.items,
    audits: () =>
      sql.all<{ action: string; outcome: string }>(
        "select action, outcome from audit_log where target_type = 'zone' and target_id = ? order by id",
        made.body.id,
      ),
  };
}

const listed = async (by = owner) => (await by.call<{ items: Deleted[]; total: number }>("GET", deleted)).body;
const atPowerDns = async (name: string) =>
  (
    await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones/${name}.`, {
      headers: { "x-api-key": powerdns.apiKey },
    })
  ).status === 200;

/** Every row of every state that is kept of a zone, with its place in the search's index. */
const heldOf = (id: string | undefined) =>
  sql.all<{ generation: number; row: number | null; place: number | null }>(
    "select g.id as generation, r.id as row, t.id as place from generations g left join rrset_rows r on r.generation = g.id left join rrset_text_docsize t on t.id = g.id << 36 | r.id where g.zone_id = ? order by 1, 2",
    id,
  );

describe("notes", () => {
  test("are written by who manages the zone, read by members, and never by guests", async () => {
    const at = await zone("local");
    const description = "Run by the web team.\nAsk before changing MX.";
    expect(await owner.call("PATCH", at.at, { description })).toMatchObject({ status: 200, body: { description } });
    expect((await owner.call("GET", at.at)).body).toMatchObject({ description });
    expect((await member.call("GET", at.at)).body).toMatchObject({ description });
    expect((await member.call("PATCH", at.at, { description: "" })).status).toBe(403);
    const guest = await panel.person("Guest");
    sql.run(
      "insert into zone_permissions (zone_id, user_id, can_view, can_modify, can_delete, created_at) values (?, ?, 1, 0, 0, 0)",
      at.id,
      guest.id,
    );
    expect(await guest.call("GET", at.at)).toMatchObject({ status: 200, body: { description: "" } });
    expect((await owner.call("PATCH", at.at, { description: "x".repeat(2001) })).status).toBe(422);
    expect((await owner.call("PATCH", at.at, { description: "\u0007" })).status).toBe(422);
  });
});

describe("another organisation", () => {
  test("gets the zone with its records and history; levels and invitations stay behind, and so do names", async () => {
    const at = await zone();
    const before = await at.held();
    await owner.call("POST", "/organisations", { name: "Beta", handle: `beta-${sequence}` });
    const target = `beta-${sequence}`;
    const other = await panel.person(`Other ${sequence}`);
    await add(target, other, "admin");
    await owner.call("PUT", `${at.at}/permissions/${member.id}`, { level: "full" });
    await root.call("POST", `${at.at}/records`, { name: "by-root", type: "A", content: "192.0.2.8" });
    expect(await owner.call("POST", `${at.at}/transfer`, { to: target })).toMatchObject({
      status: 200,
      body: { id: at.id, organisation: { handle: target } },
    });
    expect((await owner.call("GET", at.at)).status).toBe(404);
    expect((await member.call("GET", `/organisations/${target}/dns/zones/${at.name}`)).status).toBe(404);
    const moved = `/organisations/${target}/dns/zones/${at.name}`;
    const { items } = (
      await other.call<{ items: { name: string; type: string; content: string }[] }>(
        "GET",
        `${moved}/records?perPage=99`,
      )
    ).body;
    expect(items.filter(({ type }) => type !== "SOA").length).toBe(before.length + 1);
    expect(
      (await other.call("POST", `${moved}/records`, { name: "new", type: "A", content: "192.0.2.9" })).status,
    ).toBe(201);
    const history = await other.call<{ items: { kind: string; actor: { label: string; id: string | null } }[] }>(
      "GET",
      `${moved}/changes`,
    );
    expect(history.body.items.map(({ kind }) => kind)).toEqual([
      "change",
      "transfer",
      "change",
      "change",
      "change",
      "create",
    ]);
    expect(history.body.items.slice(2).map(({ actor }) => [actor.id, actor.label])).toEqual(
      Array(4).fill([null, "The organisation before"]),
    );
    expect(JSON.stringify(history.body)).not.toMatch(/root@example/);
    expect((await other.call<{ total: number }>("GET", `${moved}/changes?actor=${root.id}`)).body.total).toBe(0);
    const audits = sql.all<{ organisation_id: string }>(
      "select distinct organisation_id from audit_log where action = 'dns.transfer' and target_id = ?",
      at.id,
    );
    expect(audits).toHaveLength(2);
  });

  test("has to be one that the actor manages, with room and without a zone of this name", async () => {
    const at = await zone("local");
    const stranger = await panel.person(`Stranger ${sequence}`);
    await stranger.call("POST", "/organisations", { name: "Theirs", handle: `theirs-${sequence}` });
    for (const to of ["acme", `theirs-${sequence}`, "nowhere"])
      expect(await owner.call("POST", `${at.at}/transfer`, { to }), to).toMatchObject({
        status: 422,
        body: { fields: { to: expect.any(String) } },
      });
    expect((await member.call("POST", `${at.at}/transfer`, { to: "acme" })).status).toBe(403);
    expect((await owner.call("GET", at.at)).status).toBe(200);
  });
});

test("a zone above or below is handed over beside it, but nobody else comes between two organisations", async () => {
  const parent = await zone("local");
  const child = `sub.${parent.name}`;
  expect((await owner.call("POST", zones, { name: child, connection: "local" })).status).toBe(201);
  const [one, two] = [`one-${sequence}`, `two-${sequence}`];
  for (const handle of [one, two])
    expect((await owner.call("POST", "/organisations", { name: handle, handle })).status).toBe(201);
  expect((await owner.call("POST", `${zones}/${child}/transfer`, { to: one })).status).toBe(200);
  expect(await owner.call("POST", `${parent.at}/transfer`, { to: two })).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining("above or below") },
  });
  expect((await owner.call("GET", parent.at)).status).toBe(200);
  expect((await owner.call("POST", `${parent.at}/transfer`, { to: one })).status).toBe(200);
});

describe.each(["local", "powerdns"] as const)("deleting a zone at %s", (connection) => {
  test("wants the name typed back, says what goes, and can be undone with everything that was there", async () => {
    const at = await zone(connection);
    await owner.call("PUT", `${at.at}/permissions/${member.id}`, { level: "edit", names: ["www"] });
    await owner.call("PATCH", at.at, { description: "Noted." });
    const before = await at.held();
    const level = (await member.call<{ level: string }>("GET", at.at)).body;
    for (const name of ["", "another.example"])
      expect(await at.remove({ name })).toMatchObject({
        status: 422,
        body: { fields: { name: `Type ${at.name} to delete it: ${before.length + 1} records go with it.` } },
      });
    expect((await at.remove({}, member)).status).toBe(403);
    expect(await at.held()).toEqual(before);
    const rows = heldOf(at.id);

    const gone = await at.remove({ name: `${at.name.toUpperCase()}.` });
    expect(gone).toMatchObject({ status: 200, body: { state: "applied", at: "provider", records: before.length + 1 } });
    expect((await owner.call("GET", at.at)).status).toBe(404);
    expect(
      (await owner.call<{ items: { name: string }[] }>("GET", zones)).body.items.map(({ name }) => name),
    ).not.toContain(`${at.name}.`);
    if (connection === "powerdns") expect(await atPowerDns(at.name)).toBe(false);
    expect(heldOf(at.id), "kept where it was, not copied").toEqual(rows);
    expect((await listed()).items.find(({ id }) => id === at.id)).toMatchObject({
      name: `${at.name}.`,
      recordCount: before.length + 1,
      by: owner.email,
      until: gone.body.restorableUntil,
    });
    expect((await listed(member)).items, "not for those who could not have done it").toEqual([]);
    expect((await at.back(member)).status).toBe(404);

    expect(await at.back()).toMatchObject({ status: 201, body: { id: at.id, status: "active" } });
    expect(await at.held()).toEqual(before);
    expect(heldOf(at.id), "and the zone again, with nothing beside it").toEqual(rows);
    expect((await owner.call("GET", at.at)).body).toMatchObject({
      description: "Noted.",
      recordCount: before.length + 1,
    });
    expect((await member.call("GET", at.at)).body).toMatchObject({ level: level.level, narrowed: { names: ["www"] } });
    if (connection === "powerdns") expect(await powerdns.query(`www.${at.name}`, "A")).toEqual(["192.0.2.1"]);
    expect((await at.history()).map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      "undelete applied",
      "delete applied",
      "change applied",
      "change applied",
      "create applied",
    ]);
    expect((await at.history())[0]).toMatchObject({ plan: [], message: "" });
    expect((await listed()).items.map(({ id }) => id)).not.toContain(at.id);
    expect((await at.back()).status).toBe(404);
    expect(at.audits().slice(-2)).toEqual([
      { action: "dns.remove", outcome: "done" },
      { action: "dns.undelete", outcome: "done" },
    ]);
    // And it goes on: undone and changed like any zone.
    const [, , change] = (await owner.call<{ items: { id: string }[] }>("GET", `${at.at}/changes`)).body.items;
    expect((await owner.call("POST", `${at.at}/changes/${change?.id}/revert`, {})).status).toBe(200);
  });

  test("reserves nothing: the name is free for others, and then it cannot come back", async () => {
    const at = await zone(connection);
    await at.remove();
    const other = await panel.person(`Taker ${sequence}`);
    const handle = `taker-${sequence}`;
    await other.call("POST", "/organisations", { name: "Taker", handle });
    const path = `/organisations/${handle}/dns/zones`;
    expect((await other.call("POST", path, { name: at.name, connection })).status).toBe(201);
    expect(await at.back()).toMatchObject({ status: 409, body: { code: "already_exists" } });
    expect((await listed()).items.map(({ id }) => id)).toContain(at.id);
    expect((await other.call("DELETE", `${path}/${at.name}`, { name: at.name })).status).toBe(200);
    expect((await at.back()).status).toBe(201);
  });
});

describe("a linked zone", () => {
  async function linked() {
    const name = `linked${++sequence}.example`;
    const made = await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones`, {
      method: "POST",
      headers: { "x-api-key": powerdns.apiKey },
      body: JSON.stringify({ name: `${name}.`, kind: "Native", nameservers: [`ns1.${name}.`] }),
    });
    expect(made.status).toBe(201);
    const zone = await root.call<{ id: string }>("POST", zones, { name, link: true });
    expect(zone.status).toBe(201);
    return { name, id: zone.body.id };
  }

  test("only leaves the panel, and is linked again as its provider has it then", async () => {
    const { name, id } = await linked();
    expect(await owner.call("DELETE", `${zones}/${name}`, { name })).toMatchObject({
      status: 200,
      body: { at: "panel", state: "applied" },
    });
    expect(await atPowerDns(name)).toBe(true);
    await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones/${name}.`, {
      method: "PATCH",
      headers: { "x-api-key": powerdns.apiKey },
      body: JSON.stringify({
        rrsets: [
          {
            name: `new.${name}.`,
            type: "A",
            ttl: 60,
            changetype: "REPLACE",
            records: [{ content: "192.0.2.7", disabled: false }],
          },
        ],
      }),
    });
    expect((await owner.call("POST", `${deleted}/${id}/restore`, {})).status).toBe(201);
    expect((await owner.call<{ total: number }>("GET", `${zones}/${name}/records?q=new`)).body.total).toBe(1);
    const history = await owner.call<{ items: { kind: string; plan: unknown[]; message: string }[] }>(
      "GET",
      `${zones}/${name}/changes`,
    );
    expect(history.body.items[0]).toMatchObject({
      kind: "undelete",
      plan: [{ kind: "create", name: `new.${name}.` }],
      message: "Not quite as it was: 1 record differs.",
    });
  });

  test("is deleted at the provider, and one made here is left there, by staff alone", async () => {
    const { name } = await linked();
    expect(await owner.call("DELETE", `${zones}/${name}`, { name, at: "provider" })).toMatchObject({
      status: 403,
      body: { missing: "dns:connections" },
    });
    const made = await zone();
    expect((await made.remove({ at: "panel" })).status).toBe(403);
    expect((await root.call("DELETE", `${zones}/${name}`, { name, at: "provider" })).status).toBe(200);
    expect(await atPowerDns(name)).toBe(false);
    expect((await made.remove({ at: "panel" }, root)).status).toBe(200);
    expect(await atPowerDns(made.name)).toBe(true);
    expect((await made.back()).status, "whoever manages it has it back").toBe(201);
    expect(await made.held()).toHaveLength(4);
  });
});

describe("deleting fails", () => {
  const later = () => writeFileSync(path.join(panel.dataDir, "landing-ms"), "0");

  test("PowerDNS is down: nothing is done, and it says so", async () => {
    const at = await zone();
    await proxy.down();
    try {
      expect(await at.remove()).toMatchObject({ status: 502, body: { message: "PowerDNS cannot be reached." } });
    } finally {
      await proxy.up();
    }
    expect((await at.history()).map(({ kind }) => kind)).toEqual(["change", "change", "create"]);
    expect((await at.remove()).status).toBe(200);
  });

  test("the answer was lost after it landed: it is gone, and can be undone", async () => {
    const at = await zone();
    const before = await at.held();
    proxy.fail("500-after", { method: "DELETE" });
    expect(await at.remove()).toMatchObject({ status: 200, body: { state: "applied" } });
    proxy.fail(null);
    expect(await atPowerDns(at.name)).toBe(false);
    expect((await at.back()).status).toBe(201);
    expect(await at.held()).toEqual(before);
  });

  test("it was lost before: nobody knows, the zone waits, and stays", async () => {
    const at = await zone();
    proxy.fail("drop-before", { method: "DELETE" });
    expect(await at.remove()).toMatchObject({ status: 202, body: { state: "unknown" } });
    proxy.fail(null);
    expect(
      (await owner.call("POST", `${at.at}/records`, { name: "x", type: "A", content: "192.0.2.1" })).body,
    ).toMatchObject({ code: "zone_settling" });
    await settleAll();
    expect((await at.history())[0]).toMatchObject({ kind: "delete", state: "unknown" });
    later();
    await settleAll();
    expect((await at.history())[0]).toMatchObject({ kind: "delete", state: "not_applied" });
    expect((await at.remove()).status).toBe(200);
  });

  test("somebody had deleted it there already: then it goes here too", async () => {
    const at = await zone();
    const before = await at.held();
    await fetch(`${powerdns.apiUrl}/api/v1/servers/localhost/zones/${at.name}.`, {
      method: "DELETE",
      headers: { "x-api-key": powerdns.apiKey },
    });
    expect((await at.remove()).status).toBe(200);
    expect((await at.back()).status).toBe(201);
    expect(await at.held()).toEqual(before);
  });
});

describe("bringing back fails", () => {
  test("before anything is made: it stays deleted, and works the next time", async () => {
    const at = await zone();
    const before = await at.held();
    const rows = heldOf(at.id);
    await at.remove();
    await proxy.down();
    try {
      expect((await at.back()).status).toBe(502);
    } finally {
      await proxy.up();
    }
    expect((await listed()).items.map(({ id }) => id)).toContain(at.id);
    expect(heldOf(at.id)).toEqual(rows);
    expect((await at.back()).status).toBe(201);
    expect(await at.held()).toEqual(before);
  });

  test.each(["POST", "PATCH"])("in the middle, at the %s: it is carried on by settling", async (method) => {
    const at = await zone();
    const before = await at.held();
    await at.remove();
    proxy.fail(method === "POST" ? "500-after" : "500-before", { method });
    expect((await at.back()).status).toBe(502);
    proxy.fail(null);
    expect((await owner.call("GET", at.at)).body).toMatchObject({ status: "pending" });
    await settleAll();
    expect((await owner.call("GET", at.at)).body).toMatchObject({ status: "active" });
    expect(await at.held()).toEqual(before);
    expect(await powerdns.query(`www.${at.name}`, "A")).toEqual(["192.0.2.1"]);
  });

  test("PowerDNS no longer takes what a large one held: it is back without, and that is what is answered", async () => {
    const at = await zone();
    const rrsets = Array.from({ length: 2100 }, (_, index) => ({
      name: `h${index}`,
      type: "A",
      ttl: 60,
      records: [{ content: "192.0.2.7" }],
    }));
    expect((await owner.call("POST", `${at.at}/changes`, { rrsets })).status).toBe(200);
    await at.remove();
    proxy.fail("422-before", { method: "PATCH" });
    const back = await at.back();
    proxy.fail(null);
    expect(back).toMatchObject({ status: 201, body: { id: at.id, status: "active" } });
    const held = await at.held();
    expect(held.map((line) => line.split(" ")[1])).toEqual(["NS", "NS"]);
    expect(back.body).toMatchObject({ recordCount: held.length + 1 });
    const [undelete] = await at.history();
    expect(undelete).toMatchObject({ kind: "undelete", state: "applied" });
    expect(undelete?.message).toBe("Not quite as it was: 2102 records differ. PowerDNS refused the change.");
  });
});

test("who left the organisation meanwhile has no level in what comes back, also if they joined again", async () => {
  const at = await zone("local");
  const person = await panel.person(`Leaver ${sequence}`);
  await add("acme", person);
  await owner.call("PUT", `${at.at}/permissions/${person.id}`, { level: "full" });
  await at.remove();
  await owner.call("DELETE", `/organisations/acme/members/${person.id}`);
  await add("acme", person);
  await at.back();
  expect((await person.call("GET", at.at)).body).toMatchObject({ level: "view" });
});

test("an organisation whose zones are gone can be deleted, and what was deleted of them goes with it", async () => {
  const person = await panel.person(`Leaves ${++sequence}`);
  const handle = `leaves-${sequence}`;
  await person.call("POST", "/organisations", { name: "Leaves", handle });
  const path = `/organisations/${handle}`;
  const name = `leaves${sequence}.example`;
  await person.call("POST", `${path}/dns/zones`, { name, connection: "local" });
  expect(await person.call("DELETE", path)).toMatchObject({ status: 409, body: { zones: 1 } });
  await person.call("DELETE", `${path}/dns/zones/${name}`, { name });
  const [gone] = sql.all<{ id: string }>("select id from deleted_zones where name = ?", `${name}.`);
  expect(heldOf(gone?.id)).not.toEqual([]);
  expect((await person.call("DELETE", path)).status).toBe(200);
  expect(sql.all("select 1 from deleted_zones where name = ?", `${name}.`)).toEqual([]);
  await expect.poll(() => heldOf(gone?.id)).toEqual([]);
});

describe("retention", () => {
  const runRetention = async () => {
    const { jobKinds } = await import("#lib/jobs/kinds.ts");
    const { plant } = await import("#lib/jobs/work.ts");
    plant(jobKinds);
    sql.run("update jobs set due_at = 0 where kind = 'journal.retention'");
    await runJobs();
  };
  const DAY = 86_400_000;

  test("a deleted zone is kept for thirty days, its journal with it", async () => {
    const at = await zone("local");
    await at.remove();
    const age = (days: number) =>
      sql.run("update deleted_zones set at = ? where id = ?", Date.now() - days * DAY, at.id);
    const journal = () => sql.all("select id from zone_changes where zone_id = ?", at.id).length;
    const before = heldOf(at.id);
    expect(before).not.toEqual([]);
    age(29);
    await runRetention();
    expect([(await listed()).items.some(({ id }) => id === at.id), journal()]).toEqual([true, 4]);
    expect(heldOf(at.id)).toEqual(before);
    age(31);
    expect((await at.back()).status, "not a day longer, whenever it is swept").toBe(404);
    await runRetention();
    expect([sql.all("select 1 from deleted_zones where id = ?", at.id), journal()]).toEqual([[], 0]);
    expect(heldOf(at.id), "and nothing of what it held").toEqual([]);
  });

  test("what a deleted zone held is not swept when the panel starts, like what a crash left behind", async () => {
    const at = await zone("local");
    const before = heldOf(at.id);
    await at.remove();
    sql.run("insert into generations (zone_id) values (?)", at.id);
    expect(heldOf(at.id)).toHaveLength(before.length + 1);
    const { sweepGenerations } = await import("#lib/dns/large/sweep.ts");
    sweepGenerations();
    await expect.poll(() => heldOf(at.id)).toEqual(before);
    expect((await at.back()).status).toBe(201);
    expect(await at.held()).toHaveLength(4);
  });

  test("the history is kept for a year or what the setting says, and the last of it always", async () => {
    const at = await zone("local");
    const ids = () =>
      sql
        .all<{ kind: string; revision: number }>(
          "select kind, revision from zone_changes where zone_id = ? order by revision",
          at.id,
        )
        .map(({ kind, revision }) => `${kind} ${revision}`);
    expect(ids()).toEqual(["create 1", "change 2", "change 3"]);
    sql.run("update zone_changes set created_at = ? where zone_id = ?", Date.now() - 364 * DAY, at.id);
    await runRetention();
    expect(ids()).toHaveLength(3);
    sql.run("update zone_changes set created_at = ? where zone_id = ? and revision < 3", Date.now() - 366 * DAY, at.id);
    await runRetention();
    expect(ids()).toEqual(["change 3"]);
    expect(sql.get("select action, target_type from audit_log order by id desc limit 1")).toEqual({
      action: "journal.retention",
      target_type: "journal",
    });
    const { setSetting } = await import("#lib/settings/settings.ts");
    setSetting("journal.days", 30);
    await runRetention();
    expect(ids(), "the last says what is there").toEqual(["change 3"]);
    setSetting("journal.days", 365);
  });
});
