/** Exports of what is held about an account: everything, no secret, for nobody else, and not for long. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { getTableName, is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromBuffer } from "yauzl";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type Sql, sqlOf } from "../support/stage.ts";

let panel: Panel;
let root: Person;
let sql: Sql;
let sequence = 0;

beforeAll(async () => {
  panel = await startPanel();
  root = await panel.person("Root", "root");
  sql = await sqlOf();
});
afterAll(() => panel.close());

const somebody = () => panel.person(`Somebody ${++sequence}`);
const folder = () => path.join(panel.dataDir, "exports");
const stateOf = (id: string) =>
  sql.get<{ state: string; message: string; progress: number }>("select * from export_jobs where id = ?", id);

async function ready(person: Person): Promise<string> {
  const { body, status } = await person.call<{ id: string }>("POST", "/account/exports");
  expect(status).toBe(201);
  await runJobs();
  expect(stateOf(body.id)).toMatchObject({ state: "ready", progress: 1000 });
  return body.id;
}

/** The files of the archive that the person gets. */
async function fetched(person: Person, target: string): Promise<Map<string, string>> {
  const { handleApi } = await import("#lib/api/http.ts");
  const response = await handleApi(
    new Request(`http://localhost:3000/api${target}`, { headers: { cookie: person.cookie } }),
  );
  expect(response.status).toBe(200);
  expect(response.headers.get("content-disposition")).toMatch(/attachment; filename="account-.*\.zip"/);
  const octets = Buffer.from(await response.arrayBuffer());
  const files = new Map<string, string>();
  await new Promise<void>((resolve, reject) =>
    fromBuffer(octets, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on("end", resolve);
      zip.on("entry", (entry) =>
        zip.openReadStream(entry, async (failure, stream) => {
          if (failure) return reject(failure);
          const chunks: Buffer[] = [];
          for await (const chunk of stream) chunks.push(chunk as Buffer);
          files.set(entry.fileName, Buffer.concat(chunks).toString("utf8"));
          zip.readEntry();
        }),
      );
      zip.readEntry();
    }),
  );
  return files;
}

test("everything that names the account is in it, as JSON and as CSV, and nothing that proves who they are", async () => {
  const person = await somebody();
  const handle = `own-${sequence}`;
  await person.call("POST", "/organisations", { name: "=HYPERLINK(1)", handle });
  await person.call("POST", `/organisations/${handle}/members`, { email: "guest@example.org", role: "member" });
  const made = await person.call<{ token: string }>("POST", "/account/tokens", { name: "Script", mode: "full" });
  expect(made, JSON.stringify(made.body)).toMatchObject({ status: 201 });
  const token = made.body;
  const { seal } = await import("#lib/crypto/seal.ts");
  const sealed = seal("TOTPSECRETOFTHEIRS", { table: "totp_factors", column: "secret", row: person.id });
  sql.run(
    "insert into totp_factors (user_id, secret, confirmed_at, created_at) values (?, ?, 1, 0)",
    person.id,
    sealed,
  );
  sql.run("insert into recovery_codes (user_id, code_hash, created_at) values (?, 'hash-of-a-code', 0)", person.id);
  sql.run(
    "insert into account_links (id, kind, user_id, email, token_hash, created_at, expires_at) values ('l', 'reset', ?, ?, 'hash-of-a-link', 0, 9e15)",
    person.id,
    person.email,
  );
  sql.run(
    "insert into passkeys (id, user_id, name, credential_id, public_key, counter, synced, backed_up, aaguid, created_at) values ('p', ?, 'Yubi', 'credential-id-of-theirs', x'deadbeef', 0, 0, 0, '', 0)",
    person.id,
  );
  const id = await ready(person);
  const files = await fetched(person, `/account/exports/${id}/file`);
  const all = [...files.values()].join("\n");
  for (const secret of [
    token.token,
    createHash("sha256").update(token.token).digest("hex"),
    sealed,
    "TOTPSECRETOFTHEIRS",
    "hash-of-a-code",
    "hash-of-a-link",
    "credential-id-of-theirs",
    "deadbeef",
    "$2b$04$",
    person.cookie.split("=")[1] ?? "",
  ])
    expect(all.includes(secret), secret).toBe(false);
  const hashes = sql.all<{ hash: string | null }>(
    "select password_hash as hash from users union select token_hash from tokens union select token_hash from organisation_invites",
  );
  for (const { hash } of hashes) if (hash) expect(all.includes(hash)).toBe(false);
  expect(JSON.parse(files.get("json/account.json") ?? "")).toMatchObject([{ id: person.id, email: person.email }]);
  expect(JSON.parse(files.get("json/invitations-sent.json") ?? "")).toMatchObject([{ email: "guest@example.org" }]);
  expect(JSON.parse(files.get("json/api-tokens.json") ?? "")).toMatchObject([{ name: "Script" }]);
  expect(JSON.parse(files.get("json/passkeys.json") ?? "")).toMatchObject([{ name: "Yubi" }]);
  expect(JSON.parse(files.get("json/activity.json") ?? "").map((row: { action: string }) => row.action)).toContain(
    "organisations.create",
  );
  // No spreadsheet runs what somebody called their organisation.
  expect(files.get("csv/organisations.csv")).toContain("'=HYPERLINK(1)");
  expect(statSync(path.join(folder(), `${id}.zip`)).mode & 0o777).toBe(0o600);
});

