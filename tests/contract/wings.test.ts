/** The panel's client of daemons against one, over the network: every call, as 1.11 and as 1.13 answer. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sealedToken } from "#lib/nodes/credentials.ts";
import { createBackup, deleteBackup, restoreBackup } from "#lib/wings/backups.ts";
import type { DaemonError, NodeAddress } from "#lib/wings/call.ts";
import { deauthorize } from "#lib/wings/deauthorize.ts";
import * as files from "#lib/wings/files.ts";
import { sftpPermissions, socketPermissions } from "#lib/wings/rights.ts";
import * as servers from "#lib/wings/servers.ts";
import * as tokens from "#lib/wings/tokens.ts";
import { type Console, openConsole } from "../support/wings/browser.ts";
import { type StandIn, startStandIn } from "../support/wings/stand-in.ts";
import { startWings, type Wings } from "../support/wings.ts";

const SERVER = "6f1c1d2e-5b0f-4c3a-9a52-0d6c8f2f7a10";
const OTHER = "6f1c1d2e-5b0f-4c3a-9a52-0d6c8f2f7a11";
const BACKUP = "0a3cbb43-58c9-4a53-8f0f-1f29d9d4c0a1";
const SECRET = "s".repeat(64);
const ANNA = "019a0000-0000-7000-8000-00000000000a";
const BERT = "019a0000-0000-7000-8000-00000000000b";
const holder = { user: ANNA, server: SERVER };

let data: string;
beforeAll(() => {
  data = mkdtempSync(path.join(tmpdir(), "zonegate-wings-"));
  Object.assign(process.env, { DATA_DIR: data, ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

async function daemon(version: string): Promise<{ wings: Wings; panel: StandIn; node: NodeAddress }> {
  const wings = await startWings({ version });
  const panel = await startStandIn(() => wings.config);
  opened.push(panel, wings);
  wings.config = { token_id: "t".repeat(16), token: SECRET, remote: panel.remote };
  const id = "019a0000-0000-7000-8000-0000000000ff";
  const node = {
    id,
    scheme: "http",
    fqdn: "127.0.0.1",
    port: wings.port,
    token: sealedToken(id, SECRET),
    previousToken: null,
    previousUntil: null,
    version,
    driftMs: 0,
  } as const;
  return { wings, panel, node };
}

const trouble = (calling: Promise<unknown>) =>
  calling.then(
    () => "none",
    (error: DaemonError) => error.trouble,
  );

describe.each(["1.11.13", "1.13.1"])("Wings %s", (version) => {
  const scopes = version !== "1.11.13";
  let wings: Wings;
  let panel: StandIn;
  let node: NodeAddress;

  beforeEach(async () => {
    ({ wings, panel, node } = await daemon(version));
    panel.servers.set(SERVER, {});
    panel.servers.set(OTHER, {});
  });

  const made = async (server = SERVER) => {
    expect(await servers.createServer(node, server, false)).toBe(true);
    await wings.settled();
  };
  const file = (name: string, server = SERVER) => path.join(wings.root, "volumes", server, name);
  const put = (name: string, content: string | Buffer) => writeFileSync(file(name), content);
  const until = (state: string) =>
    expect
      .poll(async () => (await servers.readServer(node, SERVER)).state, { interval: 20, timeout: 30_000 })
      .toBe(state);
  const started = async () => {
    await servers.power(node, SERVER, "start");
    await until("running");
  };
  const console = async (permissions: string[] | null = null, user = ANNA): Promise<Console> => {
    const held = permissions ?? socketPermissions(() => true, { owner: false, staff: false }) ?? [];
    const one = await openConsole(`http://127.0.0.1:${wings.port}`, SERVER, panel.remote);
    opened.push(one);
    one.say("auth", await tokens.socketToken(tokens.signerOf(node), { user, server: SERVER }, held));
    return one;
  };

  test("a server is fetched from the panel and installed by its script; made twice it is there once", async () => {
    await made();
    expect(readFileSync(file("installed.txt"), "utf8")).toBe("installed\n");
    expect(panel.told).toContainEqual({
      path: `/servers/${SERVER}/install`,
      body: { successful: true, reinstall: false },
    });
    expect(await servers.readServer(node, SERVER)).toMatchObject({ state: "offline", suspended: false, cpu: 0 });
    expect(await servers.createServer(node, SERVER, false)).toBe(false);
    expect(wings.doubled).toEqual([]);
    expect(await trouble(servers.createServer(node, "019A0000-0000-7000-8000-000000000001", false))).toBe("invalid");
    expect(await trouble(servers.createServer(node, "0a3cbb43-58c9-4a53-8f0f-1f29d9d4c0ff", false))).toBe("failed");
  });

  test("T20: an answer that was lost makes no second copy when the call is made again", async () => {
    Object.assign(wings, { drops: true, only: /^POST \/api\/servers$/ });
    expect(await trouble(servers.createServer(node, SERVER, false))).toBe("unreachable");
    Object.assign(wings, { drops: false });
    expect(await servers.createServer(node, SERVER, false)).toBe(false);
    expect(wings.doubled).toEqual([]);
  });

  test("T32: what is told of a server has nothing of its configuration", async () => {
    panel.servers.set(SERVER, { environment: { SECRET_WORD: "hidden" } });
    await made();
    expect(wings.servers.get(SERVER)?.configuration.settings.environment).toEqual({ SECRET_WORD: "hidden" });
    expect(JSON.stringify(await servers.readServer(node, SERVER))).not.toMatch(/hidden|SECRET_WORD|invocation/);
  });

  test("power, commands and the console's lines", async () => {
    await made();
    expect(await trouble(servers.sendCommands(node, SERVER, ["early"]))).toBe("failed");
    expect(await trouble(servers.readLogs(node, SERVER))).toBe("failed");
    await started();
    expect(readFileSync(file("server.properties"), "utf8")).toContain("server-port=25565\n");
    await servers.sendCommands(node, SERVER, ["hello"]);
    await expect
      .poll(() => servers.readLogs(node, SERVER, 1), { interval: 20, timeout: 30_000 })
      .toEqual(["said hello aloud"]);
    const { startedAt } = wings.servers.get(SERVER) ?? {};
    await servers.power(node, SERVER, "restart");
    await wings.settled();
    await until("running");
    expect(wings.servers.get(SERVER)?.startedAt).toBeGreaterThanOrEqual(startedAt ?? 0);
    await servers.power(node, SERVER, "stop");
    await until("offline");
    await started();
    await servers.power(node, SERVER, "kill");
    await until("offline");
  });

  test("a suspended server is stopped when it is synced, and not started", async () => {
    await made();
    await started();
    panel.servers.set(SERVER, { suspended: true });
    await servers.syncServer(node, SERVER);
    expect(await servers.readServer(node, SERVER)).toMatchObject({ state: "offline", suspended: true });
    expect(await trouble(servers.power(node, SERVER, "start"))).toBe("invalid");
    panel.servers.set(SERVER, null);
    expect(await trouble(servers.syncServer(node, SERVER))).toBe("failed");
  });

  test("installing again runs the script again and leaves the files", async () => {
    await made();
    put("kept.txt", "kept");
    panel.script = "echo again > /mnt/server/installed.txt";
    await servers.installServer(node, SERVER);
    await wings.settled();
    expect(readFileSync(file("installed.txt"), "utf8")).toBe("again\n");
    panel.servers.set(SERVER, { skip_egg_scripts: true });
    panel.script = "rm -f /mnt/server/kept.txt";
    await servers.reinstallServer(node, SERVER);
    await wings.settled();
    expect(readFileSync(file("kept.txt"), "utf8")).toBe("kept");
    expect(panel.told.at(-1)?.body).toEqual({ successful: true, reinstall: true });
    wings.failsInstalls = true;
    panel.servers.set(SERVER, {});
    await servers.reinstallServer(node, SERVER);
    await wings.settled();
    expect(panel.told.at(-1)?.body).toEqual({ successful: false, reinstall: true });
  });

  test("deleting a server ends its process; what is gone is gone", async () => {
    await made();
    await started();
    await servers.deleteServer(node, SERVER);
    expect(existsSync(file(""))).toBe(false);
    expect(await trouble(servers.readServer(node, SERVER))).toBe("not_found");
    await servers.deleteServer(node, SERVER);
  });

  test("files are listed, read, written, moved, copied, packed, unpacked and deleted", async () => {
    await made();
    const write = (name: string, text: string) =>
      files.writeFile(node, SERVER, name, { open: () => Readable.from([text]), bytes: Buffer.byteLength(text) });
    await files.createFolder(node, SERVER, "/", "world");
    expect(await trouble(files.createFolder(node, SERVER, "/", "world"))).toBe("invalid");
    await write("/world/Ä & ?.txt", "grüezi");
    expect(await files.readText(node, SERVER, "/world/Ä & ?.txt")).toBe("grüezi");
    expect(await files.listFolder(node, SERVER, "/world")).toMatchObject([
      { name: "Ä & ?.txt", bytes: 7, folder: false, mode: "644", modifiedAt: expect.any(Number) },
    ]);
    expect((await files.listFolder(node, SERVER, "/")).map(({ name }) => name)).toEqual(["world", "installed.txt"]);
    await files.renameFiles(node, SERVER, "/world", [{ from: "Ä & ?.txt", to: "b.txt" }]);
    await files.copyFile(node, SERVER, "/world/b.txt");
    expect((await files.listFolder(node, SERVER, "/world")).map(({ name }) => name)).toEqual(["b copy.txt", "b.txt"]);
    expect(await trouble(files.renameFiles(node, SERVER, "/world", [{ from: "b.txt", to: "b copy.txt" }]))).toBe(
      "invalid",
    );
    const archive = await files.compressFiles(node, SERVER, "/", ["world"]);
    expect(archive).toMatchObject({ name: expect.stringMatching(/\.tar\.gz$/), folder: false });
    await files.deleteFiles(node, SERVER, "/", ["world"]);
    expect(await trouble(files.listFolder(node, SERVER, "/world"))).toBe("not_found");
    await files.decompressFile(node, SERVER, "/", archive.name);
    expect(await files.readText(node, SERVER, "/world/b.txt")).toBe("grüezi");
    expect(await trouble(files.decompressFile(node, SERVER, "/", "installed.txt"))).toBe("invalid");
    await files.changeMode(node, SERVER, "/", "installed.txt", "0755");
    expect(statSync(file("installed.txt")).mode & 0o777).toBe(0o755);
    await write("/empty", "");
    expect(await files.readText(node, SERVER, "/empty")).toBe("");
    for (const missing of [
      () => files.readText(node, SERVER, "/nothing"),
      () => files.copyFile(node, SERVER, "/nothing"),
      () => files.listFolder(node, SERVER, "/nothing"),
    ])
      expect(await trouble(missing())).toBe("not_found");
    expect(await trouble(files.readText(node, SERVER, "/world"))).toBe("invalid");
  });

  test("what is large goes through as a stream, and only texts of a bounded size are edited", async () => {
    await made();
    const chunk = Buffer.alloc(1024 * 1024, 7);
    const open = () =>
      Readable.from(
        (function* () {
          for (let n = 0; n < 12; n++) yield chunk;
        })(),
      );
    await files.writeFile(node, SERVER, "/large", { open, bytes: 12 * chunk.length });
    const seen = await files.openFile(node, SERVER, "/large", async (content) => {
      let bytes = 0;
      let chunks = 0;
      for await (const part of content as AsyncIterable<Buffer>) {
        bytes += part.length;
        chunks++;
      }
      return { bytes, chunks };
    });
    expect(seen.bytes).toBe(12 * chunk.length);
    expect(seen.chunks).toBeGreaterThan(12);
    const said = (name: string) => files.readText(node, SERVER, name).catch((error: Error) => error.message);
    expect(await said("/large")).toMatch(/at most 2 MiB/);
    put("binary", Buffer.from([0xff, 0xfe, 0x00]));
    expect(await said("/binary")).toMatch(/no text/);
    put("nul", "a\0b");
    expect(await said("/nul")).toMatch(/no text/);
  });

  test("nothing leads out of the server, also not over a link", async () => {
    await made();
    await made(OTHER);
    writeFileSync(file("theirs.txt", OTHER), "theirs");
    const { symlinkSync } = await import("node:fs");
    symlinkSync(path.join(wings.root, "volumes", OTHER), file("out"));
    expect(await trouble(files.readText(node, SERVER, "/out/theirs.txt"))).toBe("not_found");
    expect(await trouble(files.readText(node, SERVER, `/../${OTHER}/theirs.txt`))).toBe("not_found");
  });

  test("what the egg protects is said to be so, and is no panel that the node does not know", async () => {
    await made();
    const writing = files.writeFile(node, SERVER, "/protected.txt", { open: () => Readable.from(["x"]), bytes: 1 });
    await expect(writing).rejects.toThrow(/egg of this server/);
    const stranger = { ...node, token: sealedToken(node.id, "x".repeat(64)) };
    await expect(servers.readServer(stranger, SERVER)).rejects.toThrow(/credentials/);
    expect(await trouble(servers.readServer(stranger, SERVER))).toBe("refused");
  });

  test("a daemon that keeps the credentials of before is called with those, streams as well", async () => {
    await made();
    const { seal } = await import("#lib/crypto/seal.ts");
    const place = { table: "nodes", column: "previous_token", row: node.id };
    const rotated = {
      ...node,
      token: sealedToken(node.id, "n".repeat(64)),
      previousToken: seal(SECRET, place),
      previousUntil: Date.now() + 60_000,
    };
    expect((await servers.readServer(rotated, SERVER)).state).toBe("offline");
    await files.writeFile(rotated, SERVER, "/a", { open: () => Readable.from(["text"]), bytes: 4 });
    expect(await files.readText(rotated, SERVER, "/a")).toBe("text");
    const over = { ...rotated, previousUntil: Date.now() };
    expect(await trouble(files.readText(over, SERVER, "/a"))).toBe("refused");
    expect(await trouble(servers.readServer(over, SERVER))).toBe("refused");
  });

  test("the daemon’s own words reach nobody, and what is not understood is no answer", async () => {
    await made();
    const said = async () => {
      const error: DaemonError = await servers.readServer(node, SERVER).then(
        () => expect.unreachable(),
        (refused) => refused,
      );
      return [error.trouble, error.message];
    };
    for (const [broken, expected] of [
      [{ status: 500, body: '{"error":"secret path /var/lib"}' }, "failed"],
      [{ status: 404, body: '{"error":"secret path /var/lib"}' }, "not_found"],
      [{ status: 200, body: '{"secret path":1}' }, "failed"],
      [{ status: 200, body: "secret path" }, "failed"],
      [{ status: 301, body: "secret path" }, "failed"],
    ] as const) {
      wings.broken = broken;
      const [what, message] = await said();
      expect(what).toBe(expected);
      expect(message).not.toMatch(/secret/);
    }
    wings.broken = null;
    const nobody = { ...node, port: 1 };
    expect(await trouble(servers.readServer(nobody, SERVER))).toBe("unreachable");
  });

  test("backups are made, told with their checksum, restored and deleted", async () => {
    await made();
    put("a.txt", "before");
    put("skipped.log", "log");
    await createBackup(node, SERVER, BACKUP, ["*.log"]);
    await wings.settled();
    const { body } = panel.told.at(-1) ?? {};
    expect(panel.told.at(-1)?.path).toBe(`/backups/${BACKUP}`);
    expect(body).toMatchObject({
      successful: true,
      checksum_type: "sha1",
      checksum: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    put("a.txt", "after");
    put("b.txt", "new");
    await restoreBackup(node, SERVER, BACKUP, false);
    await wings.settled();
    expect(readFileSync(file("a.txt"), "utf8")).toBe("before");
    expect(existsSync(file("b.txt"))).toBe(true);
    await restoreBackup(node, SERVER, BACKUP, true);
    await wings.settled();
    expect(existsSync(file("b.txt"))).toBe(false);
    expect(existsSync(file("skipped.log"))).toBe(false);
    expect(panel.told.at(-1)).toEqual({ path: `/backups/${BACKUP}/restore`, body: { successful: true } });
    const address = await tokens.backupAddress(tokens.signerOf(node), holder, BACKUP);
    expect((await fetch(address)).status).toBe(200);
    await deleteBackup(node, SERVER, BACKUP);
    await deleteBackup(node, SERVER, BACKUP);
    expect(await trouble(restoreBackup(node, SERVER, BACKUP, false))).toBe("not_found");
  });

  test("T9: a backup that the panel does not take is deleted by the daemon", async () => {
    await made();
    panel.refusing.set(`/backups/${BACKUP}`, 409);
    await createBackup(node, SERVER, BACKUP, []);
    await wings.settled();
    expect(await trouble(restoreBackup(node, SERVER, BACKUP, false))).toBe("not_found");
    expect(panel.told.filter((one) => one.path === `/backups/${BACKUP}`)).toHaveLength(1);
  });

  test("files are downloaded and uploaded by addresses that work once", async () => {
    await made();
    put("a b.txt", "content");
    const address = await tokens.fileAddress(tokens.signerOf(node), holder, "/a b.txt");
    const first = await fetch(address);
    expect([first.status, await first.text()]).toEqual([200, "content"]);
    expect(first.headers.get("content-disposition")).toContain("attachment");
    expect((await fetch(address)).status).toBe(404);
    const upload = await tokens.uploadAddress(tokens.signerOf(node), holder);
    const send = (to: string) => {
      const form = new FormData();
      form.append("files", new Blob(["one"]), "one.txt");
      form.append("files", new Blob(["two"]), "two.txt");
      return fetch(`${to}&directory=${encodeURIComponent("/sent here")}`, { method: "POST", body: form });
    };
    expect((await send(upload)).status).toBe(200);
    expect(readFileSync(file("sent here/two.txt"), "utf8")).toBe("two");
    expect((await send(upload)).status).toBe(404);
    const early = { ...tokens.signerOf(node), now: Math.floor(Date.now() / 1000) - 121 };
    expect((await fetch(await tokens.fileAddress(early, holder, "/a b.txt"))).status).toBe(500);
    const forged = { ...tokens.signerOf(node), secret: "x".repeat(64) };
    expect((await fetch(await tokens.fileAddress(forged, holder, "/a b.txt"))).status).toBe(500);
  });

  test("T2: no token is taken for something else than it was made for", async () => {
    await made();
    put("a.txt", "content");
    const signer = tokens.signerOf(node);
    const socket = await tokens.socketToken(signer, holder, ["websocket.connect"]);
    const tokenIn = (address: string) => new URL(address).searchParams.get("token") ?? "";
    const download = tokenIn(await tokens.fileAddress(signer, holder, "/a.txt"));
    const backup = tokenIn(await tokens.backupAddress(signer, holder, BACKUP));
    const upload = tokenIn(await tokens.uploadAddress(signer, holder));
    const transfer = await tokens.transferToken(signer, SERVER);
    const at = `http://127.0.0.1:${wings.port}`;
    const form = () => {
      const body = new FormData();
      body.append("files", new Blob(["evil"]), "evil.txt");
      return body;
    };
    for (const token of [socket, download, backup, transfer])
      expect(
        (await fetch(`${at}/upload/file?token=${token}&directory=/`, { method: "POST", body: form() })).status,
      ).not.toBe(200);
    expect(existsSync(file("evil.txt"))).toBe(false);
    for (const token of [socket, backup, upload, transfer])
      expect((await fetch(`${at}/download/file?token=${token}`)).status).not.toBe(200);
    for (const token of [socket, download, backup, upload]) {
      const headers = { authorization: `Bearer ${token}` };
      expect((await fetch(`${at}/api/transfers`, { method: "POST", headers, body: form() })).status).not.toBe(200);
    }
    expect(await trouble(servers.readServer(node, SERVER))).toBe("none");
    for (const token of [download, backup, upload, transfer]) {
      const one = await openConsole(at, SERVER, panel.remote);
      opened.push(one);
      one.say("auth", token);
      expect(await one.next("jwt error")).toMatch(/^jwt: /);
    }
    // Each still does what it is for.
    expect((await fetch(`${at}/download/file?token=${download}`)).status).toBe(200);
  });

  test("times in tokens are whole seconds by the node’s clock, and short", async () => {
    const read = (token: string) => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    const ahead = tokens.signerOf({ ...node, driftMs: 90_500 });
    const claims = read(await tokens.socketToken(ahead, holder, ["websocket.connect"]));
    for (const name of ["iat", "nbf", "exp"]) expect(Number.isInteger(claims[name]), name).toBe(true);
    expect(claims.exp - claims.iat).toBe(600);
    expect(Math.abs(claims.iat - Date.now() / 1000 - 90)).toBeLessThan(3);
    const again = read(await tokens.socketToken(tokens.signerOf(node), holder, []));
    expect(again.jti).toBe(claims.jti);
    expect(read(await tokens.socketToken(tokens.signerOf(node), { ...holder, user: BERT }, [])).jti).not.toBe(
      claims.jti,
    );
    const address = new URL(await tokens.uploadAddress(tokens.signerOf(node), holder)).searchParams.get("token") ?? "";
    expect(read(address).exp - read(address).iat).toBe(120);
    expect(read(await tokens.transferToken(tokens.signerOf(node), SERVER))).toMatchObject({
      sub: SERVER,
      scope: "transfer",
    });
    for (const token of [address, await tokens.socketToken(tokens.signerOf(node), holder, [])])
      expect(read(token)).not.toHaveProperty("sub");
  });

  test("a console shows what happens and does what its rights allow, on the panel’s own pages alone", async () => {
    await made();
    const at = `http://127.0.0.1:${wings.port}`;
    await expect(openConsole(at, SERVER, "https://evil.example")).rejects.toThrow("403");
    await expect(openConsole(at, SERVER, undefined)).rejects.toThrow("403");
    const one = await console();
    await one.next("auth success");
    expect(await one.next("status")).toBe("offline");
    one.say("set state", "start");
    expect(await one.next("status", /running/)).toBe("running");
    one.say("send command", "hello");
    expect(await one.next("console output", /said/)).toBe("said hello aloud");
    one.say("send stats");
    expect(JSON.parse(await one.next("stats"))).toMatchObject({ state: "running" });
    const looker = await console(["websocket.connect"], BERT);
    await looker.next("auth success");
    looker.say("set state", "kill");
    looker.say("send command", "evil");
    looker.say("send logs");
    expect(await looker.next("console output", /said/)).toBe("said hello aloud");
    expect(looker.heard.map(({ args }) => args.join()).join()).not.toMatch(/evil/);
    expect((await servers.readServer(node, SERVER)).state).toBe("running");
    expect(await wings.report()).toBe(2);
    expect(panel.told.at(-1)?.body).toMatchObject({
      data: [
        { user: ANNA, event: "server:power.start" },
        { user: ANNA, event: "server:console.command", metadata: { command: "hello" } },
      ],
    });
  });

  test("a token for a console ends, and is said to end before", async () => {
    await made();
    const one = await openConsole(`http://127.0.0.1:${wings.port}`, SERVER, panel.remote);
    opened.push(one);
    one.say("send logs");
    expect(await one.next("jwt error")).toBe("jwt: no jwt present");
    one.say("auth", await tokens.socketToken(tokens.signerOf(node), holder, ["websocket.connect"]));
    await one.next("auth success");
    wings.ahead = 560_000;
    wings.tick();
    await one.next("token expiring");
    wings.ahead = 601_000;
    one.say("send stats");
    expect(await one.next("jwt error")).toBe("jwt: exp claim is invalid");
    one.say(
      "auth",
      await tokens.socketToken(tokens.signerOf({ ...node, driftMs: 601_000 }), holder, ["websocket.connect"]),
    );
    await one.next("auth success");
  });

  test("T3: who is taken out of a server hears and does nothing more there", async () => {
    await made();
    panel.people.set(`anna.${SERVER.slice(0, 8)}`, {
      user: ANNA,
      server: SERVER,
      permissions: sftpPermissions(() => true),
    });
    const session = await wings.sftpLogin(`anna.${SERVER.slice(0, 8)}`, { password: "hers" });
    expect([session.may("file.read"), session.may("file.delete"), session.may("file.sftp")]).toEqual([
      true,
      true,
      false,
    ]);
    const [hers, his] = [await console(null, ANNA), await console(null, BERT)];
    await hers.next("auth success");
    await his.next("auth success");
    const token = await tokens.socketToken(tokens.signerOf(node), holder, ["websocket.connect"]);
    await deauthorize(node, ANNA, [SERVER]);
    if (scopes) {
      expect(await hers.closed).toBe(1001);
      expect(session.may("file.read")).toBe(false);
    } else {
      hers.say("set state", "start");
      expect(await hers.next("jwt error")).toMatch(/denylist/);
      // What daemons of old cannot do.
      expect(session.may("file.read")).toBe(true);
    }
    his.say("send stats");
    await his.next("stats");
    expect((await servers.readServer(node, SERVER)).state).toBe("offline");
    const again = await openConsole(`http://127.0.0.1:${wings.port}`, SERVER, panel.remote);
    opened.push(again);
    again.say("auth", token);
    expect(await again.next("jwt error")).toMatch(/denylist/);
    // Whoever gets the right back is let in again a moment later.
    again.say(
      "auth",
      await tokens.socketToken(tokens.signerOf({ ...node, driftMs: 2000 }), holder, ["websocket.connect"]),
    );
    await again.next("auth success");
    // And nobody named is nothing said.
    const before = wings.asked.length;
    await deauthorize(node, ANNA, []);
    expect(wings.asked).toHaveLength(before);
    await deauthorize(node, ANNA, [OTHER]);
  });

  test("T5: what was signed before the daemon started is dead after it", async () => {
    await made();
    const token = await tokens.socketToken(
      { ...tokens.signerOf(node), now: Math.floor(Date.now() / 1000) - 30 },
      holder,
      ["websocket.connect"],
    );
    await wings.reboot();
    expect([...wings.servers.keys()].toSorted()).toEqual([SERVER, OTHER]);
    const one = await openConsole(`http://127.0.0.1:${wings.port}`, SERVER, panel.remote);
    opened.push(one);
    one.say("auth", token);
    expect(await one.next("jwt error")).toMatch(/denylist/);
  });

  test("a server moves to another node with its files, and one that does not arrive stays", async () => {
    await made();
    put("world.dat", "world");
    const target = await startWings({ version, panel: wings.panel });
    opened.push(target);
    target.config = wings.config;
    const there = { ...node, port: target.port };
    const signer = tokens.signerOf(there);
    const move = async (token: string) => {
      await servers.startTransfer(node, SERVER, { address: signer.address, token });
      await wings.settled();
    };
    await move(await tokens.transferToken({ ...signer, secret: "x".repeat(64) }, SERVER));
    expect(panel.told.at(-1)?.path).toBe(`/servers/${SERVER}/transfer/failure`);
    expect((await servers.readServer(node, SERVER)).state).toBe("offline");
    await move(await tokens.transferToken(signer, SERVER));
    expect(panel.told.at(-1)?.path).toBe(`/servers/${SERVER}/transfer/success`);
    expect(readFileSync(path.join(target.root, "volumes", SERVER, "world.dat"), "utf8")).toBe("world");
    await servers.refuseTransfer(there, SERVER);
    expect(await trouble(servers.readServer(there, SERVER))).toBe("none");
    expect(await trouble(servers.startTransfer(node, SERVER, { address: signer.address, token: "x" }))).toBe(
      "conflict",
    );
    await servers.cancelTransfer(node, SERVER);
    await servers.deleteServer(node, SERVER);
    await servers.cancelTransfer(node, SERVER);
  });
});

test("what people may at a node is named one by one, and nothing is given for what they do not have", () => {
  const only =
    (...held: string[]) =>
    (capability: string) =>
      held.includes(capability);
  const nobody = { owner: false, staff: false };
  expect(socketPermissions(only("files", "backups"), nobody)).toBeNull();
  expect(socketPermissions(only("console"), nobody)).toEqual([
    "websocket.connect",
    "control.console",
    "control.start",
    "control.stop",
    "control.restart",
  ]);
  expect(socketPermissions(only("console", "backups"), nobody)).toContain("backup.read");
  expect(socketPermissions(only("console"), nobody)?.join()).not.toMatch(/admin|\*/);
  expect(socketPermissions(only("console"), { owner: true, staff: false })).not.toContain("admin.websocket.errors");
  expect(sftpPermissions(only("console"))).toEqual([]);
  expect(sftpPermissions(only("files")).every((one) => one.startsWith("file."))).toBe(true);
});
