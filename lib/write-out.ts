/** A stream into a file that only the panel's owner reads. */
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

/**
 * Writes it whole, or leaves nothing of it. `flush`: waits until the disk has it. Returns its octets.
 * A file is opened by another thread, so one whose source breaks at once may come to be after it was deleted: it is
 * waited for first.
 */
export async function writeOut(
  source: AsyncIterable<Uint8Array> | NodeJS.ReadableStream,
  file: string,
  { flush = false } = {},
): Promise<number> {
  const into = createWriteStream(file, { mode: 0o600, flush });
  const closed = new Promise<void>((resolve) => into.once("close", resolve));
  try {
    await pipeline(source, into);
    return into.bytesWritten;
  } catch (error) {
    await closed;
    await rm(file, { force: true });
    throw error;
  }
}
