/** What procedures answer, as types for pages and forms. */
import type { InferRouterOutputs } from "@orpc/server";
import type { Router } from "./router.ts";

export type Outputs = InferRouterOutputs<Router>;