test("has nothing of whoever had the address before", async () => {
  const [former, person] = [await somebody(), await somebody()];
  const mail = (id: string, user: string | null) =>
    sql.run(
      "insert into mails (id, template, user_id, recipient, subject, text, message_id, created_at, due_at) values (?, 'security', ?, ?, ?, ?, '', 0, 0)",
      id,
      user,
      person.email,
      id,
      `from the address 192.0.2.77 (${id})`,
    );
  mail("of-the-former", former.id);
  mail("of-nobody-yet", null);
  mail("of-theirs", person.id);
  const files = await fetched(person, `/account/exports/${await ready(person)}/file`);
  const mails = files.get("json/mails.json") ?? "";
  for (const id of ["of-nobody-yet", "of-theirs"]) expect(mails).toContain(id);
  expect(mails).not.toContain("of-the-former");
});

test("no table that names an account is forgotten", async () => {
  const schema = await import("#db/schema/index.ts");
  const { parts, leftOut } = await import("#lib/exports/parts.ts");
  const covered = new Set([...parts.flatMap(({ tables }) => tables), ...Object.keys(leftOut)]);
  const tables = Object.values(schema).filter((value) => is(value, SQLiteTable)) as SQLiteTable[];
  const naming = tables.filter((table) => {
    const { foreignKeys, columns } = getTableConfig(table);
    return (
      foreignKeys.some((key) => key.reference().foreignTable === schema.users) ||
      columns.some(({ name }) => /(^|_)(user|actor)_id$|^(email|recipient)$|_by$|^actor$/.test(name))
    );
  });
  expect(naming.length).toBeGreaterThan(20);
  expect(naming.map(getTableName).filter((name) => !covered.has(name))).toEqual([]);
  const known = new Set(tables.map(getTableName));
  expect([...covered].filter((name) => !known.has(name))).toEqual([]);
});

