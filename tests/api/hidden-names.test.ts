/** What was found or done with an account's access, read with a token of it that some names are hidden from. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type TokenCaller, tokenOf } from "../support/token.ts";

const zone = "/organisations/acme/dns/zones/hiding.example";

let panel: Panel;
let owner: Person;
let member: Person;
let id: string;

beforeAll(async () => {
  panel = await startPanel({ LOG_LEVEL: "silent" });
  owner = await panel.person("Owner", "root");
  member = await panel.person("Member");
  expect((await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" })).status).toBe(201);
  const made = await owner.call<{ id: string }>("POST", "/organisations/acme/dns/zones", {
    name: "hiding.example",
    connection: "local",
  });
  expect(made.status).toBe(201);
  id = made.body.id;
  const record = { type: "A", ttl: 10, content: "192.0.2.1" };
  for (const name of ["secret", "public"])
    expect((await owner.call("POST", `${zone}/records`, { name, ...record })).status).toBe(201);
  expect(
    (await owner.call("POST", "/organisations/acme/members", { email: member.email, role: "member" })).status,
  ).toBe(201);
  expect((await owner.call("PUT", `${zone}/permissions/${member.id}`, { level: "edit" })).status).toBe(200);
});
afterAll(async () => {
  await panel?.close();
});

const rule = (name: string | null, level: string) => ({ zone: id, name, type: null, level });
const narrow = (person: Person): Promise<TokenCaller> =>
  tokenOf(panel, person, {
    mode: "listed",
    zones: [rule(null, "full"), rule("secret", "none")],
    organisations: [{ organisation: "acme", role: "owner" }],
  });
const whole = (person: Person): Promise<TokenCaller> =>
  tokenOf(panel, person, { mode: "listed", zones: [rule(null, "edit")], organisations: [] });

test("a health check", async () => {
  expect((await owner.call("POST", `${zone}/health`)).status).toBe(200);
  await runJobs();
  const all = await owner.call("GET", `${zone}/health`);
  expect(JSON.stringify(all.body), "it does speak of the name").toContain("secret");
  const token = await narrow(owner);
  for (const method of ["GET", "POST"]) {
    const answer = await token.call(method, `${zone}/health`);
    expect(answer.status).toBe(403);
    expect(JSON.stringify(answer.body)).not.toContain("secret");
  }
});

test("a bulk change", async () => {
  const started = await member.call<{ id: string }>("POST", "/dns/bulk", {
    find: { type: "A", content: "192.0.2.1", whole: true, zones: [id] },
    change: { kind: "delete" },
    planned: [{ zone: id, digest: "any" }],
  });
  expect(started.status, JSON.stringify(started.body)).toBe(202);
  await runJobs();
  const path = `/dns/bulk/${started.body.id}`;
  expect((await member.call("GET", path)).body).toMatchObject({
    zones: [{ state: "refused", message: expect.stringContaining("public") }],
  });
  expect((await (await whole(member)).call("GET", path)).body).toMatchObject({
    zones: [{ message: expect.stringContaining("public") }],
  });
  const hidden = await tokenOf(panel, member, { mode: "listed", zones: [rule("secret", "view")] });
  expect((await hidden.call("GET", path)).body).toMatchObject({ zones: [{ state: "refused", message: "" }] });
});

/** Large enough for a job. */
const PADDING = "padding".repeat(22);
const file = Array.from({ length: 6000 }, (_, index) => `h${index} 300 IN A 192.0.2.1 ; ${PADDING}\n`).join("");

test("an import", async () => {
  const { cookie } = member;
  const sent = await panel.call<{ import: { id: string } }>("POST", `${zone}/import?mode=replace&confirm=true`, file, {
    cookie,
    "content-type": "text/dns",
  });
  expect(sent.status, JSON.stringify(sent.body)).toBe(202);
  await runJobs();
  const path = `${zone}/imports/${sent.body.import.id}`;
  const message = expect.stringContaining("public");
  expect((await member.call("GET", path)).body).toMatchObject({ state: "failed", message });
  expect((await (await whole(member)).call("GET", path)).body).toMatchObject({ message });
  const hidden = await tokenOf(panel, member, { mode: "listed", zones: [rule("secret", "view")] });
  expect((await hidden.call("GET", path)).body).toMatchObject({ state: "failed", message: "" });
});

test("the message of a large entry, whose hidden steps are beyond those that are read with it", async () => {
  const rrsets = [...Array.from({ length: 600 }, (_, index) => `a${index}`), "secret"].map((name) => ({
    name,
    type: "TXT",
    ttl: 60,
    records: [{ content: '"one"' }],
  }));
  const changed = await owner.call<{ change: string }>("POST", `${zone}/changes`, { rrsets });
  expect(changed.status, JSON.stringify(changed.body)).toBe(200);
  const { db } = await import("#db/client.ts");
  const message = "The server refused secret.hiding.example. TXT.";
  db().$client.prepare("update zone_changes set message = ? where id = ?").run(message, changed.body.change);
  const path = `${zone}/changes/${changed.body.change}`;
  expect((await owner.call("GET", path)).body).toMatchObject({ message });
  const token = await narrow(owner);
  const seen = await token.call("GET", path);
  expect(seen).toMatchObject({ status: 200, body: { hidden: 0, more: expect.any(Number), message: "" } });
});
