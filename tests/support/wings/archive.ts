/** Archives as the daemon makes them: tar, compressed. */
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { extract, pack } from "tar-stream";

/** Of the things named in the folder, or of all that is in it. */
export async function packed(folder: string, names?: readonly string[]): Promise<Buffer> {
  const tar = pack();
  const chunks: Buffer[] = [];
  tar.on("data", (chunk: unknown) => void chunks.push(chunk as Buffer));
  const add = async (name: string): Promise<void> => {
    const full = path.join(folder, name);
    const { mode, mtime, isDirectory } = await stat(full).then((found) => ({
      mode: found.mode & 0o777,
      mtime: found.mtime,
      isDirectory: found.isDirectory(),
    }));
    if (isDirectory) {
      tar.entry({ name: `${name}/`, type: "directory", mode, mtime });
      for (const inner of (await readdir(full)).sort()) await add(path.posix.join(name, inner));
    } else tar.entry({ name, mode, mtime }, await readFile(full));
  };
  for (const name of names ?? (await readdir(folder)).sort()) await add(name);
  const ended = new Promise<void>((resolve) => tar.once("end", () => resolve()));
  tar.finalize();
  await ended;
  return gzipSync(Buffer.concat(chunks));
}

/** Throws where it is no archive of this kind. */
export async function unpack(archive: Buffer, folder: string): Promise<void> {
  const raw = gunzipSync(archive);
  const files: { name: string; mode: number; content: Buffer | null }[] = [];
  const tar = extract();
  tar.on("entry", (header, stream, next) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: unknown) => void chunks.push(chunk as Buffer));
    stream.on("end", () => {
      const content = header.type === "directory" ? null : Buffer.concat(chunks);
      files.push({ name: header.name, mode: header.mode ?? 0o644, content });
      next();
    });
    stream.resume();
  });
  const ended = new Promise<void>((resolve, reject) => tar.once("finish", () => resolve()).once("error", reject));
  tar.end(raw);
  await ended;
  for (const { name, mode, content } of files) {
    // Nothing gets out of the folder.
    const target = path.join(folder, path.posix.normalize(`/${name}`));
    await mkdir(content === null ? target : path.dirname(target), { recursive: true });
    if (content !== null) await writeFile(target, content, { mode });
  }
}