test("is asked for once a day, with a fresh proof, and is nobody else's", async () => {
  const person = await somebody();
  const other = await somebody();
  sql.run("update sessions set confirmed_at = 0 where user_id = ?", person.id);
  expect((await person.call("POST", "/account/exports")).body).toMatchObject({ code: "confirmation_required" });
  sql.run("update sessions set confirmed_at = ? where user_id = ?", Date.now(), person.id);
  const id = await ready(person);
  expect(await person.call("POST", "/account/exports")).toMatchObject({ status: 429 });
  for (const act of ["file", "cancel"] as const)
    expect((await other.call(act === "file" ? "GET" : "POST", `/account/exports/${id}/${act}`)).status).toBe(404);
  expect((await other.call("DELETE", `/account/exports/${id}`)).status).toBe(404);
  expect((await panel.call("GET", `/account/exports/${id}/file`)).status).toBe(401);
  await person.call("DELETE", `/account/exports/${id}`);
  expect(existsSync(path.join(folder(), `${id}.zip`))).toBe(false);
  expect(await person.call("POST", "/account/exports")).toMatchObject({ status: 429 });
  sql.run("update export_jobs set created_at = created_at - 86400001 where id = ?", id);
  expect((await person.call("POST", "/account/exports")).status).toBe(201);
});

test("goes when its time is over, and with the account", async () => {
  const person = await somebody();
  const id = await ready(person);
  sql.run("update export_jobs set expires_at = 1 where id = ?", id);
  expect((await person.call("GET", `/account/exports/${id}/file`)).status).toBe(409);
  await sweep();
  expect([stateOf(id)?.state, existsSync(path.join(folder(), `${id}.zip`))]).toEqual(["expired", false]);
  const leaving = await somebody();
  const theirs = await ready(leaving);
  await leaving.call("DELETE", "/account", { email: leaving.email });
  sql.run("update users set deletion_due_at = 1 where id = ?", leaving.id);
  sql.run("update deletions set due_at = 1 where user_id = ?", leaving.id);
  sql.run(
    "insert into jobs (id, kind, payload, due_at, created_at) values (?, 'accounts.delete', '{}', 0, 0)",
    `due-${++sequence}`,
  );
  await runJobs();
  expect(existsSync(path.join(folder(), `${theirs}.zip`))).toBe(false);
  // What a process left behind that was killed.
  writeFileSync(path.join(folder(), "none.zip.partial"), "half");
  await sweep();
  expect(readdirSync(folder()).filter((name) => name.startsWith("none"))).toEqual([]);
});

async function sweep(): Promise<void> {
  sql.run(
    "insert into jobs (id, kind, payload, due_at, created_at) values (?, 'exports.sweep', '{}', 0, 0)",
    `sweep-${++sequence}`,
  );
  await runJobs();
}

test("that is cancelled and asked for again while it is written is whole", async () => {
  const person = await somebody();
  const { id } = (await person.call<{ id: string }>("POST", "/account/exports")).body;
  const { makeExport } = await import("#lib/exports/exports.ts");
  const attempt = { signal: new AbortController().signal, retryAt: 0 };
  const first = makeExport.run({ export: id }, attempt);
  expect((await person.call("POST", `/account/exports/${id}/cancel`)).status).toBe(200);
  expect((await root.call("POST", `/admin/export-jobs/${id}/retry`)).status).toBe(200);
  const ends = await Promise.allSettled([first, makeExport.run({ export: id }, attempt)]);
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
  const files = await fetched(person, `/account/exports/${id}/file`);
  expect(JSON.parse(files.get("json/account.json") ?? "")).toMatchObject([{ email: person.email }]);
  sql.run("delete from jobs where kind = 'exports.make'");
});

test("asked for and cancelled over and over it stays one, and is made once", async () => {
  const person = await somebody();
  const ask = async () => (await person.call<{ id: string }>("POST", "/account/exports")).body.id;
  const id = await ask();
  for (let n = 0; n < 3; n++) {
    expect((await person.call("POST", `/account/exports/${id}/cancel`)).status).toBe(200);
    expect(await ask()).toBe(id);
  }
  expect(sql.all("select id from jobs where json_extract(payload, '$.export') = ?", id)).toHaveLength(1);
  // Staff make none beside one that is under way.
  expect((await root.call("POST", "/admin/export-jobs", { user: person.id })).status).toBe(409);
  await runJobs();
  expect(sql.all("select id, state from export_jobs where user_id = ?", person.id)).toEqual([{ id, state: "ready" }]);
  expect((await person.call("POST", "/account/exports")).status).toBe(429);
});

