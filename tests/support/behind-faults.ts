/** A panel whose real PowerDNS can fail on the way, and an owner whose organisation `acme` may make zones there. For the top level of a test file. */
import { rmSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { startFaultProxy } from "./fake-powerdns.ts";
import { startPanel } from "./panel.ts";
import { startPowerDns } from "./powerdns.ts";
import { sqlOf } from "./stage.ts";

export async function startBehindFaults(more: Record<string, string> = {}) {
  const powerdns = await startPowerDns();
  const proxy = await startFaultProxy(powerdns.apiUrl);
  const panel = await startPanel({
    POWERDNS_API_URL: proxy.url,
    POWERDNS_API_KEY: powerdns.apiKey,
    ZONEGATE_TEST_HOOKS: "1",
    ...more,
  });
  const { setSetting } = await import("#lib/settings/settings.ts");
  const { settleAll } = await import("#lib/dns/settle.ts");
  setSetting("zone_claims", "trusted");
  const owner = await panel.person("Owner");
  expect((await owner.call("POST", "/organisations", { name: "Acme", handle: "acme" })).status).toBe(201);
  return {
    panel,
    powerdns,
    proxy,
    owner,
    sql: await sqlOf(),
    settleAll,
    zones: "/organisations/acme/dns/zones",
    /** After each test: nothing fails, and nothing takes long, any more. */
    rested: (): void => {
      proxy.fail(null);
      proxy.tamper(null);
      rmSync(path.join(panel.dataDir, "landing-ms"), { force: true });
    },
    close: async (): Promise<void> => {
      await panel.close();
      await proxy.close();
      await powerdns.stop();
    },
  };
}
