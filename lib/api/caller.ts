/** Server components call procedures in process: same guards, no HTTP. */
import "server-only";
import { cookies, headers } from "next/headers";
import { forbidden, notFound, redirect } from "next/navigation";
import { cache } from "react";
import type { Visitor } from "#lib/pages/visitor.ts";
import { pages } from "#lib/panel-here.ts";
import { PATH_HEADER } from "./request-headers.ts";

/** Whoever opens this page, found once however many components ask. */
const currentVisitor = cache(async () => pages().visitor(await headers()));

export const currentActor = async () => (await currentVisitor()).actor;

/**
 * Calls procedures for a page. Signed out leads to sign-in, a second factor that is owed to its page, what is not visible to
 * not-found, what is not allowed to forbidden.
 */
export const load = <T>(call: (api: Visitor["api"]) => Promise<T>): Promise<T> => visit(({ api }) => call(api));

/** The same for what is no procedure. */
export async function visit<T>(call: (visitor: Visitor) => Promise<T>): Promise<T> {
  try {
    return await call(await currentVisitor());
  } catch (error) {
    if (!pages().isProblem(error)) throw error;
    if (error.code === "unauthenticated") redirect(await leadingBack("/login"));
    if (error.code === "second_factor_required") redirect(await leadingBack("/second-factor"));
    if (error.code === "not_found" || error.code === "feature_disabled") notFound();
    if (error.code === "forbidden") forbidden();
    throw error;
  }
}

/** The same for a part of a page that is left out while its feature is switched off: then null. */
export async function loadIfOn<T>(call: (api: Visitor["api"]) => Promise<T>): Promise<T | null> {
  return load(async (api) => {
    try {
      return await call(api);
    } catch (error) {
      if (pages().isProblem(error) && error.code === "feature_disabled") return null;
      throw error;
    }
  });
}

/** The theme that was chosen, or null to follow the system. */
export const chosenTheme = async (): Promise<"light" | "dark" | null> => {
  const sent = await cookies();
  const value = sent.get(pages().facts().themeCookie)?.value;
  return value === "light" || value === "dark" ? value : null;
};

/** A page to go through first, and back from there to where one wanted to go. */
async function leadingBack(page: string): Promise<string> {
  const path = new URL((await headers()).get(PATH_HEADER) ?? "/", "http://panel.invalid");
  path.searchParams.delete("_rsc");
  const target = `${path.pathname}${path.search}`;
  return target === "/" || target === "/dashboard" ? page : `${page}?callbackUrl=${encodeURIComponent(target)}`;
}
