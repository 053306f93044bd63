/** Structured logs on standard output. Paths are route templates; secrets never get here. */
import pino from "pino";
import { env } from "#lib/env.ts";
import { singleton } from "#lib/singleton.ts";

export const log = () =>
  singleton("log", () => pino({ level: env().mode === "test" ? "silent" : env().logLevel, base: null }));
