/** What nobody foresaw: on standard output at once, and kept for staff to read. */
import { log } from "./log.ts";
import type { ErrorRow } from "./rows.ts";
import { noteError } from "./store.ts";

const MESSAGE = 2000;
const STACK = 8000;

export function unforeseen(error: unknown, at: Pick<ErrorRow, "source" | "place" | "requestId">): void {
  log().error({ err: error, ...at }, "unforeseen error");
  const { name, message, stack, cause } =
    error instanceof Error ? error : { name: typeof error, message: String(error), stack: "", cause: undefined };
  const because = cause instanceof Error ? `\nbecause: ${cause.stack ?? cause.message}` : "";
  noteError({
    ...at,
    name: name.slice(0, 100),
    message: withoutSecrets(message).slice(0, MESSAGE),
    stack: withoutSecrets(`${stack ?? ""}${because}`).slice(0, STACK),
  });
}

/**
 * Messages are other people's, and some hold what they were about: the parameters of a query, credentials in an address or
 * a header, long strings of random characters.
 */
export const withoutSecrets = (text: string): string =>
  text
    .replace(/(\bparams: )[^\n]*/g, "$1…")
    .replace(/(\w+:\/\/)[^\s/@:]*:[^\s/@]*@/g, "$1…@")
    .replace(/\b(bearer|basic)\s+\S+/gi, "$1 …")
    .replace(/((?:password|secret|token|key|authorization|cookie)["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;)}]+)/gi, "$1…")
    .replace(/\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{32,}\b/gi, (found) => (isId(found) ? found : "…"));

const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
