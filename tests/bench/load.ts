/** A load generator: some connections that ask for one address as fast as it answers, in a process of their own. */
import { fork } from "node:child_process";
import { Agent, get } from "node:http";
import { percentile } from "./figures.ts";

interface Load {
  url: string;
  headers: Record<string, string>;
  connections: number;
  seconds: number;
  /** Before what is measured. */
  warmUpSeconds: number;
}

export interface Measured {
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** Of one answer's body. */
  bytes: number;
  /** Answers that were not 200. */
  failed: number;
  /** All that were asked, those of the warm-up too. */
  requests: number;
}

/** Runs it in another process, so that measuring takes no time from what is measured. */
export function measure(
  url: string,
  headers: Record<string, string> = {},
  options: Partial<Load> = {},
): Promise<Measured> {
  const load: Load = { url, headers, connections: 8, seconds: 10, warmUpSeconds: 2, ...options };
  return new Promise((resolve, reject) => {
    const child = fork(import.meta.filename);
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    child.once("error", reject);
    child.once("exit", (code) => {
      process.removeListener("exit", kill);
      reject(new Error(`The load generator ended with ${code}.`));
    });
    child.once("message", (measured) => resolve(measured as Measured));
    child.send(load);
  });
}

if (process.argv[1] === import.meta.filename) {
  process.once("message", async (load) => {
    const measured = await generate(load as Load);
    process.send?.(measured, () => process.disconnect());
  });
}

async function generate(load: Load): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  const run = async (seconds: number) => {
    const latencies: number[] = [];
    let bytes = 0;
    let failed = 0;
    const began = performance.now();
    const connection = async () => {
      while (performance.now() - began < seconds * 1000) {
        const sent = performance.now();
        const answer = await ask(load.url, load.headers, agent);
        latencies.push(performance.now() - sent);
        bytes = answer.bytes;
        if (answer.status !== 200) failed += 1;
      }
    };
    await Promise.all(Array.from({ length: load.connections }, connection));
    const took = (performance.now() - began) / 1000;
    return {
      perSecond: latencies.length / took,
      p50: percentile(latencies, 0.5),
      p99: percentile(latencies, 0.99),
      bytes,
      failed,
      requests: latencies.length,
    };
  };
  const warmUp = await run(load.warmUpSeconds);
  const measured = await run(load.seconds);
  agent.destroy();
  return { ...measured, requests: measured.requests + warmUp.requests };
}

function ask(url: string, headers: Record<string, string>, agent: Agent): Promise<{ status: number; bytes: number }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent }, (response) => {
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, bytes }));
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}
