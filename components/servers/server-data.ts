/** One server as its pages need it: read once. */
import { cache } from "react";
import { load } from "#lib/api/caller.ts";
import type { Outputs } from "#lib/api/outputs.ts";

export type Server = Outputs["servers"]["open"];

/** Leads to not-found for those who have no part in it. */
export const openServer = cache(async (server: string): Promise<Server> => load((api) => api.servers.open({ server })));
