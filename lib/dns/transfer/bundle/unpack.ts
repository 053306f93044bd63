/**
 * The files of a bundle that somebody sent, each under a name of ours: what the archive calls them decides nothing but
 * which zone they are for. Sizes are counted while it unpacks, whatever it announces.
 */
import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import path from "node:path";
import { PassThrough, type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { isProblem, Problem } from "#lib/api/errors.ts";
import { writeOut } from "#lib/write-out.ts";
import { dropFile, newFile, type Upload } from "../uploads.ts";
import { MANIFEST, Manifest } from "./manifest.ts";

export const MOST = { files: 500, octets: 200_000_000, each: 20_000_000, manifest: 2_000_000 };
/** How far headers may run ahead of the files that they announce. */
const SLACK = 1_000_000;

export interface Unpacked {
  /** As the archive has it. */
  name: string;
  file: string;
}

export interface Bundle {
  files: Unpacked[];
  manifest: Manifest | null;
}

/** Throws `invalid_input` with what is wrong; then nothing of it is left. */
export async function unpack(upload: Upload): Promise<Bundle> {
  const files: Unpacked[] = [];
  try {
    const manifest = await takeAll(upload, files);
    if (files.length === 0) throw refused("There is no zone file in this bundle.");
    const missing = manifest?.zones.find(({ file }) => !files.some(({ name }) => name === file));
    if (missing) throw refused(`The manifest speaks of ${brief(missing.file)}, which is not in the bundle.`);
    return { files, manifest };
  } catch (error) {
    await Promise.all(files.map(({ file }) => dropFile(file)));
    if (isProblem(error)) throw error;
    throw refused("This is no .tar or .tar.gz of zone files, or it is damaged.", error);
  }
}

async function takeAll(upload: Upload, files: Unpacked[]): Promise<Manifest | null> {
  let manifest: Manifest | null = null;
  let [octets, announced] = [0, SLACK];
  const counted = new Transform({
    transform(chunk: Buffer, _, next) {
      octets += chunk.length;
      if (octets > MOST.octets) next(refused(`A bundle unpacks to at most ${MOST.octets / 1_000_000} MB.`));
      else if (octets > announced) next(refused("This is no .tar or .tar.gz of zone files, or it is damaged."));
      else next(null, chunk);
    },
  });
  const archive = extract();
  const zipped = await isZipped(upload.file);
  const read = pipeline(createReadStream(upload.file), zipped ? createGunzip() : new PassThrough(), counted, archive);
  // What goes wrong there also ends the loop below.
  read.catch(() => {});
  const seen = new Set<string>();
  for await (const entry of archive) {
    const name = checked(entry.header, seen);
    announced += 512 + Math.ceil((entry.header.size ?? 0) / 512) * 512;
    if (name === null) {
      entry.resume();
      continue;
    }
    if (files.length >= MOST.files) throw refused(`A bundle has at most ${MOST.files} zone files.`);
    const file = newFile();
    if (name !== MANIFEST) files.push({ name, file });
    await writeOut(entry as unknown as Readable, file);
    if (name !== MANIFEST) continue;
    manifest = await manifestIn(file);
  }
  await read;
  return manifest;
}

/** The name of a file to take, or null for what is no file of the bundle. */
function checked({ name, type, size = 0 }: Header, seen: Set<string>): string | null {
  if (/\0|\\|^\/|^[a-z]:|(?:^|\/)\.\.(?:\/|$)/i.test(name))
    throw refused(`A file of the bundle is called ${brief(name)}, which would lie outside of it.`);
  if (type === "directory") return null;
  if (type !== "file" && type !== "contiguous-file")
    throw refused(`${brief(name)} is no plain file. A bundle has no links and no devices.`);
  const plain = name.replace(/^(?:\.\/)+/, "");
  // What macOS puts beside files.
  if (/(?:^|\/)(?:\._[^/]*|\.DS_Store)$/.test(plain)) return null;
  if (seen.has(plain)) throw refused(`${brief(plain)} is in the bundle twice.`);
  seen.add(plain);
  if (plain !== MANIFEST && !ZONE_FILE.test(plain))
    throw refused(`${brief(plain)} is no zone file. A bundle has files that end in .zone, and ${MANIFEST}.`);
  const most = plain === MANIFEST ? MOST.manifest : MOST.each;
  if (size > most) throw refused(`${brief(plain)} is larger than ${most / 1_000_000} MB.`);
  return plain;
}

const ZONE_FILE = /\.(?:zone|txt|db)$/i;

/** What the file is called, without its folder and ending. */
export const stemOf = (name: string): string => path.posix.basename(name).replace(ZONE_FILE, "");

async function manifestIn(file: string): Promise<Manifest> {
  try {
    return Manifest.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    throw refused(`The ${MANIFEST} of the bundle cannot be read.`, error);
  } finally {
    await dropFile(file);
  }
}

async function isZipped(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

function refused(message: string, cause?: unknown): Problem {
  return new Problem("invalid_input", message, { fields: { bundle: message } }, cause);
}

const brief = (name: string): string => {
  const shown = name.replace(/[\p{Cc}\p{Cf}]/gu, "?");
  return shown.length > 80 ? `${shown.slice(0, 77)}…` : shown;
};
