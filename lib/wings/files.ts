/** A server's files at its node. Paths are absolute within the server, and were made so by the panel. */
import type { Readable } from "node:stream";
import * as z from "zod";
import { AnswerTooLong, readOctets } from "#lib/dns/providers/http-call.ts";
import { asked, askedFor, DaemonError, type NodeAddress, opened } from "./call.ts";
import { json, pathOf } from "./servers.ts";

/** Packing and unpacking is waited for. */
const ARCHIVE_MS = 900_000;
const COPY_MS = 120_000;
/** What is edited in a browser. */
export const EDITABLE_BYTES = 2 * 1024 * 1024;

const NO_FILE = "There is no such file or folder.";

const filesOf = (server: string, rest: string) => pathOf(server, `/files/${rest}`);

const MOST_LISTED = 16 * 1024 * 1024;

/** What is in a folder, as the daemon says it: put into order by lib/servers/files/listing.ts. */
export async function listFolder(node: NodeAddress, server: string, folder: string): Promise<Buffer> {
  const path = filesOf(server, `list-directory?directory=${encodeURIComponent(folder)}`);
  const says = {
    400: "This is no folder.",
    404: "There is no such folder.",
    500: "There is no such folder, or it cannot be read.",
  };
  try {
    return await opened(node, { method: "GET", path }, says, (response) => readOctets(response, MOST_LISTED));
  } catch (error) {
    if (error instanceof DaemonError && error.cause instanceof AnswerTooLong)
      throw new DaemonError("invalid", "There is too much in this folder for it to be shown here. Use SFTP.");
    throw error;
  }
}

const contents = (server: string, file: string, timeoutMs: number) =>
  ({ method: "GET", path: filesOf(server, `contents?file=${encodeURIComponent(file)}`), timeoutMs }) as const;
const UNREADABLE = {
  400: "This is no file.",
  404: "There is no such file.",
  500: "There is no such file, or it cannot be read.",
};

/** A file as it comes, for `take`, which reads it to its end or destroys it. */
export const openFile = <T>(
  node: NodeAddress,
  server: string,
  file: string,
  take: (content: Readable) => Promise<T>,
): Promise<T> => opened(node, contents(server, file, ARCHIVE_MS), UNREADABLE, take);

/** A text, to be edited. What is larger is refused without being read, and what is no text too. */
export const readText = (node: NodeAddress, server: string, file: string): Promise<string> =>
  opened(node, contents(server, file, COPY_MS), UNREADABLE, async (response) => {
    const large = () =>
      new DaemonError("invalid", `Only files of at most ${EDITABLE_BYTES / 1024 ** 2} MiB are edited here.`);
    if (Number(response.headers["content-length"] ?? 0) > EDITABLE_BYTES) {
      response.destroy();
      throw large();
    }
    const bytes: Buffer[] = [];
    let size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > EDITABLE_BYTES) throw large();
      bytes.push(chunk);
    }
    try {
      const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(bytes));
      if (!text.includes("\0")) return text;
    } catch {
      // Said below.
    }
    throw new DaemonError("invalid", "This file is no text. Download it instead.");
  });

/** Writes a file anew, from a text or a stream of so many bytes. */
export async function writeFile(
  node: NodeAddress,
  server: string,
  file: string,
  content: { open: () => Readable; bytes: number },
): Promise<void> {
  await asked(
    node,
    {
      method: "POST",
      path: filesOf(server, `write?file=${encodeURIComponent(file)}`),
      body: content,
      timeoutMs: ARCHIVE_MS,
    },
    { 400: "The node cannot write this: a folder has this name, or the server’s disk is full.", 404: NO_FILE },
  );
}

export async function createFolder(node: NodeAddress, server: string, parent: string, name: string): Promise<void> {
  await asked(node, json("POST", filesOf(server, "create-directory"), { name, path: parent }), {
    400: "A file of this name is there already.",
    404: "There is no such folder.",
    500: "The node cannot make this folder: perhaps a file has this name.",
  });
}

/** From and to are within `root`. What is not there is left out without a word. */
export async function renameFiles(
  node: NodeAddress,
  server: string,
  root: string,
  files: readonly { from: string; to: string }[],
): Promise<void> {
  await asked(node, json("PUT", filesOf(server, "rename"), { root, files }), {
    400: "A file or folder of this name is there already.",
    404: NO_FILE,
  });
}

/** Beside itself, under a name that the daemon finds. */
export async function copyFile(node: NodeAddress, server: string, file: string): Promise<void> {
  const call = { ...json("POST", filesOf(server, "copy"), { location: file }), timeoutMs: COPY_MS };
  await asked(node, call, { ...UNREADABLE, 400: "The server’s disk is full." });
}

export async function deleteFiles(
  node: NodeAddress,
  server: string,
  root: string,
  files: readonly string[],
): Promise<void> {
  const call = { ...json("POST", filesOf(server, "delete"), { root, files }), timeoutMs: COPY_MS };
  await asked(node, call, { 400: "The node does not delete this.", 404: NO_FILE });
}

/** Packs them into an archive in `root`. */
export const compressFiles = (
  node: NodeAddress,
  server: string,
  root: string,
  files: readonly string[],
): Promise<{ name: string }> =>
  askedFor(
    node,
    z.object({ name: z.string() }),
    { ...json("POST", filesOf(server, "compress"), { root, files }), timeoutMs: ARCHIVE_MS },
    { 400: "The server’s disk is full.", 404: NO_FILE, 409: "The server’s disk is full." },
  );

/** Unpacks an archive into the folder where it is. */
export async function decompressFile(node: NodeAddress, server: string, root: string, file: string): Promise<void> {
  const call = { ...json("POST", filesOf(server, "decompress"), { root, file }), timeoutMs: ARCHIVE_MS };
  await asked(node, call, {
    400: "This is no archive that the node can unpack, or the server’s disk is full.",
    404: "There is no such file.",
  });
}

/** One file a call: daemons before 1.12 do what is said of the last to all of them. */
export async function changeMode(
  node: NodeAddress,
  server: string,
  root: string,
  file: string,
  mode: string,
): Promise<void> {
  await asked(node, json("POST", filesOf(server, "chmod"), { root, files: [{ file, mode }] }), {
    400: "The node does not take these permissions.",
    404: NO_FILE,
  });
}
