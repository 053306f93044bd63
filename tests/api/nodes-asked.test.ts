/** Nodes and the panel: how they are asked, set themselves up, and what they may ask for. Against a daemon over the network. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type Node, startNodes } from "../support/kept-nodes.ts";
import { startTlsProxy } from "../support/tls-proxy.ts";
import type { Wings, WingsConfig } from "../support/wings.ts";

const kept = await startNodes();
const { panel, keeper, looker, sql, made, opened, asked, configuration, running, remote } = kept;
let wings: Wings;
beforeEach(async () => {
  wings = await kept.started();
  return () => wings.close();
});
afterAll(() => kept.panel.close());

describe("how a node is", () => {
  test("it is healthy once it answers with what it was given, and says what it is", async () => {
    const id = await running();
    const node = await asked(id);
    expect(node).toMatchObject({ health: "healthy", error: null, version: "1.11.13", driftMs: 0 });
    expect(node.system).toMatchObject({ cpu_threads: 8, memory_bytes: 16_777_216_000, os: "Debian GNU/Linux 12" });
    expect(node.latencyMs).toBeGreaterThanOrEqual(0);
    expect(node.warnings.join()).toMatch(/1\.12\.2/);
    wings.version = "1.13.1";
    expect((await asked(id)).warnings.join()).not.toMatch(/1\.12\.2/);
    wings.version = "1.0.0-beta29";
    expect((await asked(id)).warnings.join()).not.toMatch(/Update/);
  });

  test("what is wrong is said in a sentence", async () => {
    const id = await running();
    const errorOf = async () => (await asked(id)).error;
    const { config } = wings;
    wings.config = null;
    expect(await errorOf()).toMatch(/credentials/);
    wings.config = config;
    for (const [broken, sentence] of [
      [{ status: 500, body: "{}" }, /answered with 500/],
      [{ status: 200, body: "<html>" }, /no Wings/],
      [{ status: 200, body: '{"version":"1"}' }, /no Wings/],
      [{ status: 302, body: "" }, /answered with 302/],
      [{ status: 200, body: " ".repeat(2_000_000) }, /no Wings/],
    ] as const) {
      wings.broken = broken;
      expect(await errorOf()).toMatch(sentence);
    }
    wings.broken = null;
    expect(await errorOf()).toBeNull();
    wings.ahead = 30_000;
    expect((await asked(id)).warnings.join()).toMatch(/clock is (29|30|31) seconds ahead/);
    await wings.close();
    expect(await errorOf()).toMatch(/Nothing listens/);
  });

  test("what came of a question counts for the node as it was asked, and adds up", async () => {
    const id = await running();
    const { noteAnswers } = await import("#lib/nodes/health.ts");
    const { loadNode } = await import("#lib/nodes/load.ts");
    const { transaction } = await import("#db/client.ts");
    const node = transaction((tx) => loadNode(id, tx));
    const ok = { state: "ok", driftMs: null, version: "1.13.1", system: { os: 'It\'s "Debian"' } } as const;
    const note = (asked: Parameters<typeof noteAnswers>[1][number]["asked"]) =>
      transaction((tx) => noteAnswers(tx, [{ node, asked }]));
    note({ ...ok, ms: 40 });
    note({ ...ok, ms: 10 });
    note({ state: "failed", ms: 8000, error: "Nobody’s there." });
    const { db } = await import("#db/client.ts");
    const totals = db().$client.prepare(
      "select sum(asked) as asked, sum(answered) as answered, sum(total_ms) as total, max(most_ms) as most from node_beats where node_id = ?",
    );
    const beats = () => totals.all(id);
    expect(beats()).toEqual([{ asked: 3, answered: 2, total: 50, most: 40 }]);
    const now = (await keeper.call<Node>("GET", `/admin/nodes/${id}`)).body;
    expect(now).toMatchObject({
      error: "Nobody’s there.",
      version: "1.13.1",
      latencyMs: 10,
      driftMs: null,
      system: ok.system,
    });
    expect(
      (await keeper.call("PATCH", `/admin/nodes/${id}`, { fqdn: "127.0.0.2", revision: now.revision })).status,
    ).toBe(200);
    note({ ...ok, ms: 1, version: "9.9.9" });
    expect((await keeper.call<Node>("GET", `/admin/nodes/${id}`)).body.version).not.toBe("9.9.9");
    expect(beats()).toEqual([{ asked: 3, answered: 2, total: 50, most: 40 }]);
  });

  test("a slow answer says nothing of its clock", async () => {
    const { driftOf } = await import("#lib/nodes/daemon.ts");
    const noon = Date.UTC(2030, 0, 1, 12);
    const date = new Date(noon).toUTCString();
    // Asked at, answered at: what the clock of the one who asks can be beside that second.
    expect(driftOf(date, noon, noon + 40)).toBe(0);
    expect(driftOf(date, noon + 990, noon + 9000)).toBe(0);
    expect(driftOf(date, noon - 7000, noon)).toBe(0);
    expect(driftOf(date, noon + 2000, noon + 2100)).toBe(-1550);
    expect(driftOf(date, noon - 2100, noon - 2000)).toBe(2550);
    expect([driftOf("", noon, noon), driftOf(undefined, noon, noon)]).toEqual([null, null]);
  });

  test("a certificate that nobody vouches for is refused, and checking is never switched off", async () => {
    const proxy = await startTlsProxy(`http://127.0.0.1:${wings.port}`);
    const id = await running({ scheme: "https", port: proxy.port, behindProxy: true });
    expect((await asked(id)).error).toMatch(/certificate/);
    expect(wings.asked).toEqual([]);
    await proxy.close();
    expect(process.env.NODE_TLS_REJECT_UNAUTHORIZED).toBeUndefined();
    const files = ["lib/nodes", "lib/http", "lib/dns/providers"].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => path.join(folder, file)),
    );
    expect(files.length).toBeGreaterThan(20);
    const lax = files.filter((file) => /rejectUnauthorized|NODE_TLS_REJECT/.test(readFileSync(file, "utf8")));
    expect(lax).toEqual([]);
  });

  test("networks that are not opened are not called, nor is the panel itself", async () => {
    const errorOf = async (given: object) => (await asked(await made(given))).error;
    expect(await errorOf({ fqdn: "10.1.2.3" })).toMatch(/network/);
    expect(await errorOf({ fqdn: "169.254.169.254" })).toMatch(/network/);
    expect(await errorOf({ fqdn: "localhost", port: 3000 })).toMatch(/itself/);
  });

  test("the job asks all of them over connections that it keeps, and a node that is silent for two minutes is unhealthy", async () => {
    sql("delete from servers");
    sql("delete from nodes");
    const id = await running();
    const { askNodes } = await import("#lib/nodes/health.ts");
    const round = () => askNodes.run({}, { retryAt: 0, signal: new AbortController().signal });
    for (let n = 0; n < 3; n++) await round();
    expect(wings.asked).toHaveLength(3);
    expect(wings.connections).toBe(1);
    // More than are written in one go, and nobody is there.
    for (let n = 1; n <= 300; n++)
      sql(
        `insert into nodes (id, number, name, fqdn, scheme, port, listen_port, sftp_port, memory, disk, data_directory, classification, token_id, token, rotated_at, created_at, updated_at)
         select 'many' || ?, 100000 + ?, 'Many', ?, 'http', 9, 9, 10, 1, 1, '/x', 'free', 'many' || ?, token, 0, 0, 0 from nodes where id = ?`,
        n,
        n,
        `127.9.${n >> 8}.${n & 255}`,
        n,
        id,
      );
    const { seal } = await import("#lib/crypto/seal.ts");
    for (let n = 1; n <= 300; n++)
      sql(
        "update nodes set token = ? where id = ?",
        seal("x", { table: "nodes", column: "token", row: `many${n}` }),
        `many${n}`,
      );
    await round();
    const { db } = await import("#db/client.ts");
    const states = db().$client.prepare("select state, count(*) as n from nodes group by state order by state").all();
    expect(states).toEqual([
      { state: "failed", n: 300 },
      { state: "ok", n: 1 },
    ]);
    sql("delete from nodes where id <> ?", id);
    // One row, also where the rounds above began in one span of time and ended in the next.
    sql("delete from node_beats where at < (select max(at) from node_beats)");
    sql("update node_beats set asked = 3, answered = 3");
    const beats = async (range = "24h") =>
      (
        await looker.call<{ asked: number; uptime: number | null; at: number[]; unanswered: number[] }>(
          "GET",
          `/admin/nodes/${id}/beats?range=${range}`,
        )
      ).body;
    expect(await beats()).toMatchObject({ asked: 3, uptime: 10_000 });
    wings.broken = { status: 500, body: "" };
    await round();
    expect((await opened(id)).health).toBe("healthy");
    expect(await beats()).toMatchObject({ asked: 4, uptime: 7500 });
    expect(await beats("7d")).toMatchObject({ asked: 4, uptime: 7500 });
    const tile = async () => {
      const { body } = await watcher.call<{ items: { id: string; count: number; href: string | null }[] }>(
        "GET",
        "/soc/overview",
      );
      return body.items.find((one) => one.id === "nodes");
    };
    const watcher = await panel.person("Watcher", ["soc:read", "nodes:read"]);
    expect(await tile()).toMatchObject({ count: 0 });
    sql("update nodes set seen_at = ? where id = ?", Date.now() - 120_000, id);
    expect((await opened(id)).health).toBe("unhealthy");
    expect(await tile()).toMatchObject({ count: 1, href: "/dashboard/admin?tab=nodes&health=unhealthy" });
    const stranger = await panel.person("Watcher of their own", ["soc:read"]);
    const { body } = await stranger.call<{ items: { id: string }[] }>("GET", "/soc/overview");
    expect(body.items.map((one) => one.id)).not.toContain("nodes");
    // What is older than a week is forgotten.
    sql("insert into node_beats values (?, ?, 1, 1, 1, 1)", id, Date.now() - 8 * 86_400_000);
    await round();
    expect(db().$client.prepare("select min(at) as at from node_beats").get()).toEqual({
      at: expect.toSatisfy((at: number) => at > Date.now() - 8 * 86_400_000),
    });
  });
});

describe("setting a daemon up", () => {
  const fetched = (number: string | number, token?: string) =>
    panel.call<WingsConfig>(
      "GET",
      `/application/nodes/${number}/configuration`,
      undefined,
      token === undefined ? {} : { authorization: `Bearer ${token}` },
    );

  test("a command fetches the configuration once, soon, and for its node alone", async () => {
    const id = await made({
      behindProxy: true,
      scheme: "https",
      listenPort: 8081,
      fqdn: "node.example",
      port: 443,
      dataDirectory: "/srv/data",
    });
    const other = await opened(await made());
    const { number } = await opened(id);
    const command = async () =>
      (await keeper.call<{ configure: string; install: string }>("POST", `/admin/nodes/${id}/setup`)).body;
    const [early, { configure, install }] = [await command(), await command()];
    const tokenIn = (text: string) => / --token (papp_[A-Za-z0-9]{43}) /.exec(text)?.[1] ?? "";
    const token = tokenIn(configure);
    expect(configure).toContain(`--panel-url http://localhost:3000 --token ${token} --node ${number}`);
    expect(tokenIn(install.replace("'", " "))).toBe(token);
    for (const [node, secret] of [
      [number, undefined],
      [number, ""],
      [number, "papp_wrong"],
      [number, tokenIn(early.configure)],
      [other.number, token],
      ["0", token],
      ["x", token],
      [999_999, token],
    ] as const)
      expect((await fetched(node, secret)).status, `${node} ${secret}`).toBe(401);
    const { status, body } = await fetched(number, token);
    expect(status).toBe(200);
    expect(body).toEqual({
      debug: false,
      uuid: id,
      token_id: expect.stringMatching(/^[A-Za-z0-9]{16}$/),
      token: expect.stringMatching(/^[A-Za-z0-9]{64}$/),
      api: {
        host: "0.0.0.0",
        port: 8081,
        ssl: {
          enabled: false,
          cert: "/etc/letsencrypt/live/node.example/fullchain.pem",
          key: "/etc/letsencrypt/live/node.example/privkey.pem",
        },
        upload_limit: 100,
        disable_remote_download: true,
      },
      system: { data: "/srv/data", sftp: { bind_port: 2022 } },
      allowed_mounts: [],
      remote: "http://localhost:3000",
    });
    expect(await configuration(id)).toEqual(body);
    expect((await fetched(number, token)).status).toBe(401);
    const late = tokenIn((await command()).configure);
    sql("update node_setups set expires_at = ? where node_id = ?", Date.now(), id);
    expect((await fetched(number, late)).status).toBe(401);
    const history = await looker.call<{ items: { action: string; actorType: string }[] }>(
      "GET",
      `/admin/nodes/${id}/history`,
    );
    expect(history.body.items).toContainEqual(
      expect.objectContaining({ action: "nodes.configure", actorType: "node" }),
    );
  });

  test("new credentials reach a daemon that takes them, and both count for a minute", async () => {
    const id = await running();
    const before = await configuration(id);
    const rotated = (await keeper.call<{ applied: boolean; message: string }>("POST", `/admin/nodes/${id}/rotate`))
      .body;
    expect(rotated.applied).toBe(true);
    const after = await configuration(id);
    expect(after.token).not.toBe(before.token);
    expect(wings.config).toMatchObject({ token: after.token, token_id: after.token_id });
    expect((await asked(id)).error).toBeNull();
    expect((await remote(before)).status).toBe(200);
    expect((await remote(after)).status).toBe(200);
    expect((await remote({ token_id: before.token_id, token: after.token })).status).toBe(403);
    expect((await remote({ token_id: after.token_id, token: before.token })).status).toBe(403);
    expect((await opened(id)).overlapUntil).toBeGreaterThan(Date.now());
    sql("update nodes set previous_until = ? where id = ?", Date.now(), id);
    expect((await remote(before)).status).toBe(403);
    expect((await remote(after)).status).toBe(200);
  });

  test("a daemon that keeps its own is asked with those before, for that minute alone", async () => {
    const id = await running();
    wings.ignoresUpdates = true;
    const rotated = (await keeper.call<{ applied: boolean; message: string }>("POST", `/admin/nodes/${id}/rotate`))
      .body;
    expect(rotated).toMatchObject({ applied: false, message: expect.stringMatching(/within a minute/) });
    expect((await asked(id)).error).toBeNull();
    sql("update nodes set previous_until = ? where id = ?", Date.now(), id);
    expect((await asked(id)).error).toMatch(/credentials/);
    await wings.close();
    const unreached = (await keeper.call<{ applied: boolean; message: string }>("POST", `/admin/nodes/${id}/rotate`))
      .body;
    expect(unreached).toMatchObject({ applied: false, message: expect.stringMatching(/by hand/) });
  });
});

describe("what a node may ask for", () => {
  test("it proves itself in the header alone, and each refusal is one that it understands", async () => {
    const config = await configuration(await made());
    const shown = (authorization?: string, target = "/remote/servers") =>
      panel.call<{ errors: { code: string; status: string; detail: string }[] }>(
        "GET",
        target,
        undefined,
        authorization === undefined ? {} : { authorization },
      );
    const { token_id, token } = config;
    for (const [authorization, status] of [
      [undefined, 401],
      ["", 401],
      ["Basic abc", 401],
      ["Bearer", 401],
      [`Bearer ${token}`, 400],
      [`Bearer ${token_id}.${token}.x`, 400],
      [`Bearer .${token}`, 400],
      [`Bearer ${token_id}.`, 400],
      [`Bearer ${token_id}.${token}x`, 403],
      [`Bearer nobody.${token}`, 403],
      [`Bearer ${token_id}.${token}`, 200],
    ] as const) {
      const answer = await shown(authorization);
      expect(answer.status, String(authorization)).toBe(status);
      if (status !== 200) {
        expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
        expect(answer.body.errors).toEqual([
          { code: expect.any(String), status: String(status), detail: expect.any(String) },
        ]);
      }
    }
    expect((await shown(undefined, `/remote/servers?token=${token_id}.${token}`)).status).toBe(401);
    const root = await panel.person("Root of nodes", "root");
    expect((await root.call("GET", "/remote/servers")).status).toBe(401);
    // And it is nobody anywhere else.
    expect((await shown(`Bearer ${token_id}.${token}`, "/admin/nodes")).status).toBe(401);
    expect((await shown(`Bearer ${token_id}.${token}`, "/remote/nothing")).status).toBe(404);
  });

  test("it begins with the servers that it runs, counted from page 0; numbers are numbers", async () => {
    const config = await configuration(await made());
    for (const query of ["?page=0&per_page=50", "?page=1&per_page=50", "", "?page=x&per_page=100000"]) {
      const { status, body } = await remote(config, "GET", `/servers${query}`);
      expect(status, query).toBe(200);
      expect(body).toEqual({
        data: [],
        meta: { current_page: 1, from: 0, last_page: 1, per_page: 50, to: 0, total: 0 },
      });
    }
  });

  test("it says that it has started, and tells what it cannot know: neither holds it up", async () => {
    const config = await configuration(await made());
    expect((await remote(config, "POST", "/servers/reset", "null")).status).toBe(204);
    for (const body of ['{"data":[{"server":"nobody’s"},1,null]}', '{"data":"x"}', "null", "{}"])
      expect((await remote(config, "POST", "/activity", body)).status, body).toBe(204);
    expect((await remote(config, "GET", "/servers/5d5b6b1c-0000-4000-8000-000000000001")).status).toBe(404);
  });

  test("a node that is gone is refused", async () => {
    const id = await made();
    const config = await configuration(id);
    expect((await remote(config)).status).toBe(200);
    await keeper.call("DELETE", `/admin/nodes/${id}`);
    expect((await remote(config)).status).toBe(403);
  });
});
