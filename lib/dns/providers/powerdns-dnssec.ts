/** Signing at PowerDNS: one key that does it all, and what it offers the parent. A private key is never asked for. */

import { isObject } from "./answers.ts";
import type { PowerDnsCall } from "./powerdns-http.ts";
import { notFound, notPowerDns } from "./powerdns-zone.ts";
import { ProviderError, type Signing, type SigningKey } from "./provider.ts";

export function powerDnsSigning(call: PowerDnsCall, zonePath: (externalId: string) => string): Signing {
  return {
    async status(externalId) {
      const answer = await call("GET", `${zonePath(externalId)}/cryptokeys`);
      if (answer.status === 404) throw notFound();
      if (!Array.isArray(answer.json)) throw notPowerDns("not_sent");
      const keys = answer.json.filter(isObject);
      const active = keys.filter((key) => key.active === true);
      const entry = active.filter((key) => key.keytype !== "zsk");
      return {
        signed: active.length > 0,
        wanted: active.length > 0,
        keys: keys.map(keyOf),
        // SHA-1 is no digest to start with any more (RFC 8624 §3.3).
        ds: entry.flatMap((key) => textsOf(key.ds)).filter((ds) => !/^\d+ \d+ 1 /.test(ds)),
        dnskeys: entry.flatMap((key) => (typeof key.dnskey === "string" ? [key.dnskey] : [])),
      };
    },

    async enable(externalId) {
      await put(zonePath(externalId), { dnssec: true, api_rectify: true });
      // Beside the keys stands what a parent that looks by itself may take (RFC 7344); without it the zone is signed too.
      await offer(externalId, "PUBLISH-CDS", "2");
      await offer(externalId, "PUBLISH-CDNSKEY", "1");
    },

    async disable(externalId) {
      await put(zonePath(externalId), { dnssec: false });
      for (const kind of ["PUBLISH-CDS", "PUBLISH-CDNSKEY"]) {
        await call("DELETE", `${zonePath(externalId)}/metadata/${kind}`).catch(() => null);
      }
    },
  };

  async function put(path: string, body: object): Promise<void> {
    const answer = await call("PUT", path, JSON.stringify(body));
    if (answer.status === 404) throw notFound();
    if (answer.status >= 400) {
      const message =
        "PowerDNS refused this. Its database may have DNSSEC switched off (gsqlite3-dnssec and the like).";
      throw new ProviderError("refused", "provider_refused", message);
    }
  }

  async function offer(externalId: string, kind: string, value: string): Promise<void> {
    const body = JSON.stringify({ kind, metadata: [value] });
    await call("PUT", `${zonePath(externalId)}/metadata/${kind}`, body).catch(() => null);
  }
}

function keyOf(key: Record<string, unknown>): SigningKey {
  return {
    id: String(key.id),
    role: key.keytype === "ksk" || key.keytype === "zsk" ? key.keytype : "csk",
    algorithm: String(key.algorithm ?? ""),
    bits: typeof key.bits === "number" ? key.bits : null,
    active: key.active === true,
    published: key.published !== false,
  };
}

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
