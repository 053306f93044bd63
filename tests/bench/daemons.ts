/** Very many daemons in one process, each at a loopback address of its own: they say how they and fifty servers are, to whoever asks. */
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
const environment = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`VARIABLE_${n}`, "x".repeat(40)]));
const servers = JSON.stringify(
  Array.from({ length: 50 }, (_, n) => ({
    state: "running",
    is_suspended: false,
    utilization: { memory_bytes: 1e9, cpu_absolute: 20.5, disk_bytes: 2e9, network: { rx_bytes: 1e6, tx_bytes: 1e6 } },
    configuration: { uuid: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`, environment },
  })),
);

/** 127.1.0.1, 127.1.0.2 … */
export const addressOf = (n: number): string => `127.1.${Math.floor(n / 250)}.${(n % 250) + 1}`;

if (process.argv[1] === import.meta.filename) {
  for (let n = 0; n < Number(count); n++)
    await new Promise<void>((listening) => {
      const server = createServer({ keepAliveTimeout: 120_000 }, ({ url }, response) => {
        const text = url === "/api/servers" ? servers : body;
        const headers = { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) };
        response.writeHead(200, headers).end(text);
      });
      server.listen(Number(port), addressOf(n), listening);
    });
  process.send?.("ready");
}
