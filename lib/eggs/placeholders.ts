/**
 * Wings fills `{{config.…}}` in from its whole configuration, the node's secret included, also where the text came from a
 * variable's value. So eggs may name two harmless keys of it, and values none. Pure.
 */
const ALLOWED = new Set(["docker.interface", "docker.network.interface"]);

/** The keys of the node's configuration that a text asks for and may not. */
export function secretPlaceholders(text: string): string[] {
  const found = text.matchAll(/\{\{\s*config\s*\.?([^}]*)/gi);
  return Array.from(found, ([, key = ""]) => key.trim()).filter((key) => !ALLOWED.has(key));
}

/** Whether a value would be filled in from the node's configuration, or become that with what stands around it. */
export const asksForConfiguration = (value: string): boolean => /\{\{\s*config/i.test(value);
