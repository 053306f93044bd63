/** The files of a server through the panel: real ones at a daemon over the network. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { letIn, type Placed, placeNode } from "../support/placed-server.ts";
import { type Sql, sqlOf } from "../support/stage.ts";

interface Refused {
  code: string;
  message: string;
  fields: Record<string, string>;
}
interface Folder {
  folder: string;
  items: { name: string; folder: boolean; bytes: number | null; mode: string | null }[];
  hidden: number;
}

let panel: Panel;
let placed: Placed;
let sql: Sql;
let owner: Person;
let server: { id: string; uuid: string; folder: string };

beforeAll(async () => {
  panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  sql = await sqlOf();
  placed = await placeNode(panel);
  owner = await panel.person("Owner of servers", []);
});
beforeEach(async () => {
  server = await placed.server(owner);
});
afterAll(async () => {
  await placed.wings.close();
  await panel.close();
});

const at = (rest = "") => `/servers/${server.id}/files${rest}`;
const q = (values: Record<string, string>) => `?${new URLSearchParams(values)}`;
const get = <T = Refused>(rest = "", who = owner) => who.call<T & Refused>("GET", at(rest));
const post = <T = Refused>(rest: string, body: object, who = owner) => who.call<T & Refused>("POST", at(rest), body);
const put = (body: object, who = owner) => who.call<{ version: string } & Refused>("PUT", at("/text"), body);
const file = (name: string) => path.join(server.folder, name);
const said = (name: string) => readFileSync(file(name), "utf8");
const trail = () =>
  sql.all<{ action: string; after: string; as_staff: number }>(
    "select action, after, as_staff from audit_log where target_id = ? order by id",
    server.id,
  );

test("are browsed, edited, moved, copied, packed, unpacked and deleted; each change is noted", async () => {
  expect((await post("/folders", { folder: "/", name: "world" })).status).toBe(201);
  expect((await put({ path: "/world/Ä.txt", text: "one\n" })).status).toBe(200);
  expect(said("world/Ä.txt")).toBe("one\n");
  const { body } = await get<Folder>(q({ folder: "/world" }));
  expect(body).toMatchObject({ folder: "/world", items: [{ name: "Ä.txt", bytes: 4, mode: "644" }], hidden: 0 });
  expect((await get<{ text: string }>(`/text${q({ path: "/world/Ä.txt" })}`)).body.text).toBe("one\n");
  expect((await post("/move", { files: [{ from: "/world/Ä.txt", to: "/world/deep/b.txt" }] })).status).toBe(200);
  expect(said("world/deep/b.txt")).toBe("one\n");
  expect((await post("/copy", { path: "/world/deep/b.txt" })).status).toBe(200);
  expect(existsSync(file("world/deep/b copy.txt"))).toBe(true);
  const packed = (await post<{ path: string }>("/pack", { folder: "/", names: ["world"] })).body.path;
  expect((await post("/delete", { folder: "/", names: ["world"] })).status).toBe(200);
  expect(existsSync(file("world"))).toBe(false);
  expect((await post("/unpack", { folder: "/", name: packed.slice(1) })).status).toBe(200);
  expect(said("world/deep/b.txt")).toBe("one\n");
  expect((await post("/mode", { folder: "/world/deep", names: ["b.txt", "b copy.txt"], mode: "640" })).status).toBe(
    200,
  );
  expect(["b.txt", "b copy.txt"].map((name) => statSync(file(`world/deep/${name}`)).mode & 0o777)).toEqual([
    0o640, 0o640,
  ]);
  const entries = trail().map(({ action, after }) => [action, JSON.parse(after)]);
  expect(entries.map(([action]) => String(action).replace("servers.files.", ""))).toEqual([
    "createFolder",
    "write",
    "read",
    "move",
    "copy",
    "pack",
    "remove",
    "unpack",
    "mode",
  ]);
  expect(entries[1]?.[1]).toEqual({ written: "/world/Ä.txt", bytes: 4 });
});

test("what leads out of the server is refused at its field, and no node hears of it", async () => {
  const before = placed.wings.asked.length;
  for (const bad of [
    "../x",
    "/a/../../x",
    "/..",
    "/a/..",
    "/a\0b",
    "/a\nb",
    `/${"x".repeat(256)}`,
    `/${"x/".repeat(3000)}`,
  ]) {
    expect((await put({ path: bad, text: "x" })).body.fields, bad).toHaveProperty("path");
    expect((await get(`/text${q({ path: bad })}`)).body.fields, bad).toHaveProperty("path");
    expect((await get(q({ folder: bad }))).body.fields, bad).toHaveProperty("folder");
    expect((await post("/download", { path: bad })).body.fields, bad).toHaveProperty("path");
    expect((await post("/upload", { folder: bad })).body.fields, bad).toHaveProperty("folder");
    expect((await post("/copy", { path: bad })).body.fields, bad).toHaveProperty("path");
    expect((await post("/move", { files: [{ from: "/a", to: bad }] })).body.fields, bad).toHaveProperty("files.0.to");
    expect((await post("/move", { files: [{ from: bad, to: "/a" }] })).body.fields, bad).toHaveProperty("files.0.from");
  }
  for (const bad of ["..", ".", "", "a/b", "../a", "a\0"])
    for (const [rest, field, body] of [
      ["/delete", "names.0", { names: [bad] }],
      ["/pack", "names.0", { names: [bad] }],
      ["/mode", "names.0", { names: [bad], mode: "644" }],
      ["/folders", "name", { name: bad }],
      ["/unpack", "name", { name: bad }],
    ] as const)
      expect((await post(rest, body)).body.fields, `${rest} ${bad}`).toHaveProperty([field]);
  for (const path of ["/", "", "//", "/./"])
    expect((await put({ path, text: "x" })).body.fields).toHaveProperty("path");
  expect((await post("/mode", { names: ["a"], mode: "999" })).body.fields).toHaveProperty("mode");
  expect((await post("/delete", { names: [] })).body.fields).toHaveProperty("names");
  expect(placed.wings.asked).toHaveLength(before);
  // What only looks odd is what it says.
  expect((await put({ path: "a//./..b ...?&=#%2e%2e/ü", text: "x" })).status).toBe(200);
  expect(said("a/..b ...?&=#%2e%2e/ü")).toBe("x");
});

test("what somebody else wrote meanwhile is not lost, and only texts of a bounded size are opened", async () => {
  writeFileSync(file("a.txt"), "first");
  const { version } = (await get<{ version: string }>(`/text${q({ path: "/a.txt" })}`)).body;
  writeFileSync(file("a.txt"), "theirs");
  expect((await put({ path: "/a.txt", text: "mine", version })).status).toBe(409);
  expect(said("a.txt")).toBe("theirs");
  const now = (await get<{ version: string }>(`/text${q({ path: "/a.txt" })}`)).body.version;
  const written = await put({ path: "/a.txt", text: "mine", version: now });
  expect([written.status, said("a.txt")]).toEqual([200, "mine"]);
  expect((await put({ path: "/a.txt", text: "again", version: written.body.version })).status).toBe(200);
  writeFileSync(file("large"), Buffer.alloc(3 * 1024 * 1024, "x"));
  expect((await get(`/text${q({ path: "/large" })}`)).body.message).toMatch(/at most 2 MiB/);
  expect((await put({ path: "/b", text: "x".repeat(2 * 1024 * 1024 + 1) })).status).toBe(413);
  writeFileSync(file("binary"), Buffer.from([0, 255, 254]));
  expect((await get(`/text${q({ path: "/binary" })}`)).body.message).toMatch(/no text/);
  expect((await get(`/text${q({ path: "/nothing" })}`)).status).toBe(404);
});

test("of several files whose permissions are changed, those before one that fails are changed and noted", async () => {
  for (const name of ["one", "two"]) writeFileSync(file(name), "");
  expect((await post("/mode", { folder: "/", names: ["one", "none", "two"], mode: "600" })).status).toBe(404);
  expect(["one", "two"].map((name) => statSync(file(name)).mode & 0o777)).toEqual([0o600, 0o644]);
  expect(JSON.parse(trail().at(-1)?.after ?? "")).toEqual({ mode: "600", files: ["/one"] });
});

test("a folder of very many files is shown in part, folders first", async () => {
  for (let n = 0; n < 2010; n++) writeFileSync(file(`file ${n}`), "");
  mkdirSync(file("zoo"));
  const { body } = await get<Folder>();
  expect(body.items).toHaveLength(2000);
  expect(body.hidden).toBe(11);
  expect(body.items.slice(0, 3).map(({ name }) => name)).toEqual(["zoo", "file 0", "file 1"]);
});

test("what is no list of files, or one beyond all bounds, is said to be so, and the next is shown again", async () => {
  const said = async (body: string) => {
    Object.assign(placed.wings, { broken: { status: 200, body }, only: /list-directory/ });
    const { status, body: answer } = await get<Refused>();
    Object.assign(placed.wings, { broken: null, only: null });
    return { status, message: answer.message };
  };
  const entry = { name: "a", modified: "2030-01-01T00:00:00Z", directory: false };
  const apart = "x".repeat(70_000);
  for (const none of [
    "",
    "null",
    "{}",
    "[1]",
    "[{}]",
    `[{"name":1,"directory":true}]`,
    `[{"name":"a","directory":"no"}]`,
  ])
    for (const body of [none, `${none}${" ".repeat(70_000)}`])
      expect(await said(body), none).toMatchObject({ status: 502, message: expect.stringMatching(/no list of files/) });
  expect(await said(JSON.stringify([entry, { ...entry, mime: apart, directory: {} }]))).toMatchObject({ status: 502 });
  // Small to send, and very large to hold.
  expect(await said(`[${"{},".repeat(1_500_000)}{}]`)).toMatchObject({ status: 502 });
  expect(await said(`[${"[],".repeat(4_000_000)}[]]`)).toMatchObject({ status: 502 });
  expect(await said(`["${"x".repeat(17 * 1024 * 1024)}"]`)).toMatchObject({
    message: expect.stringMatching(/too much in this folder/),
  });
  expect((await get<Folder>()).status).toBe(200);
});

describe("who may", () => {
  let guest: Person;
  let n = 0;
  beforeEach(async () => {
    guest = await panel.person(`Guest ${++n}`, []);
    writeFileSync(file("a.txt"), "a");
  });
  const reads = async (who: Person) => (await get(`/text${q({ path: "/a.txt" })}`, who)).status;
  const writes = async (who: Person) => (await put({ path: "/b.txt", text: "b" }, who)).status;

  test("files is what it takes, on this server and now", async () => {
    expect([await reads(guest), await writes(guest)]).toEqual([404, 404]);
    await letIn(server.id, guest, ["console", "backups", "settings"]);
    expect([await reads(guest), await writes(guest)]).toEqual([403, 403]);
    await letIn(server.id, guest, ["files"]);
    expect([await reads(guest), await writes(guest)]).toEqual([200, 200]);
    await letIn(server.id, guest, ["files"], Date.now() - 1);
    expect([await reads(guest), await writes(guest)]).toEqual([404, 404]);
    sql.run("delete from server_subusers");
    const other = await placed.server(owner);
    await letIn(other.id, guest, ["*"]);
    expect([await reads(guest), await writes(guest)]).toEqual([404, 404]);
  });

  test("staff with a permission for just that, and it is noted as staff’s", async () => {
    const reader = await panel.person(`Reader ${n}`, ["admin:access", "files:read"]);
    expect([await reads(reader), await writes(reader)]).toEqual([200, 404]);
    expect(trail().at(-1)).toMatchObject({ action: "servers.files.read", as_staff: 1 });
  });

  test("a suspended server’s node is asked by staff alone", async () => {
    sql.run("update servers set suspended_at = 1 where id = ?", server.id);
    const reader = await panel.person(`Reader ${n}`, ["admin:access", "files:read"]);
    const before = placed.wings.asked.length;
    expect([await reads(owner), await writes(owner)]).toEqual([409, 409]);
    expect((await post("/download", { path: "/a.txt" })).body.code).toBe("suspended");
    expect(placed.wings.asked).toHaveLength(before);
    expect(await reads(reader)).toBe(200);
  });

  test.each(["installing", "restoring", "transferring", "deleting"])("nobody while it is %s", async (state) => {
    sql.run("update servers set state = ? where id = ?", state, server.id);
    const before = placed.wings.asked.length;
    expect([await reads(owner), await writes(owner)]).toEqual([409, 409]);
    for (const [rest, body] of [
      ["/download", { path: "/a.txt" }],
      ["/upload", {}],
      ["/delete", { names: ["a.txt"] }],
      ["/move", { files: [{ from: "/a.txt", to: "/c.txt" }] }],
      ["/pack", { names: ["a.txt"] }],
      ["/unpack", { name: "a.txt" }],
      ["/copy", { path: "/a.txt" }],
      ["/mode", { names: ["a.txt"], mode: "600" }],
      ["/folders", { name: "c" }],
    ] as const)
      expect((await post(rest, body)).status, rest).toBe(409);
    expect(placed.wings.asked).toHaveLength(before);
    expect(existsSync(file("a.txt"))).toBe(true);
  });
});

describe("addresses at the node", () => {
  const download = async (who = owner) =>
    (await post<{ address: string }>("/download", { path: "/a.txt" }, who)).body.address;
  const upload = async (folder = "/", who = owner) =>
    (await post<{ address: string; mostBytes: number }>("/upload", { folder }, who)).body;
  const send = (address: string) => {
    const form = new FormData();
    form.append("files", new Blob(["sent"]), "sent.txt");
    return fetch(address, { method: "POST", body: form });
  };
  beforeEach(() => writeFileSync(file("a.txt"), "content"));

  test("give and take files once, for whom they were made", async () => {
    const address = await download();
    expect(await (await fetch(address)).text()).toBe("content");
    expect((await fetch(address)).status).toBe(404);
    mkdirSync(file("in here"));
    const { address: to, mostBytes } = await upload("/in here");
    expect(mostBytes).toBe(100 * 1024 * 1024);
    expect((await send(to)).status).toBe(200);
    expect(said("in here/sent.txt")).toBe("sent");
    expect((await send(to)).status).toBe(404);
    expect(placed.wings.activities.at(-1)).toMatchObject({ user: owner.id, event: "server:file.uploaded" });
    const noted = trail();
    expect(noted.map(({ action }) => action)).toEqual(["servers.files.download", "servers.files.upload"]);
    expect(JSON.stringify(noted)).not.toMatch(/token|eyJ/);
  });

  test("they die with the right of whoever they were made for, and a new one needs it", async () => {
    const guest = await panel.person("Guest of files", []);
    await letIn(server.id, guest, ["files"]);
    const [from, to] = [await download(guest), (await upload("/", guest)).address];
    const others = await download();
    sql.run("delete from server_subusers");
    const { transaction } = await import("#db/client.ts");
    const { takeFromNode } = await import("#lib/wings/deauthorize.ts");
    transaction((tx) => takeFromNode(tx, placed.node, guest.id, [server.uuid]));
    const { runJobs } = await import("../support/jobs.ts");
    await runJobs();
    expect([(await fetch(from)).status, (await send(to)).status]).toEqual([404, 404]);
    expect(existsSync(file("sent.txt"))).toBe(false);
    expect((await post("/download", { path: "/a.txt" }, guest)).status).toBe(404);
    expect((await fetch(others)).status).toBe(200);
  });

  test("the address of one server opens nothing of another", async () => {
    const claims = JSON.parse(
      Buffer.from(new URL(await download()).searchParams.get("token")?.split(".")[1] ?? "", "base64url").toString(),
    );
    expect(claims).toMatchObject({
      server_uuid: server.uuid,
      user_uuid: owner.id,
      file_path: "/a.txt",
      scope: "file-download",
    });
    expect(claims.exp - claims.iat).toBe(120);
    expect(claims).not.toHaveProperty("sub");
    expect(claims).not.toHaveProperty("permissions");
  });
});

test("a node that does not answer, or says what the panel must not repeat, is a sentence", async () => {
  const { wings } = placed;
  wings.broken = { status: 500, body: '{"error":"open /var/lib/secret"}' };
  const { status, body } = await get();
  expect([status, body.message]).toEqual([502, expect.not.stringMatching(/secret/)]);
  wings.broken = null;
  sql.run("update nodes set port = 1 where id = ?", placed.node);
  const silent = await get();
  sql.run("update nodes set port = ? where id = ?", wings.port, placed.node);
  expect([silent.status, silent.body.message]).toEqual([502, expect.stringMatching(/node cannot be asked/)]);
  const before = trail().length;
  wings.broken = { status: 403, body: '{"error":"present in egg denylist"}' };
  const refused = await put({ path: "/protected.txt", text: "x" });
  wings.broken = null;
  expect([refused.status, refused.body.message]).toEqual([422, expect.stringMatching(/egg/)]);
  expect(trail()).toHaveLength(before);
});
