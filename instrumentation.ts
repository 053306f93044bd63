import type { Instrumentation } from "next";

/** What a page threw. Procedures have their own place for it. */
export const onRequestError: Instrumentation.onRequestError = async (error, request, { routePath, routeType }) => {
  if (process.env.NEXT_RUNTIME !== "nodejs" || request.path.startsWith("/api/")) return;
  const { pages } = await import("#lib/panel-here.ts");
  pages().threw(error, `${routePath} (${routeType})`);
};
