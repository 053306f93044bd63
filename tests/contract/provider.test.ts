/** The contract of providers, run against a real PowerDNS. */
import { powerDns } from "#lib/dns/providers/powerdns.ts";
import { powerDnsAvailable, startPowerDns } from "../support/powerdns.ts";
import { describeProvider } from "./suite.ts";

describeProvider(
  "PowerDNS",
  async () => {
    const server = await startPowerDns();
    return {
      provider: powerDns({ url: server.apiUrl, apiKey: server.apiKey }),
      query: server.query,
      close: server.stop,
    };
  },
  powerDnsAvailable(),
);
