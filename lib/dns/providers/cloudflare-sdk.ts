/** The parts of Cloudflare's SDK that the panel uses. Loaded with the first call: nobody without Cloudflare pays for it. */
import { BaseDNSSECResource } from "cloudflare/resources/dns/dnssec/dnssec";
import { BaseRecords } from "cloudflare/resources/dns/records";
import { BaseTokens } from "cloudflare/resources/user/tokens/tokens";
import { BaseZones } from "cloudflare/resources/zones/zones";
import { createClient } from "cloudflare/tree-shakable";

export const cloudflareClient = (options: { token: string; base: string; fetch: typeof fetch }) =>
  createClient({
    apiToken: options.token,
    // Given as nothing, so that the SDK does not look for them in the environment.
    apiKey: null,
    apiEmail: null,
    userServiceKey: null,
    baseURL: options.base,
    apiVersion: "2026-07-09",
    fetch: options.fetch,
    // Retries and deadlines are the panel's own: the SDK sends a POST again that may have landed, and sleeps as long as it is told.
    maxRetries: 0,
    timeout: 300_000,
    logLevel: "off",
    resources: [BaseZones, BaseRecords, BaseDNSSECResource, BaseTokens],
  });
