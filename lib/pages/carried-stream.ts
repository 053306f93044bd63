/** One end of a connection between two threads: HTTP as over a socket, carried in messages. */
import { Duplex } from "node:stream";
import type { Carried } from "./messages.ts";

export class CarriedStream extends Duplex {
  /** Where the other end is, for what asks a socket. */
  readonly remoteAddress = "127.0.0.1";
  readonly page: number;
  readonly #post: (message: Carried, handed: ArrayBuffer[]) => void;

  constructor(page: number, post: (message: Carried, handed: ArrayBuffer[]) => void) {
    super();
    this.page = page;
    this.#post = post;
  }

  /** What the other end said. */
  hear(message: Carried): void {
    if (message.kind === "octets") this.push(Buffer.from(message.octets.buffer));
    else if (message.kind === "end") this.push(null);
    else this.destroy();
  }

  override _read(): void {
    // What was said is there already: pages are made whole before anybody waits for the reader.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#send(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: () => void): void {
    this.#post({ kind: "end", page: this.page }, []);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#post({ kind: "abort", page: this.page }, []);
    done(error);
  }

  #send(chunk: Buffer, done: () => void): void {
    // A copy of its own: a buffer may be a part of one that others are in.
    const octets = new Uint8Array(chunk);
    this.#post({ kind: "octets", page: this.page, octets }, [octets.buffer]);
    done();
  }
}
