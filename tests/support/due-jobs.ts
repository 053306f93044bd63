/** A panel in a process of its own, on the data of another: runs the jobs that are due, unless it is killed before. */
const [dataDir = ""] = process.argv.slice(2);
Object.assign(process.env, { DATA_DIR: dataDir });
const { runJobs } = await import("./jobs.ts");
await runJobs();
process.exit(0);

export {};
