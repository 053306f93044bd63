/** What an egg is, whoever wrote it down and in which format. Pure. */
import type { JsonObject } from "./ordered-json.ts";

export interface Egg {
  name: string;
  author: string;
  description: string;
  /** What the pages of its servers offer, such as `eula`. Null: nothing is said. */
  features: string[] | null;
  /** What each is called, and the image. The first is the one that a server gets. */
  images: [label: string, image: string][];
  startup: string;
  /** A command, or `^C` and the like for a signal. */
  stop: string;
  fileDenylist: string[];
  /** JSON, as it was written. */
  configFiles: string;
  configStartup: string;
  configLogs: string;
  script: string;
  scriptContainer: string;
  scriptEntrypoint: string;
  forceOutgoingIp: boolean;
  updateUrl: string | null;
  variables: EggVariable[];
  /** What else a file said, by where it stood: the empty path, `meta`, `config`, `scripts`, `scripts.installation`. */
  extras: JsonObject;
}

export interface EggVariable {
  name: string;
  description: string;
  env: string;
  defaultValue: string;
  userViewable: boolean;
  userEditable: boolean;
  rules: string[];
  fieldType: string;
  extras: JsonObject;
}

/** What Wings sets itself, whatever a variable of this name says. */
export const RESERVED: ReadonlySet<string> = new Set([
  "SERVER_MEMORY",
  "SERVER_IP",
  "SERVER_PORT",
  "ENV",
  "HOME",
  "USER",
  "STARTUP",
  "SERVER_UUID",
  "UUID",
]);

/** What an image or another panel gives a meaning of its own. */
export const UNWISE: ReadonlySet<string> = new Set([
  "P_SERVER_UUID",
  "P_SERVER_ALLOCATION_LIMIT",
  "MODIFIED_STARTUP",
  "INTERNAL_IP",
  "HOSTNAME",
  "TERM",
  "LANG",
  "PWD",
  "TZ",
  "TIMEZONE",
]);
