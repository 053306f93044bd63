/** Files that come in by REST, kept beside the database until what they are for is done. */
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { Problem } from "#lib/api/errors.ts";
import { env } from "#lib/env.ts";
import { writeOut } from "#lib/write-out.ts";
import { takeSlot } from "./slots.ts";

export interface Upload {
  file: string;
  octets: number;
}

/** What may come in where, in octets. */
const doors: { at: RegExp; types: RegExp; limit: number }[] = [
  {
    at: /^\/api\/organisations\/[^/]+\/dns\/zones\/[^/]+\/import$/,
    types: /^text\/(?:dns|plain)\b/i,
    limit: 20_000_000,
  },
  {
    at: /^\/api\/organisations\/[^/]+\/dns\/import$/,
    types: /^application\/(?:gzip|x-gzip|x-tar|octet-stream)\b/i,
    limit: 50_000_000,
  },
];

/** Each is written to disk. A request's body is not waited for as long as this. */
const UPLOADS = { kind: "uploads", most: 2, mostInAll: 16, longestMs: 600_000 } as const;

/** Whether the request is the upload of a file. */
export const doorOf = (request: Request) => {
  const { pathname } = new URL(request.url);
  return doors.find(({ at, types }) => at.test(pathname) && types.test(request.headers.get("content-type") ?? ""));
};

/** Takes the body to a file as it arrives. Throws `too_large`. */
export async function takeUpload(request: Request, limit: number, account: string): Promise<Upload> {
  const tooLarge = () => new Problem("too_large", `The file is larger than ${limit / 1_000_000} MB.`);
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge();
  const release = takeSlot(account, UPLOADS);
  const file = newFile();
  let octets = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
      octets += chunk.byteLength;
      if (octets > limit) throw tooLarge();
      yield chunk;
    }
  }
  try {
    return { file, octets: await writeOut(counted(), file) };
  } finally {
    release();
  }
}

export async function keepText(text: string | Uint8Array): Promise<Upload> {
  const file = newFile();
  await writeFile(file, text, { mode: 0o600 });
  return { file, octets: Buffer.byteLength(text) };
}

export const dropFile = (file: string): Promise<void> => rm(file, { force: true });

/** Removes what no name in `kept` speaks for and has been there for an hour. */
export async function dropStray(kept: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder())) {
    const file = path.join(folder(), name);
    const { mtimeMs } = await stat(file);
    if (!kept.has(file) && mtimeMs < Date.now() - 3_600_000) await dropFile(file);
  }
}

/** The file of an import, by its id. */
export const fileOf = (id: string): string => path.join(folder(), id);

export const newFile = (): string => fileOf(randomUUID());

function folder(): string {
  const at = path.join(env().dataDir, "imports");
  mkdirSync(at, { recursive: true, mode: 0o700 });
  return at;
}
