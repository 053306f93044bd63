/** The server: checks the environment, takes the data directory, migrates, says where it is, serves, and stops cleanly. */
import { createServer, type IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";
import next from "next";
import { db } from "#db/client.ts";
import { migrate } from "#db/migrate.ts";
import { ADDRESS_HEADER, PATH_HEADER } from "#lib/api/request.ts";
import { takeDataDirectory } from "#lib/data-lock.ts";
import { EnvError, env } from "#lib/env.ts";
import { stopJobs } from "#lib/jobs/runner.ts";
import { issueSetupToken } from "#lib/setup/setup.ts";

/** What still runs then is given back, for the next start. */
const JOBS_GRACE_MS = 5_000;

try {
  await serve();
} catch (error) {
  const expected = error instanceof EnvError || (error instanceof Error && error.name === "StartError");
  console.error(expected ? error.message : error);
  process.exit(1);
}

async function serve(): Promise<void> {
  const { port, host, dataDir, origin, mode } = env();
  const release = takeDataDirectory(dataDir);
  migrate(db());
  const token = issueSetupToken();
  process.env.NEXTAUTH_URL = origin;
  const app = next({ dev: mode === "development", hostname: host, port });
  await app.prepare();
  const handle = app.getRequestHandler();
  const server = createServer((request, response) => {
    request.headers[ADDRESS_HEADER] = clientAddress(request);
    request.headers[PATH_HEADER] = request.url ?? "/";
    void handle(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    throw Object.assign(
      new Error(error.code === "EADDRINUSE" ? `Port ${port} is taken. Set PORT to another.` : error.message),
      { name: "StartError" },
    );
  });
  const address = server.address();
  const actual = typeof address === "object" && address ? address.port : port;
  const shown = port === 0 ? `http://localhost:${actual}` : origin;
  console.log(`Zonegate is at ${shown}`);
  if (token) console.log(`Set it up here: ${shown}/setup#token=${token}`);

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    console.log("Stopping: finishing the requests under way …");
    const answered = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    void Promise.all([answered, stopJobs(JOBS_GRACE_MS)]).then(() => {
      db().$client.close();
      release();
      process.exit(0);
    });
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

/** The peer, or what a trusted proxy says of it: the last address in X-Forwarded-For that is not a trusted proxy. */
function clientAddress(request: IncomingMessage): string {
  const peer = plain(request.socket.remoteAddress ?? "127.0.0.1");
  if (!isTrusted(peer)) return peer;
  const chain = String(request.headers["x-forwarded-for"] ?? "")
    .split(",")
    .map((part) => part.trim());
  return chain.toReversed().find((address) => ipaddr.isValid(address) && !isTrusted(plain(address))) ?? peer;
}

const plain = (address: string): string => (ipaddr.isValid(address) ? ipaddr.process(address).toString() : address);

function isTrusted(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return env().trustedProxies.some((entry) => {
    const [base, bits] = ipaddr.isValidCIDR(entry) ? ipaddr.parseCIDR(entry) : [ipaddr.process(entry), null];
    if (base.kind() !== parsed.kind()) return false;
    return bits === null ? base.toString() === parsed.toString() : parsed.match([base, bits] as never);
  });
}
