/** Requests for pages and for sign-in, which no procedure answers: who asked for what, and how long it took. */
import { AsyncLocalStorage } from "node:async_hooks";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { newId } from "#lib/id.ts";
import { singleton } from "#lib/singleton.ts";
import type { ActorType } from "./rows.ts";
import { noteRequest } from "./store.ts";

/** A page under way, as far as its parts know who asks. */
interface Page {
  requestId: string;
  actorType: ActorType;
  actor: string | null;
}

const pages = () => singleton("pages", () => new AsyncLocalStorage<Page>());

/** The page that is being made, if one is. */
export const pageUnderWay = (): Page | undefined => pages().getStore();

/** Makes an answer, and notes it when it is over. What procedures answer they note themselves. */
export function notingPage(
  request: IncomingMessage,
  response: ServerResponse,
  { address, templateOf }: { address: string; templateOf: (path: string) => string },
  work: () => void,
): void {
  const [pathname = "/"] = (request.url ?? "/").split("?", 1);
  if (!isNoted(pathname)) {
    work();
    return;
  }
  const started = performance.now();
  // A browser fetches ahead where links lead that came into view: nobody asked for that, unless it got as far as somebody's data.
  const ahead = request.headers["next-router-prefetch"] !== undefined;
  const page: Page = { requestId: newId(), actorType: "anonymous", actor: null };
  response.once("close", () => {
    const micros = Math.round((performance.now() - started) * 1000);
    const { requestId, actorType, actor } = page;
    if (ahead && actor === null && response.statusCode < 400) return;
    const method = request.method ?? "";
    noteRequest([
      requestId,
      method,
      templateOf(pathname),
      "",
      response.statusCode,
      micros,
      actorType,
      actor,
      address,
      null,
    ]);
  });
  pages().run(page, work);
}

/** Notes what was refused before anybody looked at what was asked for. Of the API it says no more than that it was. */
export function noteRefused(
  { url = "/", method = "" }: IncomingMessage,
  refused: { address: string; templateOf: (path: string) => string; status: number; code: string },
): void {
  const [pathname = "/"] = url.split("?", 1);
  const template = /^\/api(?:\/|$)/.test(pathname) ? "/api" : refused.templateOf(pathname);
  const { status, address, code } = refused;
  noteRequest([newId(), method, template, "", status, 0, "anonymous", null, address, code]);
}

/** Neither files nor probes, which say nothing of what people do and are asked for all the time. */
const isNoted = (pathname: string): boolean =>
  !/^\/(?:_next|healthz|readyz|metrics|icon\.svg)(?:\/|$)/.test(pathname) &&
  (!/^\/api(?:\/|$)/.test(pathname) || pathname.startsWith("/api/auth/"));

/** The routes of a build, by which a path is told from its values. Without a build, or where none fits: `unmatched`. */
export function pageTemplates(root = process.cwd()): (path: string) => string {
  const fixed = new Set<string>();
  const patterns: { page: string; pattern: RegExp }[] = [];
  try {
    const text = readFileSync(path.join(root, ".next", "routes-manifest.json"), "utf8");
    const { staticRoutes, dynamicRoutes } = JSON.parse(text) as Record<string, { page: string; regex: string }[]>;
    for (const { page } of staticRoutes ?? []) fixed.add(page);
    for (const { page, regex } of dynamicRoutes ?? []) patterns.push({ page, pattern: new RegExp(regex) });
  } catch {
    // A development server has none.
  }
  return (pathname) =>
    fixed.has(pathname) ? pathname : (patterns.find(({ pattern }) => pattern.test(pathname))?.page ?? "unmatched");
}
