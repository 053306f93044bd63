/** A browser and a system, read from what the browser said of itself. Pure. */
import Bowser from "bowser";

/** Such as "Firefox on Windows", or "Safari on iPhone"; a program is named by its own first word. */
export function deviceOf(userAgent: string): string {
  const said = userAgent.trim();
  if (said === "") return "Unknown device";
  const { browser, os, platform } = Bowser.parse(said);
  const system = platform.model?.startsWith("iP") ? platform.model : os.name;
  const name = browser.name || undefined;
  if (name && system) return `${name} on ${system}`;
  return name ?? system ?? said.split(/[\s/]/)[0] ?? "Unknown device";
}
