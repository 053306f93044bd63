/** The files of a server, as people work with them: asked of its node at once, and each change noted. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { transaction } from "#db/client.ts";
import type { Actor } from "#lib/actor.ts";
import { Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { askThread, ThreadBusy } from "#lib/thread.ts";
import * as daemon from "#lib/wings/files.ts";
import { fileAddress, signerOf, uploadAddress } from "#lib/wings/tokens.ts";
import { assertAtRest } from "../at-rest.ts";
import { handOut } from "../holders.ts";
import { targetOf } from "../installation.ts";
import type { LoadedServer } from "../load.ts";
import { type Listing, listingOf } from "./listing.ts";
import { joined } from "./paths.ts";

/** The server with its node, and whether staff come in through a permission. */
export type Place = Pick<LoadedServer, "server" | "node"> & { asStaff: boolean };

/** A longer answer is put into order in a thread of its own. */
const SHORT_BYTES = 64 * 1024;
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };

export async function listFiles({ server, node }: Place, folder: string) {
  assertAtRest(server);
  const told = await daemon.listFolder(node, server.uuid, folder);
  const listing = told.length <= SHORT_BYTES ? listingOf(told) : await listedApart(told);
  if (listing === null)
    throw new Problem("provider_failed", "The node’s daemon answered with something that is no list of files.");
  return { folder, ...listing };
}

async function listedApart(told: Buffer): Promise<Listing | null> {
  // A copy: what is handed over is gone here, and buffers can share their memory.
  const bytes = new Uint8Array(told);
  const asking = { handed: [bytes.buffer], limits: LIMITS, idleMs: 60_000 };
  try {
    return (await askThread("servers/files/listing-worker.mjs", { bytes }, asking)) as Listing | null;
  } catch (error) {
    if (!(error instanceof ThreadBusy)) throw error;
    throw new Problem("rate_limited", "Many long folders are being opened just now. Try again in a few seconds.", {
      retryAfter: 5,
    });
  }
}

/** `version` tells later whether it is still the same. */
export async function readFile(place: Place, path: string, actor: Actor) {
  assertAtRest(place.server);
  const text = await daemon.readText(place.node, place.server.uuid, path);
  note(place, actor, { read: path });
  return { path, text, version: versionOf(text) };
}

const versionOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);

/** `version`: of the text that was changed. What somebody else wrote meanwhile is not lost. */
export async function writeFile(
  place: Place,
  { path, text, version }: { path: string; text: string; version?: string | undefined },
  actor: Actor,
) {
  const { server, node } = place;
  assertAtRest(server);
  const bytes = Buffer.byteLength(text);
  if (bytes > daemon.EDITABLE_BYTES)
    throw new Problem("too_large", `Only files of at most ${daemon.EDITABLE_BYTES / 1024 ** 2} MiB are edited here.`);
  if (version !== undefined && versionOf(await daemon.readText(node, server.uuid, path)) !== version)
    throw new Problem("conflict", "Somebody else has changed this file meanwhile. Copy your text and open it again.");
  await daemon.writeFile(node, server.uuid, path, { open: () => Readable.from([Buffer.from(text)]), bytes });
  note(place, actor, { written: path, bytes });
  return { path, version: versionOf(text) };
}

export async function createFolder(place: Place, folder: string, name: string, actor: Actor) {
  assertAtRest(place.server);
  await daemon.createFolder(place.node, place.server.uuid, folder, name);
  const path = joined(folder, name);
  note(place, actor, { folder: path });
  return { path };
}

/** Renames and moves. */
export async function moveFiles(place: Place, files: readonly { from: string; to: string }[], actor: Actor) {
  assertAtRest(place.server);
  for (const { from, to } of files)
    if (to.startsWith(`${from}/`)) throw new Problem("provider_refused", "A folder cannot be moved into itself.");
  // From the root, and so without what stands before it.
  const inner = files.map(({ from, to }) => ({ from: from.slice(1), to: to.slice(1) }));
  await daemon.renameFiles(place.node, place.server.uuid, "/", inner);
  note(place, actor, { moved: files });
  return { moved: files.length };
}

export async function copyFile(place: Place, path: string, actor: Actor) {
  assertAtRest(place.server);
  await daemon.copyFile(place.node, place.server.uuid, path);
  note(place, actor, { copied: path });
  return { path };
}

export async function removeFiles(place: Place, folder: string, names: readonly string[], actor: Actor) {
  assertAtRest(place.server);
  await daemon.deleteFiles(place.node, place.server.uuid, folder, names);
  note(place, actor, { deleted: names.map((name) => joined(folder, name)) });
  return { deleted: names.length };
}

export async function packFiles(place: Place, folder: string, names: readonly string[], actor: Actor) {
  assertAtRest(place.server);
  const { name } = await daemon.compressFiles(place.node, place.server.uuid, folder, names);
  const archive = joined(folder, name);
  note(place, actor, { packed: names.map((one) => joined(folder, one)), archive });
  return { path: archive };
}

export async function unpackFile(place: Place, folder: string, name: string, actor: Actor) {
  assertAtRest(place.server);
  await daemon.decompressFile(place.node, place.server.uuid, folder, name);
  note(place, actor, { unpacked: joined(folder, name) });
  return { path: folder };
}

export async function changeModes(
  place: Place,
  { folder, names, mode }: { folder: string; names: readonly string[]; mode: string },
  actor: Actor,
) {
  assertAtRest(place.server);
  const files: string[] = [];
  try {
    for (const name of names) {
      await daemon.changeMode(place.node, place.server.uuid, folder, name, mode);
      files.push(joined(folder, name));
    }
  } finally {
    // Those before the one that failed are changed all the same.
    if (files.length > 0) note(place, actor, { mode, files });
  }
  return { changed: names.length };
}

/** An address that gets one file from the node, once and soon. Rights are looked at now: later nobody asks. */
export async function downloadFile(place: Place, path: string, actor: Actor & { id: string }) {
  assertAtRest(place.server);
  handOut(place.server, actor.id, "files", place.asStaff);
  const address = await fileAddress(signerOf(place.node), { user: actor.id, server: place.server.uuid }, path);
  note(place, actor, { downloaded: path });
  return { address };
}

/** An address that takes files to a folder of the node, once and soon. */
export async function uploadFiles(place: Place, folder: string, actor: Actor & { id: string }) {
  assertAtRest(place.server);
  handOut(place.server, actor.id, "files", place.asStaff);
  const address = await uploadAddress(signerOf(place.node), { user: actor.id, server: place.server.uuid });
  note(place, actor, { uploads: folder });
  return {
    address: `${address}&directory=${encodeURIComponent(folder)}`,
    /** Of one file. */
    mostBytes: place.node.uploadLimit * 1024 * 1024,
  };
}

function note({ server, asStaff }: Place, actor: Actor, after: object): void {
  transaction((tx) =>
    audit(tx, actor, {
      ...targetOf(server),
      asStaff,
      after,
    }),
  );
}
