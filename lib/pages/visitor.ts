/** What pages ask of the panel, each as whoever opened it: in the thread that serves requests, which holds the panel. */
import { createRouterClient, type RouterClient } from "@orpc/server";
import type { Permission } from "#lib/access/permissions.ts";
import type { Actor } from "#lib/actor.ts";
import type { RequestContext } from "#lib/api/context.ts";
import { isProblem } from "#lib/api/errors.ts";
import { requestAddress } from "#lib/api/request.ts";
import { router } from "#lib/api/router.ts";
import { actorOf } from "#lib/auth/session.ts";
import { cookieName } from "#lib/http/cookies.ts";
import { newId } from "#lib/id.ts";
import { pageUnderWay } from "#lib/log/page.ts";
import { unforeseen } from "#lib/log/unforeseen.ts";
import { passkeysAvailable } from "#lib/passkeys/webauthn.ts";
import { actsOf, isStaffWith, tabsFor } from "#lib/staff/admission.ts";
import { loadOne, loadTab, type Params, queryOf, tabOf } from "#lib/staff/loading.ts";
import type { TabId } from "#lib/staff/tabs.ts";

/** What holds for every page. */
export interface Facts {
  /** The cookie that holds the theme. */
  themeCookie: string;
  /** The panel is opened under a host name, which passkeys can belong to. */
  passkeys: boolean;
}

export interface OpenTab {
  id: TabId;
  title: string;
  /** Its rows open. */
  opens: boolean;
}

/** What fills a tab of the Staff Portal. */
export interface FilledTab {
  data: unknown;
  /** The row that was asked for; null where it is not there any more, or none was. */
  one: unknown;
  /** Which of the tab's acts the visitor may do. */
  may: Permission[];
  /** What of the query string made sense. */
  query: Record<string, string | string[]>;
}

/** Somebody who opens a page. Everything else that the page asks for is asked for as them. */
export interface Visitor {
  actor: Actor;
  /** The procedures as functions, with their own guards. What they throw is a Problem. */
  api: RouterClient<typeof router>;
  /** The tabs of the Staff Portal that are open to them. */
  tabs(): Promise<{ staff: boolean; open: OpenTab[] }>;
  /** One of those tabs, for what a query string asks. Throws `not_found` where it is not open to them. */
  tab(id: TabId, params: Params): Promise<FilledTab>;
}

export interface Pages {
  facts(): Facts;
  /** Whoever these headers show, noted with the page under way. */
  visitor(headers: Headers): Promise<Visitor>;
  isProblem: typeof isProblem;
  /** Writes down what a page threw and nobody foresaw. `place` is its route. */
  threw(error: unknown, place: string): void;
}

export const ownPages: Pages = {
  facts: () => ({ themeCookie: cookieName("theme"), passkeys: passkeysAvailable() }),
  isProblem,

  async visitor(headers) {
    const page = pageUnderWay();
    const actor = await actorOf(headers, { address: requestAddress(headers), requestId: page?.requestId ?? newId() });
    if (page) Object.assign(page, { actorType: actor.type, actor: actor.id });
    const context: RequestContext = { actor, trace: { template: "page" } };
    return {
      actor,
      api: createRouterClient(router, { context }),
      tabs: async () => ({
        staff: isStaffWith(actor.grants),
        open: tabsFor(actor.grants).map((tab) => ({ id: tab.id, title: tab.title, opens: "open" in tab })),
      }),
      tab: (id, params) => filled(id, params, context),
    };
  },

  threw(error, place) {
    // A procedure threw it, and has noted it.
    if (isProblem(error)) return;
    unforeseen(error, { source: "page", place, requestId: pageUnderWay()?.requestId ?? null });
  },
};

async function filled(id: TabId, params: Params, context: RequestContext): Promise<FilledTab> {
  const tab = tabOf(id, context);
  const opened = [params.open].flat()[0] ?? "";
  const [data, one, query] = await Promise.all([
    loadTab(tab, params, context),
    opened === "" || !tab.open ? null : orGone(loadOne(tab, opened, context)),
    queryOf(tab, params),
  ]);
  return { data, one, may: actsOf(context.actor.grants, tab), query };
}

/** A row that is gone leaves the list alone. */
async function orGone(row: Promise<unknown>): Promise<unknown> {
  try {
    return await row;
  } catch (error) {
    if (isProblem(error) && error.code === "not_found") return null;
    throw error;
  }
}
