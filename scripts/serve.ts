/** The server: checks the environment, takes the data directory, migrates, says where it is, serves, and stops cleanly. */
import { readFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import path from "node:path";
import next from "next";
import { db } from "#db/client.ts";
import { logsDb } from "#db/logs/client.ts";
import { migrate } from "#db/migrate.ts";
import { recordSecret, settleSecret } from "#lib/crypto/rekey.ts";
import { OtherSecretError } from "#lib/crypto/secret.ts";
import { takeDataDirectory } from "#lib/data-lock.ts";
import { sweepGenerations } from "#lib/dns/large/sweep.ts";
import { EnvError, env } from "#lib/env.ts";
import { blockedCountry } from "#lib/geo/geo.ts";
import { panelServer } from "#lib/http/server.ts";
import { jobKinds } from "#lib/jobs/kinds.ts";
import { startJobs, stopJobs } from "#lib/jobs/runner.ts";
import { endFollowers } from "#lib/log/followers.ts";
import { pageTemplates } from "#lib/log/page.ts";
import { collectSlow } from "#lib/log/slow.ts";
import { closeLogs, noteSlow } from "#lib/log/store.ts";
import { startPrometheus } from "#lib/metrics/prometheus.ts";
import { startSampling } from "#lib/metrics/sampler.ts";
import { nodeOfPage } from "#lib/servers/reach.ts";
import { setting } from "#lib/settings/settings.ts";
import { issueSetupToken } from "#lib/setup/setup.ts";
import { writeClicks } from "#lib/short-urls/redirect.ts";
import { singleton } from "#lib/singleton.ts";

/** What still runs then is given back, for the next start. */
const JOBS_GRACE_MS = 5_000;

try {
  await serve();
} catch (error) {
  const expected =
    error instanceof EnvError ||
    error instanceof OtherSecretError ||
    (error instanceof Error && error.name === "StartError");
  console.error(expected ? error.message : error);
  process.exit(1);
}

/**
 * The configuration as the build wrote it down. Reading `next.config.ts` again would load Next's compiler, 25 MB, for
 * nothing else. Next's own standalone server does the same.
 */
function takeBuiltConfig(): void {
  const manifest = readFileSync(path.join(".next", "required-server-files.json"), "utf8");
  process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify((JSON.parse(manifest) as { config: unknown }).config);
}

/** What runs beside requests, from before the first of them. */
function startWork(): void {
  startSampling();
  startPrometheus();
  collectSlow(() => setting("logs.slow_query_ms"), noteSlow);
  sweepGenerations();
  startJobs(jobKinds);
}

async function serve(): Promise<void> {
  const { port, host, dataDir, origin, mode, trustedProxies, pageThread } = env();
  const release = takeDataDirectory(dataDir);
  migrate(db());
  logsDb();
  settleSecret();
  if (!recordSecret()) {
    console.error(
      "The secret is not the one that this database was sealed with: what is sealed in it cannot be opened. Put back the copy of it that belongs to the database (data/secret, or PANEL_SECRET). `npm run panel -- doctor` says more.",
    );
  }
  const token = issueSetupToken();
  process.env.NEXTAUTH_URL = origin;
  if (mode !== "development") takeBuiltConfig();
  const app = next({ dev: mode === "development", hostname: host, port });
  await app.prepare();
  // What it has of next-auth wants Next's own environment.
  const { wholePanel } = await import("#lib/panel.ts");
  singleton("panel", () => wholePanel);
  startWork();
  const handle = app.getRequestHandler();
  const { SharedPages } = await import("#lib/pages/thread.ts");
  const thread = mode === "development" ? "off" : pageThread;
  const shared = new SharedPages((request, response) => void handle(request, response), thread, { host, port });
  const server = panelServer((request, response) => shared.answer(request, response), {
    origin,
    trustedProxies,
    development: mode === "development",
    templateOf: pageTemplates(),
    blockedCountry,
    reachOf: nodeOfPage,
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
  // Threads that are started from now on read there what has been compiled, instead of compiling it again.
  flushCompileCache();

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    console.log("Stopping: finishing the requests under way …");
    // A connection whose last request is answered from now on is not kept for another.
    server.keepAliveTimeout = 1;
    endFollowers();
    const answered = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    void Promise.all([answered.then(() => shared.end()), stopJobs(JOBS_GRACE_MS)]).then(async () => {
      writeClicks();
      await closeLogs().catch((error: unknown) => console.error(error));
      db().$client.close();
      release();
      process.exit(0);
    });
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}
