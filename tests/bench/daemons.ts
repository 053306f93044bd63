/** Very many daemons in one process, each at a loopback address of its own: they say how they are, to whoever asks. */
import { createServer } from "node:http";

const [port = "", count = ""] = process.argv.slice(2);
const body = JSON.stringify({
  version: "1.13.1",
  docker: { version: "27.3.1", containers: { total: 50, running: 40 } },
  system: {
    architecture: "amd64",
    cpu_threads: 16,
    memory_bytes: 68_719_476_736,
    kernel_version: "6.1.0",
    os: "Debian GNU/Linux 12",
  },
});
const headers = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };

/** 127.1.0.1, 127.1.0.2 … */
export const addressOf = (n: number): string => `127.1.${Math.floor(n / 250)}.${(n % 250) + 1}`;

if (process.argv[1] === import.meta.filename) {
  for (let n = 0; n < Number(count); n++)
    await new Promise<void>((listening) => {
      const server = createServer({ keepAliveTimeout: 120_000 }, (_, response) =>
        response.writeHead(200, headers).end(body),
      );
      server.listen(Number(port), addressOf(n), listening);
    });
  process.send?.("ready");
}
