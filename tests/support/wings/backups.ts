/** Backups on the node's own disk, told to the panel when they are done; what the panel does not take is deleted. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { packed, unpack } from "./archive.ts";
import { askPanel } from "./panel.ts";
import { stop } from "./process.ts";
import { type Ask, bodyOf, gone, Refusal, textIn } from "./request.ts";
import { emit } from "./socket.ts";
import { beside, type Server, type Wings } from "./state.ts";

/** With no server in the path: whose it is only the panel knows. */
export const backupFile = (wings: Wings, backup: string): string =>
  path.join(wings.root, "backups", `${path.basename(backup)}.tar.gz`);

export async function createBackup(wings: Wings, server: Server, { request, say }: Ask): Promise<void> {
  const body = await bodyOf(request);
  const [uuid, adapter] = [textIn(body, "uuid"), textIn(body, "adapter")];
  if (adapter !== "wings" && adapter !== "s3") throw new Refusal(400, "Unknown backup adapter provided.");
  const ignored = textIn(body, "ignore")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  say(202);
  beside(wings, async () => {
    const file = backupFile(wings, uuid);
    const failed = { checksum: "", checksum_type: "", size: 0, successful: false, parts: null };
    let outcome: object = failed;
    if (adapter === "wings" && !wings.failsBackups) {
      const names = (await readdir(server.folder)).filter(
        (name) => !ignored.some((one) => path.matchesGlob(name, one)),
      );
      const archive = await packed(server.folder, names);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, archive);
      const checksum = createHash("sha1").update(archive).digest("hex");
      outcome = { checksum, checksum_type: "sha1", size: archive.length, successful: true, parts: null };
    }
    try {
      await askPanel(wings, "POST", `/backups/${uuid}`, outcome);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
    const { checksum, checksum_type, size, successful } = outcome as typeof failed;
    emit(server, "backup completed", [
      JSON.stringify({ uuid, is_successful: successful, checksum, checksum_type, file_size: size }),
    ]);
  });
}

export async function restoreBackup(wings: Wings, server: Server, uuid: string, { request, say }: Ask): Promise<void> {
  const body = await bodyOf(request);
  if (textIn(body, "adapter") !== "wings") throw new Refusal(400, "Unknown backup adapter provided.");
  if (server.busy) throw new Refusal(409, "The server is busy.");
  server.busy = "restoring";
  // Of old it makes room before it looks whether there is a backup.
  if (body.truncate_directory === true) await empty(server.folder);
  if (!existsSync(backupFile(wings, uuid))) {
    server.busy = null;
    throw new Refusal(500, "An unexpected error was encountered while processing this request.");
  }
  say(202);
  beside(wings, async () => {
    let successful = true;
    try {
      if (server.child) await stop(server);
      await unpack(await readFile(backupFile(wings, uuid)), server.folder);
    } catch {
      successful = false;
    }
    server.busy = null;
    // It takes the server for one that is not suspended.
    server.configuration.settings.suspended = false;
    await askPanel(wings, "POST", `/backups/${uuid}/restore`, { successful });
    emit(server, "backup restore completed", [""]);
  });
}

export async function deleteBackup(wings: Wings, uuid: string, { say }: Ask): Promise<void> {
  const file = backupFile(wings, uuid);
  if (!existsSync(file)) throw gone();
  await rm(file);
  say(204);
}

async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(path.join(folder, name), { recursive: true, force: true });
}
