/** What Linux says of a process. Null on systems that do not. */
import { existsSync, readFileSync } from "node:fs";

/** Memory that it has in RAM, in megabytes. */
export function residentMemory(pid: number): number | null {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return null;
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(file, "utf8")) ?? [];
  return kilobytes === undefined ? null : Number(kilobytes) / 1024;
}

/** Processor time of all its threads, in milliseconds: what a busy machine does besides is not in it. */
export function processorTime(pid: number): number | null {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return null;
  // The second field is the name, which may hold spaces; utime and stime are the 14th and 15th, in hundredths of a second.
  const fields = readFileSync(file, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
