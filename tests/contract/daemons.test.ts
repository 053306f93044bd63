/** What every daemon does when the panel's client asks, over the network: the ones of the tests, and Wings itself where it is there. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sealedToken } from "#lib/nodes/credentials.ts";
import { listingOf } from "#lib/servers/files/listing.ts";
import { assertThere, createBackup, deleteBackup, restoreBackup } from "#lib/wings/backups.ts";
import type { NodeAddress } from "#lib/wings/call.ts";
import { deauthorize } from "#lib/wings/deauthorize.ts";
import * as files from "#lib/wings/files.ts";
import { socketPermissions } from "#lib/wings/rights.ts";
import * as servers from "#lib/wings/servers.ts";
import * as tokens from "#lib/wings/tokens.ts";
import { type Console, openConsole } from "../support/wings/browser.ts";
import {
  ANNA,
  BACKUP,
  BERT,
  type Daemon,
  daemons,
  holder,
  OTHER,
  SECRET,
  SERVER,
  trouble,
} from "../support/wings/daemons.ts";
import type { StandIn } from "../support/wings/stand-in.ts";

let data: string;
beforeAll(() => {
  data = mkdtempSync(path.join(tmpdir(), "zonegate-daemons-"));
  Object.assign(process.env, { DATA_DIR: data, ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const SOON = { interval: 20, timeout: 45_000 };

describe.each(daemons)("%s", (_name, start) => {
  let daemon: Daemon;
  let panel: StandIn;
  let node: NodeAddress;
  let at: string;
  const opened: { close(): unknown }[] = [];

  beforeEach(async () => {
    daemon = await start();
    ({ panel, node } = daemon);
    at = `http://127.0.0.1:${node.port}`;
    panel.servers.set(SERVER, {});
    panel.servers.set(OTHER, {});
  });
  afterEach(async () => {
    for (const one of opened.splice(0).toReversed()) await one.close();
    await daemon.close();
  });

  /** What the panel was told there, the latest last. */
  const told = (where: string) => panel.told.flatMap((one) => (one.path === where ? [one.body] : []));
  /** Until the panel was told so often there. */
  const heard = async (where: string, times: number) => {
    await daemon.hurry();
    await expect.poll(() => told(where).length, SOON).toBe(times);
    await daemon.hurry();
    return told(where).at(-1);
  };
  const INSTALL = `/servers/${SERVER}/install`;
  const made = async (server = SERVER) => {
    expect(await servers.createServer(node, server, false)).toBe(true);
    await heard(`/servers/${server}/install`, 1);
  };
  const file = (name: string, server = SERVER) => path.join(daemon.root, "volumes", server, name);
  const put = (name: string, content: string | Buffer) => writeFileSync(file(name), content);
  const listed = async (folder: string) => listingOf(await files.listFolder(node, SERVER, folder))?.items ?? [];
  const archive = () => tokens.backupAddress(tokens.signerOf(node), holder, BACKUP);
  const until = (state: string) =>
    expect.poll(async () => (await servers.readServer(node, SERVER)).state, SOON).toBe(state);
  const started = async () => {
    await servers.power(node, SERVER, "start");
    await until("running");
  };
  const console = async (permissions: string[] | null = null, user = ANNA): Promise<Console> => {
    const held = permissions ?? socketPermissions(() => true, { owner: false, staff: false }) ?? [];
    const one = await openConsole(at, SERVER, panel.remote);
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
    expect(await trouble(servers.createServer(node, "019A0000-0000-7000-8000-000000000001", false))).toBe("invalid");
  });

  test("it calls the panel when a server is read anew, and for one that nobody has, which it then has not either", async () => {
    await made();
    panel.asked.length = 0;
    await servers.syncServer(node, SERVER);
    expect(panel.asked).toEqual([SERVER]);
    const nobodys = "0a3cbb43-58c9-4a53-8f0f-1f29d9d4c0ff";
    expect(await trouble(servers.createServer(node, nobodys, false))).toBe("failed");
    expect(panel.asked).toEqual([SERVER, nobodys]);
    expect(await trouble(servers.readServer(node, nobodys))).toBe("not_found");
    const credentials = { authorization: `Bearer ${SECRET}` };
    const all = await (await fetch(`${at}/api/servers`, { headers: credentials })).text();
    expect(all).not.toContain(nobodys);
    await panel.close();
    expect(await trouble(servers.syncServer(node, SERVER, 3000))).toMatch(/timeout|failed/);
  });

  test("what is told of a server has nothing of its configuration", async () => {
    panel.servers.set(SERVER, { environment: { SECRET_WORD: "hidden" } });
    await made();
    const raw = await fetch(`${at}/api/servers/${SERVER}`, { headers: { authorization: `Bearer ${SECRET}` } });
    expect(await raw.text()).toContain("hidden");
    expect(JSON.stringify(await servers.readServer(node, SERVER))).not.toMatch(/hidden|SECRET_WORD|invocation/);
  });

  test("power, commands and the console's lines", async () => {
    await made();
    expect(await trouble(servers.sendCommands(node, SERVER, ["early"]))).toBe("failed");
    expect(await trouble(servers.readLogs(node, SERVER))).toBe("failed");
    await started();
    expect(readFileSync(file("server.properties"), "utf8")).toContain("server-port=25565\n");
    await servers.sendCommands(node, SERVER, ["hello"]);
    const lines = async () => (await servers.readLogs(node, SERVER)).map((line) => line.trim());
    await expect.poll(lines, SOON).toContain("said hello aloud");
    await servers.power(node, SERVER, "stop");
    await until("offline");
    await servers.power(node, SERVER, "restart");
    await until("running");
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
    await until("offline");
    expect((await servers.readServer(node, SERVER)).suspended).toBe(true);
    expect(await trouble(servers.power(node, SERVER, "start"))).toBe("invalid");
    panel.servers.set(SERVER, null);
    expect(await trouble(servers.syncServer(node, SERVER))).toBe("failed");
  });

  test("installing again runs the script again and leaves the files", async () => {
    await made();
    put("kept.txt", "kept");
    panel.script = "echo again > /mnt/server/installed.txt";
    await servers.installServer(node, SERVER);
    await heard(INSTALL, 2);
    expect(readFileSync(file("installed.txt"), "utf8")).toBe("again\n");
    panel.servers.set(SERVER, { skip_egg_scripts: true });
    panel.script = "rm -f /mnt/server/kept.txt";
    await servers.reinstallServer(node, SERVER);
    expect(await heard(INSTALL, 3)).toEqual({ successful: true, reinstall: true });
    expect(readFileSync(file("kept.txt"), "utf8")).toBe("kept");
  });

  test("deleting a server ends its process; what is gone is gone", async () => {
    await made();
    await started();
    await servers.deleteServer(node, SERVER);
    await expect.poll(() => existsSync(file("")), SOON).toBe(false);
    expect(await trouble(servers.readServer(node, SERVER))).toBe("not_found");
    await servers.deleteServer(node, SERVER);
  });

  test("files are listed, read, written, moved, copied, packed, unpacked and deleted", async () => {
    await made();
    const write = (name: string, text: string) =>
      files.writeFile(node, SERVER, name, { open: () => Readable.from([text]), bytes: Buffer.byteLength(text) });
    await files.createFolder(node, SERVER, "/", "world");
    await files.createFolder(node, SERVER, "/", "world");
    expect(await trouble(files.createFolder(node, SERVER, "/", "installed.txt"))).toBe("failed");
    await write("/world/Ä & ?.txt", "grüezi");
    expect(await files.readText(node, SERVER, "/world/Ä & ?.txt")).toBe("grüezi");
    expect(await listed("/world")).toMatchObject([
      { name: "Ä & ?.txt", bytes: 7, folder: false, mode: "644", modifiedAt: expect.any(Number) },
    ]);
    expect((await listed("/")).map(({ name }) => name)).toEqual(["world", "installed.txt"]);
    await files.renameFiles(node, SERVER, "/world", [{ from: "Ä & ?.txt", to: "b.txt" }]);
    await files.copyFile(node, SERVER, "/world/b.txt");
    expect((await listed("/world")).map(({ name }) => name)).toEqual(["b copy.txt", "b.txt"]);
    expect(await trouble(files.renameFiles(node, SERVER, "/world", [{ from: "b.txt", to: "b copy.txt" }]))).toBe(
      "invalid",
    );
    const archive = await files.compressFiles(node, SERVER, "/", ["world"]);
    expect(archive).toMatchObject({ name: expect.stringMatching(/\.tar\.gz$/) });
    await files.deleteFiles(node, SERVER, "/", ["world"]);
    // 500 from some, which is said in the same words.
    await expect(files.listFolder(node, SERVER, "/world")).rejects.toThrow(/no such folder/);
    await files.decompressFile(node, SERVER, "/", archive.name);
    expect(await files.readText(node, SERVER, "/world/b.txt")).toBe("grüezi");
    expect(await trouble(files.decompressFile(node, SERVER, "/", "installed.txt"))).toBe("invalid");
    await files.changeMode(node, SERVER, "/", "installed.txt", "0755");
    expect(statSync(file("installed.txt")).mode & 0o777).toBe(0o755);
    await write("/empty", "");
    expect(await files.readText(node, SERVER, "/empty")).toBe("");
    await expect(files.readText(node, SERVER, "/nothing")).rejects.toThrow(/no such file/);
    await expect(files.copyFile(node, SERVER, "/nothing")).rejects.toThrow(/no such file/);
    expect(await trouble(files.readText(node, SERVER, "/world"))).not.toBe("none");
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
    symlinkSync(file("", OTHER), file("out"));
    expect(await trouble(files.readText(node, SERVER, "/out/theirs.txt"))).not.toBe("none");
    expect(await trouble(files.readText(node, SERVER, `/../${OTHER}/theirs.txt`))).not.toBe("none");
  });

  test("what the egg protects is said to be so, and is no panel that the node does not know", async () => {
    await made();
    const writing = files.writeFile(node, SERVER, "/protected.txt", { open: () => Readable.from(["x"]), bytes: 1 });
    await expect(writing).rejects.toThrow(/egg of this server/);
    const stranger = { ...node, token: sealedToken(node.id, "x".repeat(64)) };
    await expect(servers.readServer(stranger, SERVER)).rejects.toThrow(/credentials/);
    expect(await trouble(servers.readServer(stranger, SERVER))).toBe("refused");
  });

  test("backups are made, told with their checksum, restored and deleted", async () => {
    await made();
    put("a.txt", "before");
    put("skipped.log", "log");
    await createBackup(node, SERVER, BACKUP, ["*.log"]);
    expect(await heard(`/backups/${BACKUP}`, 1)).toMatchObject({
      successful: true,
      checksum_type: "sha1",
      checksum: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    put("a.txt", "after");
    put("b.txt", "new");
    await restoreBackup(node, SERVER, BACKUP, false);
    await heard(`/backups/${BACKUP}/restore`, 1);
    expect(readFileSync(file("a.txt"), "utf8")).toBe("before");
    expect(existsSync(file("b.txt"))).toBe(true);
    await restoreBackup(node, SERVER, BACKUP, true);
    expect(await heard(`/backups/${BACKUP}/restore`, 2)).toEqual({ successful: true });
    expect(existsSync(file("b.txt"))).toBe(false);
    expect(existsSync(file("skipped.log"))).toBe(false);
    const address = await archive();
    expect((await fetch(address)).status).toBe(200);
    await assertThere(node, await archive());
    await deleteBackup(node, SERVER, BACKUP);
    await deleteBackup(node, SERVER, BACKUP);
    expect(await trouble(assertThere(node, await archive()))).toBe("not_found");
    expect(await trouble(restoreBackup(node, SERVER, BACKUP, false))).toBe("failed");
  });

  test("a backup that the panel does not take is deleted by the daemon", async () => {
    await made();
    panel.refusing.set(`/backups/${BACKUP}`, 409);
    await createBackup(node, SERVER, BACKUP, []);
    await heard(`/backups/${BACKUP}`, 1);
    await expect.poll(async () => trouble(assertThere(node, await archive())), SOON).toBe("not_found");
    expect(told(`/backups/${BACKUP}`)).toHaveLength(1);
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

  test("no token is taken for something else than it was made for", async () => {
    await made();
    put("a.txt", "content");
    const signer = tokens.signerOf(node);
    const socket = await tokens.socketToken(signer, holder, ["websocket.connect"]);
    const tokenIn = (address: string) => new URL(address).searchParams.get("token") ?? "";
    const download = tokenIn(await tokens.fileAddress(signer, holder, "/a.txt"));
    const backup = tokenIn(await tokens.backupAddress(signer, holder, BACKUP));
    const upload = tokenIn(await tokens.uploadAddress(signer, holder));
    const transfer = await tokens.transferToken(signer, SERVER);
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
      expect(await one.next("jwt error")).toMatch(/jwt: /);
    }
    // Each does what it is for, unless it was tried for something else: some daemons take it for used then.
    expect((await fetch(await tokens.fileAddress(signer, holder, "/a.txt"))).status).toBe(200);
  });

  test("a console shows what happens and does what its rights allow, on the panel’s own pages alone", async () => {
    await made();
    await expect(openConsole(at, SERVER, "https://evil.example")).rejects.toThrow("403");
    await expect(openConsole(at, SERVER, undefined)).rejects.toThrow("403");
    const one = await console();
    await one.next("auth success");
    expect(await one.next("status")).toBe("offline");
    one.say("set state", "start");
    expect(await one.next("status", /running/)).toBe("running");
    one.say("send command", "hello");
    expect((await one.next("console output", /said/)).trim()).toBe("said hello aloud");
    one.say("send stats");
    expect(JSON.parse(await one.next("stats"))).toMatchObject({ state: "running" });
    const looker = await console(["websocket.connect"], BERT);
    await looker.next("auth success");
    looker.say("set state", "kill");
    looker.say("send command", "evil");
    looker.say("send logs");
    expect((await looker.next("console output", /said/)).trim()).toBe("said hello aloud");
    expect(looker.heard.map(({ args }) => args.join()).join()).not.toMatch(/evil/);
    expect((await servers.readServer(node, SERVER)).state).toBe("running");
    await daemon.hurry();
    const activity = () =>
      told("/activity")
        .flatMap((body) => (body as { data: { event: string }[] }).data)
        .toSorted((a, b) => b.event.localeCompare(a.event));
    await expect.poll(activity, SOON).toHaveLength(2);
    expect(activity()).toMatchObject([
      { user: ANNA, event: "server:power.start" },
      { user: ANNA, event: "server:console.command", metadata: { command: "hello" } },
    ]);
  });

  test("who is taken out of a server hears and does nothing more there", async () => {
    await made();
    const [hers, his] = [await console(null, ANNA), await console(null, BERT)];
    await hers.next("auth success");
    await his.next("auth success");
    const token = await tokens.socketToken(tokens.signerOf(node), holder, ["websocket.connect"]);
    await deauthorize(node, ANNA, [SERVER]);
    if (daemon.closes) await hers.closed;
    else {
      hers.say("set state", "start");
      expect(await hers.next("jwt error")).toMatch(/denylist/);
    }
    expect((await servers.readServer(node, SERVER)).state).toBe("offline");
    const again = await openConsole(at, SERVER, panel.remote);
    opened.push(again);
    again.say("auth", token);
    expect(await again.next("jwt error")).toMatch(/denylist/);
    // Whoever gets the right back is let in again a moment later.
    again.say(
      "auth",
      await tokens.socketToken(tokens.signerOf({ ...node, driftMs: 2000 }), holder, ["websocket.connect"]),
    );
    await again.next("auth success");
    await deauthorize(node, ANNA, [OTHER]);
  });
});
