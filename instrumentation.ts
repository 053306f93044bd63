/** What runs with the server, in its process. */
import type { Instrumentation } from "next";

export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { sweepGenerations } = await import("#lib/dns/large/sweep.ts");
  const { jobKinds } = await import("#lib/jobs/kinds.ts");
  const { startJobs } = await import("#lib/jobs/runner.ts");
  const { collectSlow } = await import("#lib/log/slow.ts");
  const { noteSlow } = await import("#lib/log/store.ts");
  const { setting } = await import("#lib/settings/settings.ts");
  const { startSampling } = await import("#lib/metrics/sampler.ts");
  const { startPrometheus } = await import("#lib/metrics/prometheus.ts");
  startSampling();
  startPrometheus();
  collectSlow(() => setting("logs.slow_query_ms"), noteSlow);
  sweepGenerations();
  startJobs(jobKinds);
}

/** What a page threw. Procedures have their own place for it. */
export const onRequestError: Instrumentation.onRequestError = async (error, request, { routePath, routeType }) => {
  if (process.env.NEXT_RUNTIME !== "nodejs" || request.path.startsWith("/api/")) return;
  const { isProblem } = await import("#lib/api/errors.ts");
  // A procedure threw it, and has noted it.
  if (isProblem(error)) return;
  const { unforeseen } = await import("#lib/log/unforeseen.ts");
  const { pageUnderWay } = await import("#lib/log/page.ts");
  unforeseen(error, {
    source: "page",
    place: `${routePath} (${routeType})`,
    requestId: pageUnderWay()?.requestId ?? null,
  });
};
