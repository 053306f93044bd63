/** All zones of an organisation in one archive: what each reader gets, what comes back, and what is refused. */

import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { extract, pack, type Header as TarHeaders } from "tar-stream";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runJobs } from "../support/jobs.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";
import { type Sql, sqlOf } from "../support/stage.ts";

interface Item {
  id: string;
  name: string;
  zone: string | null;
  state: string;
  message: string;
  creates: { connectionLabel: string; waits: boolean; records: number } | null;
  records: { created: number; updated: number; deleted: number } | null;
  obstacles: string[];
  braked: boolean;
  lines: { line: number; reason: string }[];
  change: string | null;
}
interface Bundle {
  batch: string;
  state: string;
  total: number;
  through: number;
  items: Item[];
  message: string;
}

const base = "/organisations/acme/dns";
let panel: Panel;
let sql: Sql;
let owner: Person;
let member: Person;

beforeAll(async () => {
  panel = await startPanel();
  sql = await sqlOf();
  const { setSetting } = await import("#lib/settings/settings.ts");
  setSetting("zone_claims", "trusted");
  owner = await panel.person("Owner", "root");
  member = await panel.person("Member");
  await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" });
  await owner.call("POST", "/organisations/acme/members", { email: member.email, role: "member" });
  for (const name of ["one.example", "two.example", "hidden.example"]) {
    expect((await owner.call("POST", `${base}/zones`, { name, connection: "local" })).status).toBe(201);
    await owner.call("POST", `${base}/zones/${name}/records`, { name: "www", type: "A", content: "192.0.2.1" });
  }
  await owner.call("PATCH", `${base}/zones/one.example`, { description: "What it is for" });
  sql.run("update organisations set member_default = 'none'");
  await level("one.example", "full");
  await level("two.example", "edit", ["www"]);
});
afterAll(() => panel?.close());

const level = async (zone: string, to: string, names: string[] = []) =>
  expect((await owner.call("PUT", `${base}/zones/${zone}/permissions/${member.id}`, { level: to, names })).status).toBe(
    200,
  );

async function exported(who = owner): Promise<Buffer> {
  const { handleApi } = await import("#lib/api/http.ts");
  const answer = await handleApi(
    new Request(`http://localhost:3000/api${base}/export`, { headers: { cookie: who.cookie } }),
  );
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-disposition")).toBe('attachment; filename="acme-zones.tar.gz"');
  return Buffer.from(await answer.arrayBuffer());
}

async function filesIn(archive: Buffer): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const reader = extract();
  reader.end(gunzipSync(archive));
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files[entry.header.name] = Buffer.concat(chunks).toString();
  }
  return files;
}

