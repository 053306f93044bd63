/** Servers that move from one node to another: the source sends all of it, the target tells the panel. */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { packed, unpack } from "./archive.ts";
import { askPanel } from "./panel.ts";
import { stop } from "./process.ts";
import { type Ask, bodyOf, Refusal, rawOf, textIn } from "./request.ts";
import { addServer, removeServer } from "./servers.ts";
import { emit } from "./socket.ts";
import { beside, knowsScopes, type Server, type Wings } from "./state.ts";
import { hasScope, textOf, verified } from "./tokens.ts";

export async function sendAway(wings: Wings, server: Server, { request, say }: Ask): Promise<void> {
  const body = await bodyOf(request);
  const [url, token] = [textIn(body, "url"), textIn(body, "token")];
  if (server.busy === "transferring") throw new Refusal(409, "A transfer is already in progress for this server.");
  server.busy = "transferring";
  server.cancelled = false;
  say(202);
  beside(wings, async () => {
    try {
      if (server.child) await stop(server);
      emit(server, "transfer status", ["processing"]);
      const archive = await packed(server.folder);
      if (server.cancelled) throw new Error("It was called off.");
      const form = new FormData();
      form.set("archive", new Blob([new Uint8Array(archive)]), "archive.tar.gz");
      form.set("checksum", createHash("sha256").update(archive).digest("hex"));
      const { ok } = await fetch(url, { method: "POST", headers: { authorization: token }, body: form });
      if (!ok) throw new Error("The target does not take it.");
      emit(server, "transfer status", ["completed"]);
    } catch {
      server.busy = null;
      emit(server, "transfer status", ["failure"]);
      await askPanel(wings, "POST", `/servers/${server.uuid}/transfer/failure`);
    }
  });
}

export function callOff(server: Server, { say }: Ask): void {
  if (server.busy !== "transferring") throw new Refusal(409, "Server is not currently being transferred.");
  server.cancelled = true;
  emit(server, "transfer status", ["cancelling"]);
  say(202);
}

/** From another node, with what the panel signed for this one. */
export async function takeIn(wings: Wings, { request, say }: Ask): Promise<void> {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (!token) throw new Refusal(401, "The required authorization heads were not present in the request.");
  const claims = verified(wings, token);
  const uuid = claims.sub ?? "";
  if (!hasScope(wings, claims, "transfer")) throw new Refusal(403, "This token cannot be used for that.");
  textOf(claims, "unique_id");
  const form = await new Request("http://wings", {
    method: "POST",
    headers: { "content-type": request.headers["content-type"] ?? "" },
    body: new Uint8Array(await rawOf(request)),
  }).formData();
  let server: Server | undefined;
  try {
    server = await addServer(wings, uuid);
    server.busy = "transferring";
    const file = form.get("archive");
    if (file === null || typeof file === "string") throw new Error("There is no archive.");
    const archive = Buffer.from(await file.arrayBuffer());
    if (createHash("sha256").update(archive).digest("hex") !== form.get("checksum"))
      throw new Error("The checksum is another.");
    await unpack(archive, server.folder);
  } catch {
    if (server) await removeServer(wings, server, { files: true });
    await askPanel(wings, "POST", `/servers/${uuid}/transfer/failure`).catch(() => undefined);
    throw new Refusal(500, "An unexpected error was encountered while processing this request.");
  }
  try {
    await askPanel(wings, "POST", `/servers/${uuid}/transfer/success`);
    server.busy = null;
    emit(server, "transfer status", ["success"]);
  } catch {
    // It has all of it, and keeps it until somebody has it deleted.
  }
  say(200);
}

/** Calls off what comes in. */
export async function refuseIncoming(wings: Wings, uuid: string, { say }: Ask): Promise<void> {
  // Of old it looks for the server where it was not put, and falls over.
  if (!knowsScopes(wings)) throw new Refusal(500, "An unexpected error was encountered while processing this request.");
  const server = wings.servers.get(uuid);
  if (server?.busy !== "transferring") throw new Refusal(409, "Server is not currently being transferred.");
  await removeServer(wings, server, { files: true });
  await rm(server.folder, { recursive: true, force: true });
  say(202);
}
