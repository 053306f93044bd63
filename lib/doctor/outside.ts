/** What the panel needs of others: the providers, the mail server, the right time. */
import { inspectCloudflareToken } from "#lib/dns/providers/cloudflare-token.ts";
import { type Env, env } from "#lib/env.ts";
import { verifyMail } from "#lib/mail/smtp.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const WITHIN_MS = 5_000;
/** A token that ends within this time is worth a word. */
const SOON_MS = 14 * 86_400_000;
/** Seconds. One-time passwords change every thirty. */
const CLOCK_MAY_DIFFER = 15;

/** The providers of the environment, and the clock by what an answer says the time is. */
export async function provider(): Promise<Finding[]> {
  const { cloudflare, powerDns } = env();
  const found = cloudflare ? [await tokenOf(cloudflare)] : [];
  if (powerDns) return [...found, ...(await serverOf(powerDns))];
  if (!cloudflare)
    found.push(ok("provider", "None is set: zones are kept in the panel, and no name server serves them."));
  return [...found, clock(null, Date.now())];
}

async function tokenOf(cloudflare: NonNullable<Env["cloudflare"]>): Promise<Finding> {
  const report = await inspectCloudflareToken({ ...cloudflare, timeoutMs: WITHIN_MS });
  const said = report.message.startsWith("Cloudflare") ? report.message : `Cloudflare: ${report.message}`;
  if (!report.ok) return problem("provider", said, "Check CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID.");
  if (report.expiresAt !== null && report.expiresAt - Date.now() < SOON_MS) {
    const day = new Date(report.expiresAt).toISOString().slice(0, 10);
    return warning(
      "provider",
      `The Cloudflare token ends on ${day}.`,
      "Make another one, and set CLOUDFLARE_API_TOKEN.",
    );
  }
  return ok("provider", said);
}

async function serverOf(powerDns: NonNullable<Env["powerDns"]>): Promise<Finding[]> {
  const address = `${powerDns.url.replace(/\/api(\/v1)?$/, "")}/api/v1/servers/${encodeURIComponent(powerDns.serverId)}`;
  const advice = "Check POWERDNS_API_URL, and that PowerDNS runs with webserver=yes and api=yes.";
  try {
    const answer = await fetch(address, {
      headers: { "x-api-key": powerDns.apiKey },
      redirect: "manual",
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    const now = Date.now();
    const time = clock(answer.headers.get("date"), now);
    if (answer.status === 401 || answer.status === 403)
      return [problem("provider", "PowerDNS does not accept the API key.", "Check POWERDNS_API_KEY."), time];
    if (answer.status === 404)
      return [problem("provider", `PowerDNS has no server ${powerDns.serverId}.`, "Check POWERDNS_SERVER_ID."), time];
    const server = answer.ok ? ((await answer.json().catch(() => null)) as { version?: unknown } | null) : null;
    if (typeof server?.version !== "string")
      return [problem("provider", `What answers at ${powerDns.url} is not the PowerDNS API.`, advice), time];
    const [major = 0, minor = 0] = server.version.split(".").map(Number);
    if (major < 4 || (major === 4 && minor < 7))
      return [problem("provider", `PowerDNS is ${server.version}; the panel needs 4.7.`, "Upgrade PowerDNS."), time];
    return [ok("provider", `PowerDNS ${server.version} answers.`), time];
  } catch {
    return [problem("provider", `PowerDNS does not answer at ${powerDns.url}.`, advice), clock(null, Date.now())];
  }
}

export async function mail(): Promise<Finding[]> {
  const found = await verifyMail();
  if (found.state === "off") return [ok("mail", "SMTP_URL is not set: mails wait in the panel.")];
  if (found.state === "works") return [ok("mail", "The mail server lets the panel in.")];
  return [problem("mail", `The mail server does not let the panel in: ${found.reason}`, "Check SMTP_URL.")];
}

function clock(date: string | null, now: number): Finding {
  const said = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(said)) return ok("clock", "Nobody here says what time it is, so it cannot be checked.");
  const off = Math.round((now - said) / 1000);
  if (Math.abs(off) <= CLOCK_MAY_DIFFER) return ok("clock", "It agrees with the provider's.");
  return warning(
    "clock",
    `It is ${Math.abs(off)} seconds ${off > 0 ? "ahead of" : "behind"} the provider's.`,
    "Let both machines set their clocks from the network: one-time passwords and expiry depend on it.",
  );
}
