/** The API of a server's files. */
import * as z from "zod";
import { onServer } from "#lib/api/guards.ts";
import * as work from "./files.ts";
import { anyPath, fileName, innerPath, names } from "./paths.ts";

const FILES = "/servers/{server}/files";
const reading = { permission: "files:read", asks: true } as const;
const writing = { permission: "files:write", asks: true } as const;
/** What the guard says of itself, kept where more is said. */
const AS_READ = { guard: "onServer", argument: "files or files:read, asks" } as const;
const root = anyPath.default("/");
const Path = z.object({ path: z.string() });

export const list = onServer("files", { folder: root }, reading)
  .route({ method: "GET", path: FILES, summary: "What is in a folder of a server" })
  .output(
    z.object({
      folder: z.string(),
      items: z.array(
        z.object({
          name: z.string(),
          folder: z.boolean(),
          link: z.boolean(),
          /** Null: a folder. */
          bytes: z.number().nullable(),
          modifiedAt: z.number().int().nullable(),
          /** Octal, such as 644. */
          mode: z.string().nullable(),
          mime: z.string(),
        }),
      ),
      /** So many more are there. */
      hidden: z.number().int(),
    }),
  )
  .handler(({ context, input }) => work.listFiles(context, input.folder));

export const read = onServer("files", { path: innerPath }, reading)
  .meta({ ...AS_READ, audit: true })
  .route({ method: "GET", path: `${FILES}/text`, summary: "The text of a file, at most 2 MiB" })
  .output(Path.extend({ text: z.string(), version: z.string() }))
  .handler(({ context, input }) => work.readFile(context, input.path, context.actor));

export const write = onServer(
  "files",
  { path: innerPath, text: z.string(), version: z.string().max(64).optional() },
  writing,
)
  .route({ method: "PUT", path: `${FILES}/text`, summary: "Write a file anew" })
  .output(Path.extend({ version: z.string() }))
  .handler(({ context, input: { server: _, ...given } }) => work.writeFile(context, given, context.actor));

export const createFolder = onServer("files", { folder: root, name: fileName }, writing)
  .route({ method: "POST", path: `${FILES}/folders`, successStatus: 201, summary: "Create a folder" })
  .output(Path)
  .handler(({ context, input }) => work.createFolder(context, input.folder, input.name, context.actor));

export const move = onServer(
  "files",
  {
    files: z
      .array(z.object({ from: innerPath, to: innerPath }))
      .min(1)
      .max(100),
  },
  writing,
)
  .route({ method: "POST", path: `${FILES}/move`, summary: "Rename or move files and folders" })
  .output(z.object({ moved: z.number().int() }))
  .handler(({ context, input }) => work.moveFiles(context, input.files, context.actor));

export const copy = onServer("files", { path: innerPath }, writing)
  .route({ method: "POST", path: `${FILES}/copy`, summary: "Copy a file beside itself" })
  .output(Path)
  .handler(({ context, input }) => work.copyFile(context, input.path, context.actor));

export const remove = onServer("files", { folder: root, names }, writing)
  .route({ method: "POST", path: `${FILES}/delete`, summary: "Delete files and folders" })
  .output(z.object({ deleted: z.number().int() }))
  .handler(({ context, input }) => work.removeFiles(context, input.folder, input.names, context.actor));

export const pack = onServer("files", { folder: root, names }, writing)
  .route({ method: "POST", path: `${FILES}/pack`, summary: "Pack files and folders into an archive" })
  .output(Path)
  .handler(({ context, input }) => work.packFiles(context, input.folder, input.names, context.actor));

export const unpack = onServer("files", { folder: root, name: fileName }, writing)
  .route({ method: "POST", path: `${FILES}/unpack`, summary: "Unpack an archive where it is" })
  .output(Path)
  .handler(({ context, input }) => work.unpackFile(context, input.folder, input.name, context.actor));

export const mode = onServer(
  "files",
  { folder: root, names, mode: z.string().regex(/^[0-7]{3}$/, "Enter three digits from 0 to 7, such as 644.") },
  writing,
)
  .route({ method: "POST", path: `${FILES}/mode`, summary: "Change who may read, write and run files" })
  .output(z.object({ changed: z.number().int() }))
  .handler(({ context, input: { server: _, ...given } }) => work.changeModes(context, given, context.actor));

/** What leaves the server leaves an entry. */
export const download = onServer("files", { path: innerPath }, reading)
  .meta({ ...AS_READ, audit: true, reads: true })
  .route({
    method: "POST",
    path: `${FILES}/download`,
    summary: "An address from which the node gives a file, once, within two minutes",
  })
  .output(z.object({ address: z.string() }))
  .handler(({ context, input }) => work.downloadFile(context, input.path, context.actor));

export const upload = onServer("files", { folder: root }, writing)
  .route({
    method: "POST",
    path: `${FILES}/upload`,
    summary: "An address to which the node takes files, once, within two minutes",
  })
  .output(z.object({ address: z.string(), mostBytes: z.number().int() }))
  .handler(({ context, input }) => work.uploadFiles(context, input.folder, context.actor));
