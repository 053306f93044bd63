/** The panel's client of daemons against one, over the network: every call, as 1.11 and as 1.13 answer. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sealedToken } from "#lib/nodes/credentials.ts";
import type { DaemonError, NodeAddress } from "#lib/wings/call.ts";
import { deauthorize } from "#lib/wings/deauthorize.ts";
import * as files from "#lib/wings/files.ts";
import { sftpPermissions, socketPermissions } from "#lib/wings/rights.ts";
import * as servers from "#lib/wings/servers.ts";
import * as tokens from "#lib/wings/tokens.ts";
import { openConsole } from "../support/wings/browser.ts";
import { ANNA, BERT, fake, holder, OTHER, SECRET, SERVER, trouble } from "../support/wings/daemons.ts";
import type { StandIn } from "../support/wings/stand-in.ts";
import { startWings, type Wings } from "../support/wings.ts";

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

describe.each(["1.11.13", "1.13.1"])("Wings %s", (version) => {
  const scopes = version !== "1.11.13";
  let wings: Wings;
  let panel: StandIn;
  let node: NodeAddress;

  beforeEach(async () => {
    ({ wings, panel, node } = await fake(version));
    opened.push(panel, wings);
    panel.servers.set(SERVER, {});
    panel.servers.set(OTHER, {});
  });

  const made = async (server = SERVER) => {
    expect(await servers.createServer(node, server, false)).toBe(true);
    await wings.settled();
  };
  const file = (name: string, server = SERVER) => path.join(wings.root, "volumes", server, name);
  const put = (name: string, content: string | Buffer) => writeFileSync(file(name), content);

  test("an answer that was lost makes no second copy when the call is made again", async () => {
    Object.assign(wings, { drops: true, only: /^POST \/api\/servers$/ });
    expect(await trouble(servers.createServer(node, SERVER, false))).toBe("unreachable");
    Object.assign(wings, { drops: false });
    expect(await servers.createServer(node, SERVER, false)).toBe(false);
    expect(wings.doubled).toEqual([]);
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
    const transfer = read(await tokens.transferToken(tokens.signerOf(node), SERVER));
    expect(transfer).toMatchObject({ sub: SERVER, scope: "transfer" });
    // Daemons of old take it as often as it is shown.
    expect(transfer.exp - transfer.iat).toBe(120);
    for (const token of [address, await tokens.socketToken(tokens.signerOf(node), holder, [])])
      expect(read(token)).not.toHaveProperty("sub");
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

  test("a session over SFTP ends with the right, where the daemon can do that", async () => {
    await made();
    const login = `anna.${SERVER.slice(0, 8)}`;
    panel.people.set(login, { user: ANNA, server: SERVER, permissions: sftpPermissions(() => true) });
    const session = await wings.sftpLogin(login, { password: "hers" });
    expect(["file.read", "file.delete", "file.sftp"].map((one) => session.may(one))).toEqual([true, true, false]);
    await deauthorize(node, ANNA, [SERVER]);
    expect(session.may("file.read")).toBe(!scopes);
    // And nobody named is nothing said.
    const before = wings.asked.length;
    await deauthorize(node, ANNA, []);
    expect(wings.asked).toHaveLength(before);
  });

  test("an installation that cannot begin is told as one that failed", async () => {
    await made();
    wings.failsInstalls = true;
    await servers.reinstallServer(node, SERVER);
    await wings.settled();
    expect(panel.told.at(-1)?.body).toEqual({ successful: false, reinstall: true });
  });

  test("what was signed before the daemon started is dead after it", async () => {
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
