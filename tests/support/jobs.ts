/** Runs what is due in the job queue of the panel in this process, one after the other, until nothing is. */
export async function runJobs(): Promise<void> {
  const { jobKinds } = await import("#lib/jobs/kinds.ts");
  const { runJob, takeJob } = await import("#lib/jobs/work.ts");
  for (;;) {
    const job = takeJob(jobKinds);
    const kind = jobKinds.find((known) => known.kind === job?.kind);
    if (!job || !kind) return;
    await runJob(job, kind, new AbortController().signal);
  }
}
