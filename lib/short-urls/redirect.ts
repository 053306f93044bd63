/** Where `/s/{code}` leads, and how often it was followed: counted in memory, written together. */
import { eq, sql } from "drizzle-orm";
import { db, transaction } from "#db/client.ts";
import { remembered } from "#db/hot.ts";
import { shortUrlClicks, shortUrls } from "#db/schema/index.ts";
import { log } from "#lib/log/log.ts";
import { setting } from "#lib/settings/settings.ts";
import { singleton } from "#lib/singleton.ts";

const WRITE_AFTER_MS = 2_000;
const WRITE_AT = 500;

const byCode = remembered(
  (code: string) =>
    db()
      .select({
        id: shortUrls.id,
        target: shortUrls.target,
        enabled: shortUrls.enabled,
        expiresAt: shortUrls.expiresAt,
      })
      .from(shortUrls)
      .where(eq(shortUrls.code, code))
      .get() ?? null,
);

/** A redirect, or one answer for whatever leads nowhere: unknown, switched off and over look alike. */
export function followShortUrl(request: Request, code: string): Response {
  const found = setting("feature.short_urls") ? byCode(code.toLowerCase().slice(0, 64)) : null;
  const leads = found !== null && found.enabled === 1 && (found.expiresAt ?? Number.MAX_SAFE_INTEGER) > Date.now();
  const headers = { "cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex" };
  if (!leads)
    return new Response(GONE, { status: 404, headers: { ...headers, "content-type": "text/html; charset=utf-8" } });
  if (request.method === "GET" && !isMachine(request.headers)) count(found.id);
  return new Response(null, { status: 302, headers: { ...headers, location: found.target } });
}

const GONE = `<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><link rel="stylesheet" href="/plain.css"><title>Nothing here</title></head>
<body><main><h1>There is nothing at this address</h1><p>The link may be mistyped, switched off or expired.</p></main></body>
</html>
`;

/** Programs that look without a person: previews, crawlers, scanners of mail, and browsers that fetch ahead. */
const isMachine = (headers: Headers): boolean =>
  /bot|crawl|spider|slurp|preview|fetch|scan|monitor|curl|wget|python|java\/|go-http|headless/i.test(
    headers.get("user-agent") ?? "bot",
  ) || /prefetch|preview/i.test(`${headers.get("sec-purpose")} ${headers.get("purpose")} ${headers.get("x-moz")}`);

const counted = () =>
  singleton("short-url-clicks", () => ({
    waiting: new Map<string, number>(),
    total: 0,
    timer: undefined as NodeJS.Timeout | undefined,
  }));

function count(id: string): void {
  const clicks = counted();
  const key = `${new Date().toISOString().slice(0, 10)} ${id}`;
  clicks.waiting.set(key, (clicks.waiting.get(key) ?? 0) + 1);
  clicks.total++;
  if (clicks.total >= WRITE_AT) writeClicks();
  else clicks.timer ??= setTimeout(writeClicks, WRITE_AFTER_MS).unref();
}

/** Also called when the panel stops. What cannot be written now is tried with the next. */
export function writeClicks(): void {
  const clicks = counted();
  clearTimeout(clicks.timer);
  clicks.timer = undefined;
  if (clicks.total === 0) return;
  try {
    transaction((tx) => {
      for (const [key, n] of clicks.waiting) {
        const [day = "", id = ""] = key.split(" ");
        const more = { clicks: sql`${shortUrls.clicks} + ${n}` };
        // It may have been deleted since.
        if (tx.update(shortUrls).set(more).where(eq(shortUrls.id, id)).run().changes === 0) continue;
        tx.insert(shortUrlClicks)
          .values({ shortUrlId: id, day, clicks: n })
          .onConflictDoUpdate({
            target: [shortUrlClicks.shortUrlId, shortUrlClicks.day],
            set: { clicks: sql`${shortUrlClicks.clicks} + ${n}` },
          })
          .run();
      }
    });
    clicks.waiting.clear();
    clicks.total = 0;
  } catch (error) {
    log().error({ err: error }, "clicks on short addresses could not be written");
  }
}
