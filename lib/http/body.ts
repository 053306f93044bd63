/** Request bodies, read up to a limit: what is larger is refused before it is held in memory. */
import { Problem } from "#lib/api/errors.ts";

/** Throws `too_large`. `limit` is in bytes. */
export async function readBody(request: Request, limit: number): Promise<Buffer> {
  const tooLarge = () => new Problem("too_large", `The request body is larger than ${inWords(limit)}.`);
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const inWords = (bytes: number): string => (bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MB` : `${bytes / 2 ** 10} KB`);
