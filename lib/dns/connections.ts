/** How providers are reached. For now: the panel itself, and what the environment names. */
import { existsSync } from "node:fs";
import path from "node:path";
import { env } from "#lib/env.ts";
import { singleton } from "#lib/singleton.ts";
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
    const provider = powerDns({ ...configured, hook });
    return [
      { id: "powerdns", kind: "powerdns", label: `PowerDNS at ${new URL(configured.url).host}`, provider },
      local,
    ];
  });

export const defaultConnection = (): Connection => connections()[0] as Connection;

export const connectionById = (id: string): Connection | undefined =>
  connections().find((connection) => connection.id === id);

/** For tests of crashes: the process kills itself where a file in the data directory says so. */
function hook(event: "before-send" | "after-send"): void {
  if (env().testHooks && existsSync(path.join(env().dataDir, `kill-${event}`))) process.kill(process.pid, "SIGKILL");
}
