/** What the daemon of the tests knows and keeps, and what a server's configuration has to look like for it. */
import type { ChildProcess } from "node:child_process";
import type { WebSocket } from "ws";
import * as z from "zod";

export interface WingsConfig {
  token_id: string;
  token: string;
  remote: string;
  [key: string]: unknown;
}

/** How the daemon calls the panel: `Panel.call` of a panel in this process, or the network. */
export type PanelCall = (
  method: string,
  target: string,
  body: unknown,
  headers: Record<string, string>,
) => Promise<{ status: number; body: unknown }>;

export type State = "offline" | "starting" | "running" | "stopping";

const int = z.number().int();

/** As the daemon decodes it: a number where a text stands, or a text where a number stands, fails all of it. */
export const Configuration = z.object({
  settings: z.object({
    uuid: z.string(),
    meta: z.object({ name: z.string(), description: z.string().nullable() }),
    suspended: z.boolean(),
    invocation: z.string(),
    skip_egg_scripts: z.boolean(),
    // A number would be printed as 25565.000000, and nothing as an empty text.
    environment: z
      .record(z.string(), z.unknown())
      .transform((all) => Object.fromEntries(Object.entries(all).map(([name, value]) => [name, printed(value)]))),
    labels: z.record(z.string(), z.string()).optional(),
    crash_detection_enabled: z.boolean().optional(),
    build: z.object({
      memory_limit: int,
      swap: int,
      io_weight: int.min(0).max(65_535),
      cpu_limit: int,
      threads: z.string().nullable(),
      disk_space: int,
      oom_disabled: z.boolean(),
    }),
    container: z.object({ image: z.string() }),
    allocations: z.object({
      force_outgoing_ip: z.boolean(),
      default: z.object({ ip: z.string(), port: int }),
      mappings: z.record(z.string(), z.array(int)),
    }),
    mounts: z.array(z.object({ source: z.string(), target: z.string(), read_only: z.boolean() })).nullable(),
    egg: z.object({ id: z.string(), file_denylist: z.array(z.string()).nullable() }),
  }),
  // What is missing here stops the daemon of a whole node.
  process_configuration: z.object({
    startup: z.object({
      done: z.array(z.string()),
      user_interaction: z.array(z.string()),
      strip_ansi: z.boolean(),
    }),
    stop: z.object({ type: z.string(), value: z.string() }),
    configs: z.array(
      z.object({
        parser: z.string(),
        file: z.string(),
        replace: z.array(z.object({ match: z.string(), replace_with: z.unknown(), if_value: z.unknown().optional() })),
      }),
    ),
  }),
});
export type Configuration = z.output<typeof Configuration>;

const printed = (value: unknown): string =>
  typeof value === "number" ? value.toFixed(6) : value === null ? "" : String(value);

export interface Claims {
  exp: number;
  iat?: number;
  jti?: string;
  sub?: string;
  scope?: string;
  user_uuid?: unknown;
  server_uuid?: unknown;
  unique_id?: unknown;
  file_path?: unknown;
  backup_uuid?: unknown;
  permissions?: unknown;
}

export interface Socket {
  client: WebSocket;
  claims: Claims | null;
}

export interface Server {
  uuid: string;
  /** Where its files are. */
  folder: string;
  configuration: Configuration;
  state: State;
  child: ChildProcess | null;
  startedAt: number;
  lines: string[];
  /** What the last installation wrote. */
  installed: string;
  sockets: Set<Socket>;
  /** What keeps it from being started. */
  busy: "installing" | "transferring" | "restoring" | null;
  /** A power action is under way. */
  acting: boolean;
  /** A transfer that is leaving was called off. */
  cancelled: boolean;
  /** What it is said to use while it runs: of one core in per cent, and octets. */
  uses: { cpu: number; memory: number; disk: number; received: number; sent: number };
}

/** What a node reports of what people did there. */
export interface Activity {
  user: string | null;
  server: string;
  event: string;
  metadata: Record<string, unknown>;
  ip: string;
  timestamp: string;
}

export interface Wings {
  port: number;
  /** What it runs with; null: it was not configured, and takes nobody's word. */
  config: WingsConfig | null;
  version: string;
  /** `ignore_panel_config_updates` of its file. */
  ignoresUpdates: boolean;
  /** Answers with this in the place of what it should. */
  broken: { status: number; body: string } | null;
  /** Only requests that this matches (method and path) are broken, silent or dropped. */
  only: RegExp | null;
  /** Takes requests, and says nothing. */
  silent: boolean;
  /** Does what it is asked, and breaks the connection off in the place of an answer. */
  drops: boolean;
  /** No backup can be made. */
  failsBackups: boolean;
  /** The image of no install script can be had. */
  failsInstalls: boolean;
  /** Milliseconds that its clock is ahead. */
  ahead: number;
  /** Method and path of every request, the latest last. */
  asked: string[];
  /** How many connections were made. */
  connections: number;
  /** Everything that it keeps. */
  root: string;
  servers: Map<string, Server>;
  /** Copies of servers that were created twice. */
  doubled: Server[];
  /** What it has asked the panel, with the status of the answer, the latest last. */
  told: { method: string; path: string; body: unknown; status: number }[];
  /** Waits for the next report. */
  activities: Activity[];
  /** When whom' tokens for which server are dead: `user server` → seconds. */
  deauthorized: Map<string, number>;
  denied: Map<string, number>;
  /** One-time keys that were used. */
  used: Set<string>;
  bootedAt: number;
  /** Sessions over SFTP. */
  sftp: Set<SftpSession>;
  /** What works on without anybody waiting for it. */
  working: Set<Promise<unknown>>;
  /** Everything that was begun has ended, or waits for people. */
  settled(): Promise<void>;
  /** What a timer of the daemon does every thirty seconds: tokens that end soon are told. */
  tick(): void;
  /** Sends what people did to the panel, and forgets what was taken. */
  report(): Promise<number>;
  sftpLogin(username: string, credential: { password: string } | { key: string }, ip?: string): Promise<SftpSession>;
  /** Goes down and comes up again: what it had in memory alone is gone, and it asks the panel for its servers. */
  reboot(): Promise<void>;
  close(): Promise<void>;
  panel: PanelCall;
}

export interface SftpSession {
  user: string;
  server: string;
  permissions: string[];
  open: boolean;
  /** Whether it lets this be done now. */
  may(permission: string): boolean;
  close(): void;
}

/** Whether the daemon is of those that ask for a scope in tokens, and can refuse a person. */
export function knowsScopes({ version }: Pick<Wings, "version">): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
  return major > 1 || (major === 1 && (minor === 0 || minor > 12 || (minor === 12 && patch >= 2)));
}

/** Pelican's: it counts from 1.0 again. */
export const isPelican = ({ version }: Pick<Wings, "version">): boolean => /^1\.0\./.test(version);

export const secondsOf = (wings: Pick<Wings, "ahead">): number => Math.floor((Date.now() + wings.ahead) / 1000);

/** Goes on beside the request; `settled` waits for it. */
export function beside(wings: Wings, work: () => Promise<unknown>): void {
  const begun = work().catch(() => undefined);
  wings.working.add(begun);
  void begun.then(() => wings.working.delete(begun));
}
