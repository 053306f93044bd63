/** The API of servers, for those who have a part in them. */
import * as z from "zod";
import { can, onServer, signedIn } from "#lib/api/guards.ts";
import { listQuery, page } from "#lib/api/list.ts";
import { editServer, readStats, reinstall as reinstallServer, removeServer, usePower } from "./acts.ts";
import { createOwn } from "./create.ts";
import { installLogOf } from "./install-log.ts";
import { addAddress, makePrimary, readNetwork, removeAddress } from "./network.ts";
import { offersFor } from "./offers.ts";
import { listServers, openServer } from "./servers.ts";
import {
  Made,
  Named,
  Network,
  newServer,
  Offers,
  ServerDetail,
  ServerSummary,
  Startup,
  Stats,
  StatsHistory,
  serverDescription,
  serverName,
  variables,
} from "./shapes.ts";
import { changeStartup, readStartup } from "./startup.ts";
import { readUseOf, useRanges } from "./use/history.ts";

const ONE = "/servers/{server}";
const revision = z.number().int().optional();
const address = { allocation: z.string().max(100) };

export const list = signedIn(
  {
    ...listQuery(["name", "createdAt"]),
    /** Of one alone: its handle or its id. */
    organisation: z.string().max(100).optional(),
  },
  { tokens: true },
)
  .route({ method: "GET", path: "/servers", summary: "The servers that the account has a part in" })
  .output(page(ServerSummary))
  .handler(({ context, input }) => listServers(input, context.actor));

export const open = onServer("any", {})
  .route({ method: "GET", path: ONE, summary: "One server" })
  .output(ServerDetail)
  .handler(({ context }) => openServer(context, context.actor, context.asStaff));

export const offers = can("servers:create", {})
  .route({ method: "GET", path: "/server-offers", summary: "What a new server can be made of, and how large" })
  .output(Offers)
  .handler(({ context }) => offersFor(context.actor));

export const create = can("servers:create", newServer, { tokens: true })
  .route({ method: "POST", path: "/servers", successStatus: 201, summary: "Make a server" })
  .output(Made)
  .handler(({ context, input }) => createOwn(input, context.actor));

export const edit = onServer(
  "settings",
  {
    name: serverName.optional(),
    description: serverDescription.optional(),
    revision,
  },
  { asks: true },
)
  .route({ method: "PATCH", path: ONE, summary: "Change what a server is called" })
  .output(Named)
  .handler(({ context, input: { server: _, ...given } }) =>
    editServer(context.server, given, context.actor, context.asStaff),
  );

export const remove = onServer("owner", { name: z.string().max(200) }, { asks: true })
  .route({ method: "DELETE", path: ONE, summary: "Delete a server with all of its files" })
  .output(Named)
  .handler(({ context, input }) => removeServer(context.server, input, context.actor, context.asStaff));

export const stats = onServer("stats", {})
  .route({ method: "GET", path: `${ONE}/stats`, summary: "What a server does and uses now" })
  .output(Stats)
  .handler(({ context }) => readStats(context, context.asStaff));

export const statsHistory = onServer("stats", { range: z.enum(useRanges).default("1h") })
  .route({ method: "GET", path: `${ONE}/stats/history`, summary: "What a server used over a time" })
  .output(StatsHistory)
  .handler(({ context, input }) => readUseOf(context, input.range));

export const power = onServer(
  "console",
  { action: z.enum(["start", "stop", "restart", "kill"]) },
  { asks: true, permission: "commands:execute" },
)
  .route({ method: "POST", path: `${ONE}/power`, summary: "Start, stop, restart or kill a server" })
  .output(z.object({ action: z.string() }))
  .handler(({ context, input }) => usePower(context, input.action, context.actor, context.asStaff));

export const reinstall = onServer(["settings", "files"], {}, { asks: true })
  .route({ method: "POST", path: `${ONE}/reinstall`, summary: "Install a server again" })
  .output(Named)
  .handler(({ context }) => reinstallServer(context, context.actor, context.asStaff));

/** For whoever may install it again. */
export const installLog = onServer(["settings", "files"], {}, { asks: true })
  .meta({ guard: "onServer", argument: "settings and files, asks", audit: true })
  .route({ method: "GET", path: `${ONE}/install-log`, summary: "What the last installation of a server wrote" })
  .output(z.object({ text: z.string().nullable(), cut: z.boolean(), file: z.string() }))
  .handler(({ context }) => installLogOf(context, context.actor));

export const startup = onServer("startup", {})
  .route({ method: "GET", path: `${ONE}/startup`, summary: "With what a server is started" })
  .output(Startup)
  .handler(({ context }) => readStartup(context, context.asStaff));

export const setStartup = onServer(
  "startup",
  {
    image: z.string().max(500).optional(),
    variables: variables.default({}),
    revision,
  },
  { asks: true },
)
  .route({ method: "PATCH", path: `${ONE}/startup`, summary: "Change with what a server is started" })
  .output(Named)
  .handler(({ context, input: { server: _, ...given } }) =>
    changeStartup(context, given, context.actor, context.asStaff),
  );

export const network = onServer("network", {})
  .route({ method: "GET", path: `${ONE}/network`, summary: "The addresses of a server" })
  .output(Network)
  .handler(({ context }) => readNetwork(context));

export const addPort = onServer(["network", "settings"], {}, { asks: true })
  .route({ method: "POST", path: `${ONE}/network`, successStatus: 201, summary: "Give a server another address" })
  .output(Named)
  .handler(({ context }) => addAddress(context, context.actor, context.asStaff));

export const setPrimary = onServer(["network", "settings"], address, { asks: true })
  .route({ method: "PUT", path: `${ONE}/network/primary`, summary: "Say at which address a server is reached" })
  .output(Named)
  .handler(({ context, input }) => makePrimary(context, input.allocation, context.actor, context.asStaff));

export const removePort = onServer(["network", "settings"], address, { asks: true })
  .route({ method: "DELETE", path: `${ONE}/network/{allocation}`, summary: "Take an address from a server" })
  .output(Named)
  .handler(({ context, input }) => removeAddress(context, input.allocation, context.actor, context.asStaff));
