/** `zonefile`: a zone of 100,000 records read and written, beside named-compilezone on the same file in the same run. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RRset } from "#lib/dns/rrset.ts";
import { parseZoneFile } from "#lib/dns/zonefile/parse.ts";
import { zoneFileText } from "#lib/dns/zonefile/serialize.ts";
import { median, type Row, row } from "./figures.ts";

const RECORDS = 100_000;
const RUNS = 5;
const BENCH = "zonefile";
const apex = "example.com.";

export async function zonefile(): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), "zonegate-bench-"));
  try {
    const path = join(directory, "zone");
    writeFileSync(path, fileOf(RECORDS));
    const [reading, writing, both, beside]: number[][] = [[], [], [], []];
    for (let run = 0; run < RUNS; run++) {
      const begun = performance.now();
      const sets = read(path);
      const between = performance.now();
      writeFileSync(join(directory, "ours"), [...zoneFileText(apex, sets)].join(""));
      const done = performance.now();
      reading?.push(between - begun);
      writing?.push(done - between);
      both?.push(done - begun);
      beside?.push(compiled(path, join(directory, "theirs")));
    }
    const peer = median(beside ?? []);
    const against = { beside: Number.isNaN(peer) ? null : peer, against: "named-compilezone" };
    return [
      row(BENCH, "100,000 records read", median(reading ?? []), "ms", against),
      row(BENCH, "100,000 records written", median(writing ?? []), "ms", against),
      row(BENCH, "both", median(both ?? []), "ms", { ...against, goal: "≤ 4×" }),
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What the import does with it: sets of records. */
function read(path: string): Iterable<RRset> {
  const sets = new Map<string, RRset>();
  for (const item of parseZoneFile([readFileSync(path)], { apex })) {
    if (item.error) throw new Error(`Line ${item.error.line}: ${item.error.reason}`);
    const { name, type, ttl, content } = item;
    const key = `${name} ${type}`;
    const set = sets.get(key);
    if (set) set.records.push({ content });
    else sets.set(key, { name, type, ttl, records: [{ content }] });
  }
  return sets.values();
}

/** Milliseconds; NaN where it is not installed. Its rules between records are off: they are not ours here either. */
function compiled(path: string, to: string): number {
  const rulesOff = ["-i", "none", ...["-k", "-m", "-n", "-M", "-S", "-r", "-W"].flatMap((flag) => [flag, "ignore"])];
  const begun = performance.now();
  const { status, error, stdout } = spawnSync("named-compilezone", ["-q", ...rulesOff, "-o", to, apex, path]);
  if (error) return Number.NaN;
  if (status !== 0) throw new Error(String(stdout));
  return performance.now() - begun;
}

/** Names in an order that is not sorted, and the types in about the share that large zones have them. */
function fileOf(records: number): string {
  const lines = [
    "$TTL 3600",
    "@ SOA ns1.example.net. hostmaster 1 10800 3600 604800 3600",
    "@ NS ns1.example.net.",
    "@ NS ns2.example.net.",
  ];
  const key = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA".repeat(5);
  const digest = "2bb183af5f22588179a53b0a98631fad1a292118a1b2c3d4e5f60718293a4b5c";
  for (let index = 0; lines.length < records + 1; index++) {
    const host = `host${(index * 7919) % 100_003}`;
    const address = `192.0.${(index >> 8) % 256}.${index % 256}`;
    lines.push(`${host} A ${address}`);
    const more = index % 20;
    if (more < 5) lines.push(`     AAAA 2001:db8::${(index % 65_536).toString(16)}:1`);
    else if (more < 8) lines.push(`www.${host} 300 IN CNAME ${host}`);
    else if (more < 10) lines.push(`     MX 10 mail.${host}`, `     MX 20 mx.example.net.`);
    else if (more === 10) lines.push(`     TXT "v=spf1 ip4:${address} include:_spf.example.net -all"`);
    else if (more === 11) lines.push(`s1._domainkey.${host} TXT ( "v=DKIM1; k=rsa; p=${key}"\n  "${key}" )`);
    else if (more === 12) lines.push(`_sip._tcp.${host} SRV 10 5 5060 ${host}`);
    else if (more === 13) lines.push(`     CAA 0 issue "letsencrypt.org"`);
    else if (more === 14)
      lines.push(`sub.${host} NS ns1.example.net.`, `sub.${host} DS ${index % 65_536} 13 2 ${digest}`);
    else if (more === 15) lines.push(`_443._tcp.${host} TLSA 3 1 1 ${digest}`);
    else if (more === 16) lines.push(`     HTTPS 1 . alpn=h2,h3 ipv4hint=${address}`);
  }
  return `${lines.slice(0, records + 1).join("\n")}\n`;
}
