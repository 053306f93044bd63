/** Which names can be zones at all. */
import { getDomain, getPublicSuffix } from "tldts";
import { invalid } from "#lib/api/errors.ts";
import { setting } from "#lib/settings/settings.ts";
import { parseZoneName } from "./name.ts";

/**
 * Nobody gets a public suffix: what is asked for is a registrable name, or below one, or a reverse zone, or below a suffix
 * that staff allow.
 */
export function apexOf(input: string): string {
  const parsed = parseZoneName(input);
  if (!parsed.ok) throw invalid({ name: parsed.reason });
  const bare = parsed.value.slice(0, -1);
  if (setting("claims.private_suffixes").some((suffix) => bare.endsWith(`.${suffix}`))) return parsed.value;
  const reverse = /(^|\.)(in-addr|ip6)\.arpa$/.test(bare);
  if (reverse ? /^(in-addr|ip6)\.arpa$/.test(bare) : getDomain(bare, { allowPrivateDomains: false }) === null) {
    const suffix = getPublicSuffix(bare);
    throw invalid({
      name:
        suffix === bare
          ? `${bare} is a public suffix: nobody can own it here.`
          : `${bare} is not a name that can be a zone.`,
    });
  }
  return parsed.value;
}
