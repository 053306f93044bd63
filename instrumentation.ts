/** What runs with the server, in its process. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { sweepGenerations } = await import("#lib/dns/large/sweep.ts");
  const { jobKinds } = await import("#lib/jobs/kinds.ts");
  const { startJobs } = await import("#lib/jobs/runner.ts");
  sweepGenerations();
  startJobs(jobKinds);
}