test("that there was one is forgotten after some months, unless it can still be fetched", async () => {
  const [one, two] = [await somebody(), await somebody()];
  const [gone, kept] = [await ready(one), await ready(two)];
  sql.run("update export_jobs set created_at = ? where id in (?, ?)", Date.now() - 100 * 86_400_000, gone, kept);
  expect((await one.call("DELETE", `/account/exports/${gone}`)).status).toBe(200);
  await sweep();
  expect(stateOf(gone)).toBeUndefined();
  expect(stateOf(kept)?.state).toBe("ready");
});

test("a full disk is a failure that says so, leaves nothing, and can be tried again", async () => {
  const person = await somebody();
  const { id } = (await person.call<{ id: string }>("POST", "/account/exports")).body;
  mkdirSync(folder(), { recursive: true });
  // Every write to it finds no room.
  symlinkSync("/dev/full", path.join(folder(), `${id}.zip.partial`));
  await runJobs();
  expect(stateOf(id)).toMatchObject({ state: "failed", message: expect.stringContaining("disk of the panel is full") });
  rmSync(path.join(folder(), `${id}.zip.partial`), { force: true });
  expect((await root.call("POST", `/admin/export-jobs/${id}/retry`)).status).toBe(200);
  await runJobs();
  expect(stateOf(id)).toMatchObject({ state: "ready", message: "" });
});

test("who sees no accounts is told the same of one above them as of nobody's, and the refusal is noted", async () => {
  const above = await panel.person(`Above ${++sequence}`, ["x:y"]);
  const blind = await panel.person(`Blind ${++sequence}`, ["admin:export-jobs"]);
  const reader = await panel.person(`Reader ${++sequence}`, ["admin:export-jobs", "users:read"]);
  const start = async (who: Person, user: string) => {
    const { status, body } = await who.call<Record<string, unknown>>("POST", "/admin/export-jobs", { user });
    return { status, body: { ...body, requestId: null } };
  };
  const nobody = await start(blind, "nobody.at.all@example.org");
  expect(nobody).toMatchObject({ status: 404, body: { code: "not_found" } });
  for (const user of [above.email, above.email.toUpperCase(), above.id, "no-such-id"])
    expect(await start(blind, user)).toEqual(nobody);
  expect(
    sql.all("select target_id as id, target_label as label, outcome from audit_log where actor_id = ?", blind.id),
  ).toEqual(Array.from({ length: 3 }, () => ({ id: above.id, label: above.email, outcome: "refused" })));
  expect(await start(reader, above.email)).toMatchObject({ status: 403, body: { missing: "x:y" } });
  expect(await start(reader, "nobody.at.all@example.org")).toMatchObject({ status: 404 });
  expect(sql.get("select id from export_jobs where user_id = ?", above.id)).toBeUndefined();
});

test("staff start, fetch and stop those within their ceiling; each is in the log", async () => {
  const person = await somebody();
  const clerk = await panel.person("Clerk", ["admin:export-jobs"]);
  expect((await clerk.call("POST", "/admin/export-jobs", { user: person.email })).status).toBe(404);
  const { id } = (await root.call<{ id: string }>("POST", "/admin/export-jobs", { user: person.email })).body;
  await runJobs();
  expect((await clerk.call("GET", `/admin/export-jobs/${id}/file`)).status).toBe(403);
  const files = await fetched(root, `/admin/export-jobs/${id}/file`);
  expect(JSON.parse(files.get("json/account.json") ?? "")).toMatchObject([{ email: person.email }]);
  expect(
    sql.get("select actor_id, target_id from audit_log where action = 'staffExports.download' and outcome = 'done'"),
  ).toEqual({ actor_id: root.id, target_id: person.id });
  expect((await person.call("GET", "/account/exports")).body).toMatchObject({ items: [{ id, byStaff: true }] });
  const next = (await root.call<{ id: string }>("POST", "/admin/export-jobs", { user: person.id })).body.id;
  // Nobody with less than the account has stops it, or throws it away; that they tried is in the log.
  for (const [method, target] of [
    ["POST", `${next}/cancel`],
    ["DELETE", id],
  ] as const)
    expect((await clerk.call(method, `/admin/export-jobs/${target}`)).status).toBe(403);
  expect(
    sql.all(
      "select action, target_type, target_id from audit_log where actor_id = ? and outcome = 'refused' order by at, id",
      clerk.id,
    ),
  ).toEqual(
    ["start", "download", "cancel", "remove"].map((act) => ({
      action: `staffExports.${act}`,
      target_type: "account",
      target_id: person.id,
    })),
  );
  expect((await root.call("POST", `/admin/export-jobs/${next}/cancel`)).status).toBe(200);
  await runJobs();
  expect(stateOf(next)).toMatchObject({ state: "cancelled" });
  expect(existsSync(path.join(folder(), `${next}.zip`))).toBe(false);
});

