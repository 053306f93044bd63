/**
 * The panel as Next's pages and route handlers ask for it. The server loads it, once, as plain modules; what Next builds gets
 * it through `panel()` of panel-here.ts and holds no copy of anything that stands behind it. To be imported there for its
 * type alone.
 */
import { createRouterClient } from "@orpc/server";
import { askToUnsubscribe, oneClick } from "#lib/announcements/one-click.ts";
import type { RequestContext } from "#lib/api/context.ts";
import { isProblem } from "#lib/api/errors.ts";
import { handleApi } from "#lib/api/http.ts";
import { requestAddress } from "#lib/api/request.ts";
import { router } from "#lib/api/router.ts";
import { handleAuth } from "#lib/auth/next-auth.ts";
import { actorOf } from "#lib/auth/session.ts";
import { cookieName } from "#lib/http/cookies.ts";
import { pageUnderWay } from "#lib/log/page.ts";
import { unforeseen } from "#lib/log/unforeseen.ts";
import { metrics } from "#lib/metrics/prometheus.ts";
import { passkeysAvailable } from "#lib/passkeys/webauthn.ts";
import { ready } from "#lib/ready.ts";
import { followShortUrl } from "#lib/short-urls/redirect.ts";
import { actsOf, isStaffWith, tabsFor } from "#lib/staff/admission.ts";
import { loadOne, loadTab, procedureAt, readable } from "#lib/staff/loading.ts";

export const wholePanel = {
  /** The procedures as functions, called as whoever the context says. */
  callerOf: (context: RequestContext) => createRouterClient(router, { context }),
  actorOf,
  pageUnderWay,
  requestAddress,
  cookieName,
  passkeysAvailable,
  isProblem,
  unforeseen,
  staff: { actsOf, isStaffWith, tabsFor, loadOne, loadTab, procedureAt, readable },
  /** What answers requests that are for no page. */
  doors: { handleApi, handleAuth, metrics, ready, followShortUrl, askToUnsubscribe, oneClick },
};

export type Panel = typeof wholePanel;
