/** How providers are reached. For now: the panel itself, and what the environment names. */
import { env } from "#lib/env.ts";
import { singleton } from "#lib/singleton.ts";
import { killHere } from "#lib/test-hook.ts";
import { localProvider } from "./providers/local.ts";
import { powerDns } from "./providers/powerdns.ts";
import type { Provider } from "./providers/provider.ts";

export interface Connection {
  /** `local`, `powerdns`, `cloudflare`. */
  id: string;
  kind: Provider["capabilities"]["kind"];
  label: string;
  provider: Provider;
}

/** Every connection, the default first: PowerDNS when it is configured, else local. */
export const connections = (): readonly Connection[] =>
  singleton("connections", () => {
    const { powerDns: configured } = env();
    const local: Connection = { id: "local", kind: "local", label: "Kept in the panel", provider: localProvider() };
    if (!configured) return [local];
    const provider = powerDns({ ...configured, hook: killHere });
    return [
      { id: "powerdns", kind: "powerdns", label: `PowerDNS at ${new URL(configured.url).host}`, provider },
      local,
    ];
  });

export const defaultConnection = (): Connection => connections()[0] as Connection;

export const connectionById = (id: string): Connection | undefined =>
  connections().find((connection) => connection.id === id);