test("an archive that is being fetched ends with the right to it, and with its time; one that is read to the end is whole", async () => {
  const { handleApi } = await import("#lib/api/http.ts");
  const subject = await somebody();
  const id = await ready(subject);
  // Too large to be on its way as a whole before anybody reads.
  const archive = Buffer.alloc(4_000_000, "z");
  const file = path.join(folder(), `${id}.zip`);
  const fetching = async (person: Person, target: string) => {
    writeFileSync(file, archive);
    const request = new Request(`http://localhost:3000/api${target}`, { headers: { cookie: person.cookie } });
    const answer = await handleApi(request);
    expect(answer.status).toBe(200);
    const reader = answer.body?.getReader();
    let octets = (await reader?.read())?.value?.length ?? 0;
    expect(octets).toBeGreaterThan(0);
    return async () => {
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
        octets += part.value.length;
      return octets;
    };
  };
  const [own, staffs] = [`/account/exports/${id}/file`, `/admin/export-jobs/${id}/file`];
  expect(await (await fetching(subject, own))()).toBe(archive.length);
  expect(await (await fetching(root, staffs))()).toBe(archive.length);

  const grants = ["admin:export-jobs", "org:create"];
  const clerk = async () => {
    const person = await panel.person(`Fetches ${++sequence}`, grants);
    const ceiling = sql.all<{ permission: string }>(
      "select permission from role_grants g join roles r on r.id = g.role_id where r.name = 'default'",
    );
    const role = sql.get<{ id: string }>("select role_id as id from user_roles where user_id = ?", person.id)?.id;
    const all = [...new Set([...grants, ...ceiling.map(({ permission }) => permission)])];
    expect((await root.call("PUT", `/admin/roles/${role}/grants`, { grants: all })).status).toBe(200);
    return person;
  };
  const ends = async (person: Person, target: string, because: (person: Person) => unknown) => {
    const rest = await fetching(person, target);
    await because(person);
    await expect(rest()).rejects.toThrow();
  };
  const strip = (person: Person) => root.call("PUT", `/admin/users/${person.id}/roles`, { roles: [] });
  const endSessions = (person: Person) => sql.run("delete from sessions where user_id = ?", person.id);
  const suspend = (person: Person) => root.call("POST", `/admin/users/${person.id}/suspend`, { reason: "Fetches" });
  for (const because of [strip, endSessions, suspend]) await ends(await clerk(), staffs, because);
  await ends(await clerk(), staffs, () =>
    sql.run(
      "insert into user_roles (user_id, role_id, created_at) select ?, id, 0 from roles where name = 'rootAdmin'",
      subject.id,
    ),
  );
  sql.run("delete from user_roles where user_id = ?", subject.id);
  await ends(subject, own, () => sql.run("update export_jobs set expires_at = 1 where id = ?", id));
  sql.run("update export_jobs set expires_at = 9e15 where id = ?", id);
  await ends(root, staffs, () => root.call("DELETE", `/admin/export-jobs/${id}`));
});
