/** The panel that benches ask: a real PowerDNS, one organisation, and zones of a known size. */
import { type PowerDnsServer, startPowerDns } from "../support/powerdns.ts";
import { type Client, type PanelServer, startServer } from "../support/server.ts";

const EMAIL = "bench@example.org";
const PASSWORD = "as fast as it goes";
const HANDLE = "bench";

export interface BenchPanel {
  powerDns: PowerDnsServer;
  server: PanelServer;
  /** An administrator who owns the organisation. */
  client: Client;
  /** Makes a zone with this many RRsets at PowerDNS and links it. Returns its path in the API. */
  zone(name: string, rrsets: number): Promise<{ api: string; page: string }>;
  /** The same, not linked yet. */
  filled(name: string, rrsets: number): Promise<{ api: string; page: string; link(): Promise<void> }>;
  stop(): Promise<void>;
}

export async function startBenchPanel(environment: Record<string, string> = {}, dataDir?: string): Promise<BenchPanel> {
  const powerDns = await startPowerDns();
  const server = await startServer({ powerDns, environment, ...(dataDir === undefined ? {} : { dataDir }) });
  const client = await administrator(server);
  const filled: BenchPanel["filled"] = async (name, rrsets) => {
    await fillZone(powerDns, name, rrsets);
    return {
      api: `/organisations/${HANDLE}/dns/zones/${name}`,
      page: `/dashboard/organisations/${HANDLE}/zones/${name}`,
      link: async () => void (await client.call("POST", `/organisations/${HANDLE}/dns/zones`, { name, link: true })),
    };
  };
  return {
    powerDns,
    server,
    client,
    filled,
    async zone(name, rrsets) {
      const { link, ...paths } = await filled(name, rrsets);
      await link();
      return paths;
    },
    async stop() {
      await server.stop();
      await powerDns.stop();
    },
  };
}

/** An account that holds everything, signed in, with the organisation `bench`. */
export async function administrator(server: PanelServer): Promise<Client> {
  await server.command(["users", "add", EMAIL, "--name", "Bench"], PASSWORD);
  await server.command(["promote", EMAIL]);
  const client = await server.signIn(EMAIL, PASSWORD);
  await client.call("POST", "/organisations", { name: "Bench", handle: HANDLE });
  return client;
}

/** Asks PowerDNS itself. Throws with its answer if it refuses. */
export async function askPowerDns(
  powerDns: PowerDnsServer,
  method: string,
  path: string,
  body?: unknown,
): Promise<void> {
  const answer = await fetch(`${powerDns.apiUrl}/api/v1/servers/localhost${path}`, {
    method,
    headers: { "X-API-Key": powerDns.apiKey },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
}

async function fillZone(powerDns: PowerDnsServer, name: string, count: number): Promise<void> {
  const apex = `${name}.`;
  await askPowerDns(powerDns, "POST", "/zones", {
    name: apex,
    kind: "Native",
    soa_edit_api: "DEFAULT",
    nameservers: [`ns1.${apex}`, `ns2.${apex}`],
  });
  // The SOA and the NS set are there already.
  const rrsets = Array.from({ length: count - 2 }, (_, index) => rrset(index, apex));
  for (let from = 0; from < rrsets.length; from += 1000) {
    await askPowerDns(powerDns, "PATCH", `/zones/${apex}`, { rrsets: rrsets.slice(from, from + 1000) });
  }
}

/** Five kinds in turn, as a zone of hosts has them. */
function rrset(index: number, apex: string) {
  const host = String(index).padStart(5, "0");
  const [type, label, ...contents] = kinds[index % kinds.length]?.(index, apex) ?? ["A", "x", "192.0.2.1"];
  const records = contents.map((content) => ({ content, disabled: false }));
  return { name: `${label}${host}.${apex}`, type, ttl: 300, changetype: "REPLACE", records };
}

const kinds: ((index: number, apex: string) => [type: string, label: string, ...contents: string[]])[] = [
  (index) => ["A", "host-", `192.0.2.${index % 250}`, `198.51.100.${index % 250}`],
  (index) => ["AAAA", "host6-", `2001:db8::${((index + 1) >> 16).toString(16)}:${((index + 1) & 0xffff).toString(16)}`],
  (_, apex) => ["CNAME", "www-", `host-00000.${apex}`],
  (_, apex) => ["MX", "mail-", `10 mx1.${apex}`, `20 mx2.${apex}`],
  (index) => ["TXT", "_verify-", `"site-verification=${index.toString(36).padStart(40, "a")}"`],
];
