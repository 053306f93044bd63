/** A server's files: real ones, in its folder, and nothing outside of it. */
import { existsSync, realpathSync } from "node:fs";
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { packed, unpack } from "./archive.ts";
import { type Ask, bodyOf, gone, Refusal, rawOf, textIn } from "./request.ts";
import { knowsScopes, type Server, type Wings } from "./state.ts";

/** Where it is on the disk. What a link leads out of the folder to is not there. */
export function within(server: Server, given: string): string {
  const target = path.join(server.folder, path.posix.normalize(`/${given}`));
  let there = target;
  while (!existsSync(there)) there = path.dirname(there);
  const real = realpathSync(there);
  const root = realpathSync(server.folder);
  if (real !== root && !real.startsWith(`${root}/`)) throw gone();
  return target;
}

function assertAllowed(server: Server, given: string): void {
  const name = path.posix.normalize(`/${given}`).slice(1);
  for (const pattern of server.configuration.settings.egg.file_denylist ?? []) {
    const wanted = pattern.replace(/^\//, "");
    if (path.matchesGlob(name, wanted) || path.matchesGlob(path.basename(name), wanted))
      throw new Refusal(403, "This file cannot be modified: present in egg denylist.");
  }
}

const MIME: Readonly<Record<string, string>> = {
  ".gz": "application/gzip",
  ".png": "image/png",
  ".zip": "application/zip",
};

async function described(folder: string, name: string) {
  const found = await stat(path.join(folder, name));
  const directory = found.isDirectory();
  const bits = (found.mode & 0o777).toString(8);
  return {
    name,
    created: found.birthtime.toISOString(),
    modified: found.mtime.toISOString(),
    mode: `${directory ? "d" : "-"}${lettersOf(found.mode)}`,
    mode_bits: bits,
    size: found.size,
    directory,
    file: !directory,
    symlink: false,
    mime: directory ? "inode/directory" : (MIME[path.extname(name)] ?? "text/plain; charset=utf-8"),
  };
}

const lettersOf = (mode: number): string =>
  [6, 3, 0]
    .map((shift) => ["r", "w", "x"].map((letter, n) => ((mode >> shift) & (4 >> n) ? letter : "-")).join(""))
    .join("");

const listOf = (body: Record<string, unknown>): string[] => {
  const files = body.files;
  if (!Array.isArray(files) || files.length === 0) throw new Refusal(422, "No files were specified.");
  return files.map(String);
};

type Route = (server: Server, ask: Ask, wings: Wings) => Promise<void>;

export const fileRoutes: Readonly<Record<string, Route>> = {
  "GET /contents": async (server, { query, give }, wings) => {
    const file = query.get("file") ?? "";
    if (knowsScopes(wings) && wings.version.startsWith("1.0.")) assertAllowed(server, file);
    const target = within(server, file);
    const found = await stat(target).catch(() => null);
    if (!found) throw gone();
    if (!found.isFile()) throw new Refusal(400, "Cannot perform that action: file is a directory.");
    const content = await readFile(target);
    give(
      200,
      {
        "X-Mime-Type": MIME[path.extname(file)] ?? "text/plain; charset=utf-8",
        ...(query.get("download") ? { "Content-Disposition": `attachment; filename="${path.basename(file)}"` } : {}),
      },
      content,
    );
  },
  "GET /list-directory": async (server, { query, say }) => {
    const folder = within(server, query.get("directory") ?? "/");
    const names = await readdir(folder).catch(() => {
      throw gone();
    });
    const all = await Promise.all(names.sort().map((name) => described(folder, name)));
    say(
      200,
      all.toSorted((a, b) => Number(b.directory) - Number(a.directory)),
    );
  },
  "PUT /rename": async (server, { request, say }) => {
    const body = await bodyOf(request);
    const root = textIn(body, "root");
    const files = body.files;
    if (!Array.isArray(files) || files.length === 0) throw new Refusal(422, "No files to move or rename.");
    for (const { from, to } of files as { from: string; to: string }[]) {
      const [source, target] = [path.posix.join(root, from), path.posix.join(root, to)];
      assertAllowed(server, source);
      assertAllowed(server, target);
      if (existsSync(within(server, target)))
        throw new Refusal(400, "Cannot move or rename file, destination already exists.");
      if (!existsSync(within(server, source))) continue;
      await mkdir(path.dirname(within(server, target)), { recursive: true });
      await rename(within(server, source), within(server, target));
    }
    say(204);
  },
  "POST /copy": async (server, { request, say }) => {
    const location = textIn(await bodyOf(request), "location");
    assertAllowed(server, location);
    const source = within(server, location);
    if (!existsSync(source)) throw gone();
    if ((await stat(source)).isDirectory()) throw new Refusal(404, "The requested resource was not found.");
    const { dir, name, ext } = path.parse(source);
    for (let n = 0; ; n++) {
      const copy = path.join(dir, `${name} copy${n === 0 ? "" : ` ${n}`}${ext}`);
      if (existsSync(copy)) continue;
      await cp(source, copy);
      break;
    }
    say(204);
  },
  "POST /write": async (server, { query, request, say }) => {
    const file = query.get("file") ?? "";
    assertAllowed(server, file);
    if (request.headers["content-length"] === undefined) throw new Refusal(400, "Missing Content-Length.");
    const target = within(server, file);
    if (existsSync(target) && (await stat(target)).isDirectory())
      throw new Refusal(400, "Cannot write file, name conflicts with an existing directory by the same name.");
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, await rawOf(request), { mode: 0o644 });
    say(204);
  },
  "POST /create-directory": async (server, { request, say }) => {
    const body = await bodyOf(request);
    const target = within(server, path.posix.join("/", textIn(body, "path"), textIn(body, "name")));
    // A folder that is there already is as good as one that was made.
    if (existsSync(target) && !(await stat(target)).isDirectory())
      throw new Refusal(500, "An unexpected error was encountered while processing this request.");
    await mkdir(target, { recursive: true });
    say(204);
  },
  "POST /delete": async (server, { request, say }) => {
    const body = await bodyOf(request);
    const root = textIn(body, "root");
    for (const file of listOf(body)) {
      const name = path.posix.join("/", root, file);
      assertAllowed(server, name);
      if (name === "/") throw new Refusal(400, "Cannot delete root server directory.");
      await rm(within(server, name), { recursive: true, force: true });
    }
    say(204);
  },
  "POST /compress": async (server, { request, say }) => {
    const body = await bodyOf(request);
    const folder = within(server, textIn(body, "root"));
    const names = listOf(body);
    for (const name of names) if (!existsSync(path.join(folder, name))) throw gone();
    const archive = await packed(folder, names);
    const name = `archive-${new Date().toISOString().replaceAll(/[^\dT]/g, "")}.tar.gz`;
    await writeFile(path.join(folder, name), archive);
    say(200, await described(folder, name));
  },
  "POST /decompress": async (server, { request, say }) => {
    const body = await bodyOf(request);
    const folder = within(server, textIn(body, "root"));
    const file = within(server, path.posix.join("/", textIn(body, "root"), textIn(body, "file")));
    if (!existsSync(file)) throw gone();
    await unpack(await readFile(file), folder).catch(() => {
      throw new Refusal(400, "The archive provided is in a format Wings does not understand.");
    });
    say(204);
  },
  "POST /chmod": async (server, { request, say }, wings) => {
    const body = await bodyOf(request);
    const files = body.files;
    if (!Array.isArray(files) || files.length === 0) throw new Refusal(422, "No files to chmod were provided.");
    const given = files as { file: string; mode: string }[];
    for (const { mode } of given) if (!/^0?[0-7]{3}$/.test(mode)) throw new Refusal(400, "Invalid file mode.");
    // Of old each of them was done with the last of the list.
    const last = given.at(-1);
    const meant = knowsScopes(wings) || !last ? given : given.map(() => last);
    for (const { file, mode } of meant) {
      const target = within(server, path.posix.join("/", textIn(body, "root"), file));
      if (!existsSync(target)) throw gone();
      await chmod(target, Number.parseInt(mode, 8));
    }
    say(204);
  },
};

/** What a browser uploads, to where it says. */
export async function upload(wings: Wings, server: Server, { query, request, say }: Ask): Promise<void> {
  const form = await new Request("http://wings", {
    method: "POST",
    headers: { "content-type": request.headers["content-type"] ?? "" },
    body: new Uint8Array(await rawOf(request)),
  })
    .formData()
    .catch(() => null);
  const files = (form?.getAll("files") ?? []).filter((one) => typeof one !== "string");
  if (files.length === 0) throw new Refusal(400, "No files were attached to the request.");
  const api = wings.config?.api as { upload_limit?: number } | undefined;
  const limit = (api?.upload_limit ?? 100) * 1024 * 1024;
  for (const file of files) {
    if (file.size > limit) throw new Refusal(400, "File is larger than the maximum file upload size.");
    const name = path.posix.join("/", query.get("directory") ?? "", file.name);
    assertAllowed(server, name);
    const target = within(server, name);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, Buffer.from(await file.arrayBuffer()));
  }
  say(200);
}
