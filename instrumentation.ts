import type { Instrumentation } from "next";

/** What a page threw. Procedures have their own place for it. */
export const onRequestError: Instrumentation.onRequestError = async (error, request, { routePath, routeType }) => {
  if (process.env.NEXT_RUNTIME !== "nodejs" || request.path.startsWith("/api/")) return;
  const { panel } = await import("#lib/panel-here.ts");
  const { isProblem, pageUnderWay, unforeseen } = panel();
  // A procedure threw it, and has noted it.
  if (isProblem(error)) return;
  unforeseen(error, {
    source: "page",
    place: `${routePath} (${routeType})`,
    requestId: pageUnderWay()?.requestId ?? null,
  });
};
