/**
 * What a daemon is told of a server, as it decodes it: a text where it wants a number fails the whole server, and a missing
 * part of it can end the daemon. Pure.
 */
import type { Egg } from "#lib/eggs/egg.ts";
import { isJsonObject, type Json, type JsonObject, readJson } from "#lib/eggs/ordered-json.ts";
import { secretPlaceholders } from "#lib/eggs/placeholders.ts";
import type { ToldMount } from "#lib/mounts/of-server.ts";

/** A server as its rows have it. */
export interface ServerFacts {
  uuid: string;
  name: string;
  description: string;
  suspended: boolean;
  image: string;
  /** Null: the egg's. */
  startup: string | null;
  skipScripts: boolean;
  /** MiB; 0: without a limit. */
  memory: number;
  swap: number;
  disk: number;
  /** Per cent of one processor; 0: without a limit. */
  cpu: number;
  io: number;
  threads: string | null;
  oomKiller: boolean;
  allocationLimit: number;
  location: string;
  /** Of the daemon; null: not known. */
  version: string | null;
  egg: Egg & { id: string };
  /** By variable; those that are not there have the egg's default. */
  values: ReadonlyMap<string, string>;
  /** The one that it is reached at, or null, and all of them. */
  primary: Address | null;
  addresses: readonly Address[];
  mounts: readonly ToldMount[];
}

export interface Address {
  ip: string;
  port: number;
}

/** What the daemon binds where a server has no address. */
const NOWHERE: Address = { ip: "127.0.0.1", port: 0 };

export function configurationOf(facts: ServerFacts) {
  const environment = environmentOf(facts);
  const settings = settingsOf(facts, environment);
  return {
    uuid: facts.uuid,
    settings,
    process_configuration: {
      startup: startupOf(facts.egg.configStartup),
      stop: stopOf(facts.egg.stop, facts.version),
      configs: filesOf(facts.egg.configFiles, lookupOf(facts, settings)),
    },
  };
}
export type Configuration = ReturnType<typeof configurationOf>;

/** What is run to install a server. */
export const installationOf = ({ egg }: Pick<ServerFacts, "egg">) => ({
  container_image: egg.scriptContainer,
  entrypoint: egg.scriptEntrypoint,
  script: egg.script.replaceAll(/\r\n?/g, "\n"),
});

function settingsOf(facts: ServerFacts, environment: Record<string, string>) {
  const { egg } = facts;
  const mappings: Record<string, number[]> = {};
  for (const { ip, port } of facts.addresses) mappings[ip] = [...(mappings[ip] ?? []), port];
  return {
    uuid: facts.uuid,
    meta: { name: facts.name, description: facts.description },
    suspended: facts.suspended,
    invocation: facts.startup ?? egg.startup,
    skip_egg_scripts: facts.skipScripts || egg.script.trim() === "",
    environment,
    build: {
      memory_limit: facts.memory,
      swap: facts.swap,
      io_weight: facts.io,
      cpu_limit: facts.cpu,
      threads: facts.threads,
      disk_space: facts.disk,
      // One family of daemons reads the one, one the other.
      oom_disabled: !facts.oomKiller,
      oom_killer: facts.oomKiller,
    },
    container: { image: facts.image, oom_disabled: !facts.oomKiller, requires_rebuild: false },
    allocations: {
      force_outgoing_ip: egg.forceOutgoingIp,
      default: { ...(facts.primary ?? NOWHERE) },
      mappings,
    },
    mounts: facts.mounts,
    egg: { id: egg.id, file_denylist: egg.fileDenylist, features: {} },
  };
}

/** The egg's variables alone: what an earlier egg left is kept, and not told. */
function environmentOf({ egg, values, ...facts }: ServerFacts): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const { env, defaultValue } of egg.variables) environment[env] = values.get(env) ?? defaultValue;
  return {
    ...environment,
    P_SERVER_LOCATION: facts.location,
    P_SERVER_UUID: facts.uuid,
    P_SERVER_ALLOCATION_LIMIT: String(facts.allocationLimit),
  };
}

