/** The contract of providers, run against a real PowerDNS: the one that is installed, or one of any version that is given. */
import { powerDns } from "#lib/dns/providers/powerdns.ts";
import { givenPowerDns, powerDnsAvailable, startPowerDns } from "../support/powerdns.ts";
import { APEX, describeProvider } from "./suite.ts";

const given = givenPowerDns();

describeProvider(
  given ? `PowerDNS at ${given.apiUrl}` : "PowerDNS",
  async () => {
    const server = given ? { ...given, stop: async () => {} } : await startPowerDns();
    const provider = powerDns({ url: server.apiUrl, apiKey: server.apiKey });
    // What an earlier run left there.
    if (given && (await provider.findZone(APEX))) await provider.deleteZone(APEX);
    return { provider, ...(server.query ? { query: server.query } : {}), close: server.stop };
  },
  given ? null : powerDnsAvailable(),
);
