/**
 * The panel as Next's pages and route handlers ask for it. The server loads it, once, as plain modules; what Next builds gets
 * it through `panel()` of panel-here.ts and holds no copy of anything that stands behind it. To be imported there for its
 * type alone.
 */
import { askToUnsubscribe, oneClick } from "#lib/announcements/one-click.ts";
import { handleApi } from "#lib/api/http.ts";
import { handleAuth } from "#lib/auth/next-auth.ts";
import { metrics } from "#lib/metrics/prometheus.ts";
import { ready } from "#lib/ready.ts";
import { followShortUrl } from "#lib/short-urls/redirect.ts";
import { ownPages } from "./pages/visitor.ts";

/** What answers requests that are for no page. */
const doors = { handleApi, handleAuth, metrics, ready, followShortUrl, askToUnsubscribe, oneClick };

export const wholePanel = { pages: ownPages, doors };

export type Panel = typeof wholePanel;
