/** The contract of providers, run against the Cloudflare fake. */
import { expect } from "vitest";
import { cloudflare } from "#lib/dns/providers/cloudflare.ts";
import { startCloudflare } from "../support/cloudflare.ts";
import { describeProvider } from "./suite.ts";

describeProvider("Cloudflare", async () => {
  const fake = await startCloudflare();
  return {
    provider: cloudflare({ token: fake.token, accountId: fake.accountId, base: fake.base }),
    close: async () => {
      await fake.close();
      expect(fake.malformed).toEqual([]);
    },
  };
});