async function archiveOf(...entries: [header: Partial<TarHeaders> & { name: string }, content?: string][]) {
  const archive = pack();
  for (const [header, content] of entries) archive.entry(header, content ?? "");
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function send(archive: Uint8Array, query = "mode=replace", who = owner) {
  const { handleApi } = await import("#lib/api/http.ts");
  const answer = await handleApi(
    new Request(`http://localhost:3000/api${base}/import?${query}`, {
      method: "POST",
      headers: { origin: "http://localhost:3000", cookie: who.cookie, "content-type": "application/gzip" },
      body: new Uint8Array(archive),
    }),
  );
  return { status: answer.status, body: (await answer.json()) as Bundle };
}
const look = async (batch: string, who = owner) => (await who.call<Bundle>("GET", `${base}/imports/${batch}`)).body;
const apply = (batch: string, body: object = {}, who = owner) =>
  who.call<Bundle>("POST", `${base}/imports/${batch}/apply`, body);
/** Sent, and planned. */
async function planned(archive: Uint8Array, query = "mode=replace", who = owner): Promise<Bundle> {
  const sent = await send(archive, query, who);
  expect(sent.status, JSON.stringify(sent.body)).toBe(202);
  await runJobs();
  return look(sent.body.batch, who);
}
const cancel = (batch: string, who = owner) => who.call("POST", `${base}/imports/${batch}/cancel`, {});
const zoneText = async (zone: string) =>
  String((await owner.call("GET", `${base}/zones/${zone}/export`)).body).replace(/\tSOA\t.*|, revision \d+/g, "");
const kept = () => readdirSync(path.join(panel.dataDir, "imports"));
const named = (bundle: Bundle, name: string) => bundle.items.find((item) => item.name === `${name}.`) as Item;

describe("an export", () => {
  test("has every zone, with a manifest, and is noted", async () => {
    const files = await filesIn(await exported());
    expect(Object.keys(files)).toEqual([
      "hidden.example.zone",
      "one.example.zone",
      "two.example.zone",
      "manifest.json",
    ]);
    const manifest = JSON.parse(files["manifest.json"] ?? "");
    expect(manifest).toMatchObject({
      format: "zonegate-bundle",
      version: 1,
      organisation: { handle: "acme" },
      zones: [
        { zone: "hidden.example." },
        { zone: "one.example.", provider: "local", notes: "What it is for", records: 4 },
        { zone: "two.example." },
      ],
    });
    expect(files["one.example.zone"]).toContain("www.one.example.\t3600\tIN\tA\t192.0.2.1\n");
    expect(
      sql.get("select actor_id, target_label from audit_log where action = 'dns.exportAll' order by at desc, id desc"),
    ).toEqual({ actor_id: owner.id, target_label: "Acme" });
  });

  test("has for each reader what they may see", async () => {
    const files = await filesIn(await exported(member));
    expect(Object.keys(files)).toEqual(["one.example.zone", "two.example.zone", "manifest.json"]);
    expect(files["two.example.zone"]).toContain("www.two.example.");
    expect(JSON.stringify(files)).not.toContain("hidden");
  });
});

describe("an import", () => {
  test("brings back what was changed and what is gone, and nothing before it is applied", async () => {
    const archive = await exported();
    const before = [await zoneText("one.example"), await zoneText("two.example")];
    await owner.call("POST", `${base}/zones/one.example/records`, { name: "new", type: "A", content: "192.0.2.2" });
    await owner.call("DELETE", `${base}/zones/two.example`, { name: "two.example", at: "provider" });
    const changed = await zoneText("one.example");

    const plan = await planned(archive);
    expect(plan).toMatchObject({ state: "planned", total: 3, through: 3 });
    expect(named(plan, "one.example")).toMatchObject({
      state: "planned",
      records: { created: 0, updated: 0, deleted: 1 },
    });
    expect(named(plan, "two.example")).toMatchObject({
      state: "planned",
      zone: null,
      creates: { waits: false, records: 1 },
    });
    expect(await zoneText("one.example")).toBe(changed);
    expect((await owner.call("GET", `${base}/zones/two.example`)).status).toBe(404);
    expect((await member.call("GET", `${base}/imports/${plan.batch}`)).status).toBe(404);

    expect((await apply(plan.batch)).status).toBe(200);
    expect((await apply(plan.batch)).status).toBe(409);
    await runJobs();
    const done = await look(plan.batch);
    expect(done.items.map(({ state }) => state)).toEqual(["done", "done", "done"]);
    expect([await zoneText("one.example"), await zoneText("two.example")]).toEqual(before);
    expect(kept()).toEqual([]);
    const entries = sql.all("select distinct zone_id from zone_changes where batch_id = ?", plan.batch);
    expect(entries).toHaveLength(2);
  });

  test("that was cut short goes on where it was, and does nothing twice", async () => {
    const archive = gzipSync(
      await archiveOf(
        [{ name: "one.example.zone" }, "again 60 IN A 192.0.2.7\n"],
        [{ name: "fresh.example.zone" }, "www 60 IN A 192.0.2.8\n"],
      ),
    );
    const { batch } = await planned(archive, "mode=merge&connection=local");
    const { copyFileSync } = await import("node:fs");
    const folder = path.join(panel.dataDir, "imports");
    const files = kept();
    for (const file of files) copyFileSync(path.join(folder, file), path.join(panel.dataDir, file));
    await apply(batch);
    await runJobs();
    const count = () => sql.get<{ n: number }>("select count(*) as n from zone_changes where batch_id = ?", batch)?.n;
    expect(count()).toBe(2);
    // As a process leaves it that dies after the provider answered, or after it made the zone, and before it noted so.
    const { importJob } = await import("#lib/dns/transfer/import-job.ts");
    const { transaction } = await import("#db/client.ts");
    for (const [name, zoneId] of [
      ["one.example.", "zone_id"],
      ["fresh.example.", "null"],
    ]) {
      sql.run(
        `update zone_imports set state = 'applying', zone_id = ${zoneId}, change_id = null, finished_at = null where batch_id = ? and name = ?`,
        batch,
        name,
      );
    }
    for (const file of files) copyFileSync(path.join(panel.dataDir, file), path.join(folder, file));
    for (const { id } of sql.all<{ id: string }>("select id from zone_imports where batch_id = ?", batch))
      transaction((tx) => importJob.enqueue(tx, { import: id }));
    await runJobs();
    const done = await look(batch);
    expect(done.items.map(({ state, message }) => [state, message])).toEqual([
      ["done", "Nothing to change."],
      ["done", ""],
    ]);
    expect(count()).toBe(2);
    expect(sql.all("select id from zones where name = 'fresh.example.'")).toHaveLength(1);
    expect(await zoneText("fresh.example")).toContain("www.fresh.example.\t60\tIN\tA\t192.0.2.8");
  });

  test("refuses zones that one may not edit, in the same words whether they are there or not", async () => {
    const archive = await archiveOf(
      [{ name: "one.example.zone" }, "www 60 IN A 192.0.2.9\n"],
      [{ name: "two.example.zone" }, "www 60 IN A 192.0.2.9\n"],
      [{ name: "hidden.example.zone" }, "www 60 IN A 192.0.2.9\n"],
      [{ name: "nowhere.example.zone" }, "www 60 IN A 192.0.2.9\n"],
    );
    await level("two.example", "view");
    const plan = await planned(archive, "mode=merge", member);
    expect(named(plan, "one.example")).toMatchObject({ state: "planned", obstacles: [] });
    expect(named(plan, "two.example")).toMatchObject({ state: "planned", obstacles: [expect.stringMatching(/www/)] });
    const [hidden, nowhere] = [named(plan, "hidden.example"), named(plan, "nowhere.example")];
    expect(hidden).toMatchObject({ state: "failed", zone: null, creates: null });
    expect({ ...hidden, id: "", name: "", displayName: "" }).toEqual({ ...nowhere, id: "", name: "", displayName: "" });

    await apply(plan.batch, { confirm: true }, member);
    await runJobs();
    const done = await look(plan.batch, member);
    expect(named(done, "one.example").state).toBe("done");
    expect(named(done, "two.example").state).toBe("planned");
    expect(await zoneText("two.example")).not.toContain("192.0.2.9");
    expect(await zoneText("hidden.example")).not.toContain("192.0.2.9");
    expect((await cancel(plan.batch, member)).status).toBe(200);
    expect(kept()).toEqual([]);
  });

  test("loads access again: what was taken away since the plan is not done", async () => {
    const archive = await archiveOf([{ name: "one.example.zone" }, "late 60 IN A 192.0.2.10\n"]);
    const { batch } = await planned(archive, "mode=merge", member);
    await apply(batch, {}, member);
    await level("one.example", "view");
    await runJobs();
    expect((await look(batch, member)).items[0]).toMatchObject({ state: "failed" });
    expect(await zoneText("one.example")).not.toContain("192.0.2.10");
    await level("one.example", "full");
  });

  test("says where a file cannot be read, for a zone that is there and for one that is not", async () => {
    const archive = await archiveOf(
      [{ name: "one.example.zone" }, "www 60 IN A 192.0.2.999\n"],
      [{ name: "unmade.example.zone" }, "ok 60 IN A 192.0.2.1\nwww 60 IN A 192.0.2.999\n"],
      [{ name: "-not-a-name-.zone" }, ""],
    );
    const { items } = await planned(archive, "mode=merge");
    expect(items.map(({ state, lines }) => [state, lines.map(({ line }) => line)])).toEqual([
      ["failed", []],
      ["failed", [1]],
      ["failed", [2]],
    ]);
    expect(kept()).toEqual([]);
  });

  test("of zones that nobody has is left out where one says so", async () => {
    const archive = await archiveOf([{ name: "left.example.zone" }, "www 60 IN A 192.0.2.1\n"]);
    const { items } = await planned(archive, "mode=merge&create=false");
    expect(items).toMatchObject([{ state: "failed", message: "This organisation has no such zone that you can see." }]);
  });
});

describe("what is no bundle is refused, and nothing of it is left", () => {
  const zone = "www 60 IN A 192.0.2.1\n";
  const manifest = (zones: object[], more: object = {}) =>
    JSON.stringify({ format: "zonegate-bundle", version: 1, zones, ...more });
  const ok: [{ name: string }, string] = [{ name: "one.example.zone" }, zone];

  test.each<[string, () => Promise<Uint8Array>, RegExp]>([
    ["a path that leads out", () => archiveOf([{ name: "../one.example.zone" }, zone]), /would lie outside/],
    ["an absolute path", () => archiveOf([{ name: "/etc/one.example.zone" }, zone]), /would lie outside/],
    ["a backslash", () => archiveOf([{ name: "..\\one.example.zone" }, zone]), /would lie outside/],
    ["a link", () => archiveOf(ok, [{ name: "two.zone", type: "symlink", linkname: "/etc/passwd" }]), /no plain file/],
    ["a device", () => archiveOf(ok, [{ name: "two.zone", type: "character-device" }]), /no plain file/],
    ["a name twice", () => archiveOf(ok, ok), /is in the bundle twice/],
    ["a name twice, written otherwise", () => archiveOf(ok, [{ name: "./one.example.zone" }, zone]), /twice/],
    ["another file", () => archiveOf(ok, [{ name: "run.sh" }, "#!/bin/sh"]), /run\.sh is no zone file/],
    ["nothing", () => archiveOf(), /no zone file in this bundle/],
    ["only a manifest", () => archiveOf([{ name: "manifest.json" }, manifest([])]), /no zone file in this bundle/],
    ["a broken manifest", () => archiveOf(ok, [{ name: "manifest.json" }, "{"]), /manifest\.json .* cannot be read/],
    [
      "another manifest",
      () => archiveOf(ok, [{ name: "manifest.json" }, manifest([], { version: 2 })]),
      /cannot be read/,
    ],
    [
      "a manifest of what is not there",
      () => archiveOf(ok, [{ name: "manifest.json" }, manifest([{ zone: "two.example.", file: "two.zone" }])]),
      /speaks of two\.zone/,
    ],
    ["no archive", async () => Buffer.from("www 60 IN A 192.0.2.1\n".repeat(100)), /no \.tar or \.tar\.gz/],
    ["half an archive", async () => gzipSync(await archiveOf(ok)).subarray(0, 60), /no \.tar or \.tar\.gz/],
    ["too large a file", async () => gzipSync(await archiveOf([ok[0], " ".repeat(20_000_001)])), /larger than 20 MB/],
    ["a bomb of nothing", async () => gzipSync(Buffer.alloc(30_000_000)), /no \.tar or \.tar\.gz/],
    [
      "too many files",
      () => archiveOf(...Array.from({ length: 501 }, (_, n): [{ name: string }] => [{ name: `z${n}.zone` }])),
      /at most 500/,
    ],
  ])("%s", async (_, archive, reason) => {
    const before = kept();
    const sent = await send(await archive());
    expect(sent.status).toBe(422);
    expect(sent.body.message).toMatch(reason);
    expect(kept()).toEqual(before);
  });

  test("two files for one zone", async () => {
    const archive = await archiveOf([{ name: "a/one.example.zone" }, zone], [{ name: "b/one.example.zone" }, zone]);
    const plan = await planned(archive, "mode=merge");
    expect(plan.items.map(({ state }) => state).toSorted()).toEqual(["failed", "planned"]);
    await cancel(plan.batch);
  });

  test("more than two bundles at a time", async () => {
    const archive = await archiveOf(ok);
    const open = [await planned(archive, "mode=merge"), await planned(archive, "mode=merge")];
    expect((await send(archive)).status).toBe(409);
    for (const { batch } of open) expect((await cancel(batch)).status).toBe(200);
    expect(kept()).toEqual([]);
    // Nor where they come at once.
    const zones = [{ name: "one.example.zone", text: "www A 192.0.2.1\n" }];
    const sent = await Promise.all(
      Array.from({ length: 5 }, () => owner.call<Bundle>("POST", `${base}/import`, { mode: "merge", zones })),
    );
    expect(sent.map(({ status }) => status).toSorted()).toEqual([202, 202, 409, 409, 409]);
    expect(kept()).toHaveLength(2);
    for (const { status, body } of sent) if (status === 202) await cancel(body.batch);
    await runJobs();
    expect(kept()).toEqual([]);
  });
});

test("an account has three open that it does not read, and one that it read or left counts no more", async () => {
  const { handleApi } = await import("#lib/api/http.ts");
  const download = (who = owner) =>
    handleApi(new Request(`http://localhost:3000/api${base}/export`, { headers: { cookie: who.cookie } }));
  // More than fits on the way to somebody who reads nothing.
  const texts = Array.from({ length: 400 }, (_, index) => ({
    name: `long${index}`,
    type: "TXT",
    ttl: 60,
    records: [{ text: randomBytes(1000).toString("base64") }],
  }));
  const filled = await owner.call("POST", `${base}/zones/two.example/changes`, { rrsets: texts });
  expect(filled.status).toBe(200);
  const open = [await download(), await download(), await download()];
  expect(open.map(({ status }) => status)).toEqual([200, 200, 200]);
  const refused = await download();
  expect({ status: refused.status, body: await refused.json() }).toMatchObject({
    status: 429,
    body: { code: "rate_limited" },
  });
  const other = await download(member);
  expect(other.status).toBe(200);
  await open[0]?.body?.cancel();
  // That somebody has left, and has read to the end, comes to its other end a moment later.
  const free = () =>
    vi.waitUntil(
      async () => {
        const answer = await download();
        return answer.status === 200 && answer;
      },
      { timeout: 10_000 },
    );
  await (await free()).arrayBuffer();
  const last = await free();
  for (const one of [...open.slice(1), last, other]) await one.body?.cancel();
});
