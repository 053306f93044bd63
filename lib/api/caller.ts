/** Server components call procedures in process: same guards, no HTTP. */
import "server-only";
import { cookies, headers } from "next/headers";
import { forbidden, notFound, redirect } from "next/navigation";
import { cache } from "react";
import { newId } from "#lib/id.ts";
import { panel } from "#lib/panel-here.ts";
import type { RequestContext } from "./context.ts";
import { PATH_HEADER } from "./request-headers.ts";

/** The actor of this request, read once however many components ask. */
export const currentActor = cache(async () => {
  const incoming = await headers();
  const { actorOf, pageUnderWay, requestAddress } = panel();
  const page = pageUnderWay();
  const actor = await actorOf(incoming, { address: requestAddress(incoming), requestId: page?.requestId ?? newId() });
  if (page) Object.assign(page, { actorType: actor.type, actor: actor.id });
  return actor;
});

/** What procedures are called with for this page. */
export const pageContext = cache(
  async (): Promise<RequestContext> => ({ actor: await currentActor(), trace: { template: "page" } }),
);

const callerOf = cache(async () => panel().callerOf(await pageContext()));

/**
 * Calls procedures for a page. Signed out leads to sign-in, a second factor that is owed to its page, what is not visible to
 * not-found, what is not allowed to forbidden.
 */
export async function load<T>(call: (api: Awaited<ReturnType<typeof callerOf>>) => Promise<T>): Promise<T> {
  try {
    return await call(await callerOf());
  } catch (error) {
    if (!panel().isProblem(error)) throw error;
    if (error.code === "unauthenticated") redirect(await leadingBack("/login"));
    if (error.code === "second_factor_required") redirect(await leadingBack("/second-factor"));
    if (error.code === "not_found" || error.code === "feature_disabled") notFound();
    if (error.code === "forbidden") forbidden();
    throw error;
  }
}

/** The same for a part of a page that is left out while its feature is switched off: then null. */
export async function loadIfOn<T>(call: (api: Awaited<ReturnType<typeof callerOf>>) => Promise<T>): Promise<T | null> {
  return load(async (api) => {
    try {
      return await call(api);
    } catch (error) {
      if (panel().isProblem(error) && error.code === "feature_disabled") return null;
      throw error;
    }
  });
}

/** The theme that was chosen, or null to follow the system. */
export const chosenTheme = async (): Promise<"light" | "dark" | null> => {
  const sent = await cookies();
  const value = sent.get(panel().cookieName("theme"))?.value;
  return value === "light" || value === "dark" ? value : null;
};

/** A page to go through first, and back from there to where one wanted to go. */
async function leadingBack(page: string): Promise<string> {
  const path = new URL((await headers()).get(PATH_HEADER) ?? "/", "http://panel.invalid");
  path.searchParams.delete("_rsc");
  const target = `${path.pathname}${path.search}`;
  return target === "/" || target === "/dashboard" ? page : `${page}?callbackUrl=${encodeURIComponent(target)}`;
}
