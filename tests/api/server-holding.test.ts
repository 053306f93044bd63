/** What nodes hold for people ends with what they got it by: a role, a token. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { letIn, type Placed, placeNode } from "../support/placed-server.ts";
import { fresh, type Sql, sqlOf } from "../support/stage.ts";
import { tokenOf } from "../support/token.ts";

let panel: Panel;
let sql: Sql;
let placed: Placed;
let owner: Person;
let root: Person;
let server: { id: string; uuid: string };

beforeAll(async () => {
  panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  sql = await sqlOf();
  placed = await placeNode(panel);
  owner = await panel.person("Owner of servers");
  root = await panel.person("Root", "root");
});
beforeEach(async () => {
  server = await placed.server(owner);
});
afterAll(async () => {
  await placed.wings.close();
  await panel.close();
});

const at = () => `/servers/${server.id}`;
/** How often the node is to take from somebody what it holds for them. */
const cuts = ({ id }: Person) =>
  sql.all("select id from jobs where kind = 'wings.deauthorize' and json_extract(payload, '$.user') = ?", id).length;
const takeWhatEnded = async () =>
  (await import("#lib/servers/ended.ts")).takeWhatEnded.run({}, { retryAt: 0, signal: new AbortController().signal });

test("what a role gave ends with it, also for those who are let in for something else", async () => {
  const staff = await panel.person(`Staff ${fresh()}`, ["files:read"]);
  await letIn(server.id, staff, ["console"]);
  const download = async () => (await staff.call("POST", `${at()}/files/download`, { path: "/a.txt" })).status;
  expect(await download()).toBe(200);
  expect((await staff.call("POST", `${at()}/console`)).status).toBe(200);
  await takeWhatEnded();
  expect(cuts(staff)).toBe(0);
  const role = sql.get<{ role_id: string }>("select role_id from user_roles where user_id = ?", staff.id)?.role_id;
  expect((await root.call("DELETE", `/admin/roles/${role}/members/${staff.id}`)).status).toBe(200);
  expect(await download()).toBe(403);
  await takeWhatEnded();
  expect(cuts(staff)).toBe(1);
  // What they get as a sub-user afterwards is theirs.
  expect((await staff.call("POST", `${at()}/console`)).status).toBe(200);
  await takeWhatEnded();
  expect(cuts(staff)).toBe(1);
});

test("a console that a token opened ends with the token, and with rights that are taken from it", async () => {
  const holder = await panel.person(`Holder ${fresh()}`, ["apikeys:*"]);
  await letIn(server.id, holder, ["console"]);
  const token = await tokenOf(panel, holder, { mode: "full" });
  const open = async () => expect((await token.call("POST", `${at()}/console`)).status).toBe(200);
  const edit = async (given: object) =>
    expect((await holder.call("PATCH", `/account/tokens/${token.id}`, given)).status).toBe(200);
  await open();
  await edit({ name: "Another name" });
  expect(cuts(holder)).toBe(0);
  await edit({ expiresAt: Date.now() + 3_600_000 });
  expect(cuts(holder)).toBe(1);
  await open();
  expect((await holder.call("DELETE", `/account/tokens/${token.id}`)).status).toBe(200);
  expect(cuts(holder)).toBe(2);
});