/** What placeholders name: as daemons have it, and as panels before them had. */
function lookupOf(facts: ServerFacts, settings: ReturnType<typeof settingsOf>) {
  const { ip, port } = settings.allocations.default;
  const env = {
    ...settings.environment,
    SERVER_MEMORY: String(facts.memory),
    SERVER_IP: ip,
    SERVER_PORT: String(port),
  };
  const server = {
    ...settings,
    name: facts.name,
    environment: env,
    build: {
      ...settings.build,
      default: { ip, port },
      ports: settings.allocations.mappings,
      env,
      memory: facts.memory,
      swap: facts.swap,
      io: facts.io,
      cpu: facts.cpu,
      threads: facts.threads,
      disk: facts.disk,
      image: facts.image,
    },
    service: { egg: facts.egg.id, skip_scripts: settings.skip_egg_scripts },
  };
  return { server, env };
}

/** Once, so that what a value holds is not looked up in its turn. What names nothing is nothing. */
function filled(text: string, lookup: object): string {
  const done = text.replaceAll(/\{\{\s*((?:server|env)\.[\w.-]+)\s*\}\}/g, (_, path: string) => at(lookup, path));
  // Checked when it is whole: the halves of a placeholder can come from the egg and from a value.
  return secretPlaceholders(done).length > 0 ? done.replaceAll(/\{{2,}/g, "") : done;
}

function at(lookup: object, path: string): string {
  let value: unknown = lookup;
  for (const key of path.split("."))
    value = typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : null;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** Nothing in the list: it stays at "starting". */
function startupOf(text: string) {
  const startup = objectOf(text);
  const done = startup.get("done");
  return {
    done: (Array.isArray(done) ? done : [done]).filter((line) => typeof line === "string"),
    user_interaction: [] as string[],
    strip_ansi: startup.get("strip_ansi") === true,
  };
}

/** Daemons before 1.12 kill at `^C` and hang at other signals: those stop the container as Docker does. */
export function stopOf(stop: string, version: string | null): { type: "command" | "signal" | "stop"; value: string } {
  if (!stop.startsWith("^")) return stop === "" ? { type: "stop", value: "" } : { type: "command", value: stop };
  if (!knowsSignals(version)) return { type: "stop", value: "" };
  return { type: "signal", value: stop.replace(/^\^+/, "").toUpperCase() };
}

/** Pelican counts from 1.0 again. */
function knowsSignals(version: string | null): boolean {
  const [, major = "0", minor = "0"] = /^v?(\d+)\.(\d+)\./.exec(version ?? "") ?? [];
  return Number(major) > 1 || (Number(major) === 1 && (Number(minor) >= 12 || Number(minor) === 0));
}

interface Replacement {
  match: string;
  if_value?: string;
  replace_with: string | number | boolean;
}

/** All three keys of each, or the daemon stops: what is none is left out. */
function filesOf(text: string, lookup: object) {
  return [...objectOf(text)].flatMap(([file, change]) => {
    const parser = isJsonObject(change) ? change.get("parser") : null;
    if (!isJsonObject(change) || typeof parser !== "string") return [];
    const find = change.get("find");
    const replace = isJsonObject(find) ? [...find].flatMap(([match, value]) => replacing(match, value, lookup)) : [];
    return [{ parser, file: filled(file, lookup), replace }];
  });
}

function replacing(match: string, value: Json, lookup: object): Replacement[] {
  if (isJsonObject(value))
    return [...value].flatMap(([given, with_]) =>
      replacing(match, with_, lookup).map((one) => ({ ...one, if_value: filled(given, lookup) })),
    );
  if (typeof value === "string") return [{ match, replace_with: filled(value, lookup) }];
  return typeof value === "number" || typeof value === "boolean" ? [{ match, replace_with: value }] : [];
}

function objectOf(text: string): JsonObject {
  const value = readJson(text);
  return isJsonObject(value) ? value : new Map();
}
