/** Signing at Cloudflare: switched on and off; the keys are Cloudflare's own, and it says what belongs at the parent. */
import { isObject } from "./answers.ts";
import { type CloudflareApi, notCloudflare } from "./cloudflare-api.ts";
import type { Signing, SigningKey } from "./provider.ts";

/** `checkedId` throws for what is no id of a zone. */
export function cloudflareSigning(api: CloudflareApi, checkedId: (externalId: string) => string): Signing {
  const change = async (externalId: string, status: "active" | "disabled"): Promise<void> => {
    const zone_id = checkedId(externalId);
    const answer: unknown = await api.write((client) => client.dns.dnssec.edit({ zone_id, status }));
    if (!isObject(answer)) throw notCloudflare("unknown");
  };
  return {
    async status(externalId) {
      const zone_id = checkedId(externalId);
      const answer: unknown = await api.read((client) => client.dns.dnssec.get({ zone_id }));
      if (!isObject(answer) || typeof answer.status !== "string") throw notCloudflare("not_sent");
      // Pending: signed, and the parent does not speak of it yet. Pending-disabled: signed until it no longer does.
      const signed = answer.status !== "disabled" && typeof answer.public_key === "string";
      if (!signed) return { signed, wanted: false, keys: [], ds: [], dnskeys: [] };
      const wanted = answer.status !== "pending-disabled";
      return { signed, wanted, keys: [keyOf(answer)], ds: dsOf(answer), dnskeys: [dnskeyOf(answer)] };
    },
    enable: (externalId) => change(externalId, "active"),
    disable: (externalId) => change(externalId, "disabled"),
  };
}

type Answer = Record<string, unknown>;

const keyOf = (answer: Answer): SigningKey => ({
  id: String(answer.key_tag ?? ""),
  role: "ksk",
  algorithm: String(answer.key_type ?? answer.algorithm ?? ""),
  bits: null,
  active: true,
  published: true,
});

/** `example.com. 3600 IN DS 16953 13 2 48E9…`: what follows the type. */
function dsOf({ ds, key_tag, algorithm, digest_type, digest }: Answer): string[] {
  const [, written] = /\bDS\s+(\d+ \d+ \d+ [0-9A-Fa-f]+)/.exec(typeof ds === "string" ? ds : "") ?? [];
  if (written !== undefined) return [written.toLowerCase()];
  return typeof digest === "string" ? [`${key_tag} ${algorithm} ${digest_type} ${digest.toLowerCase()}`] : [];
}

/** The protocol is always 3 (RFC 4034 §2.1.2). */
const dnskeyOf = ({ flags, algorithm, public_key }: Answer): string => `${flags ?? 257} 3 ${algorithm} ${public_key}`;
