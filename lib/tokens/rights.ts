/** The rights of a token as its row holds them. */
import * as z from "zod";
import type { tokens } from "#db/schema/index.ts";
import { serverCapabilities } from "#lib/access/server-capability.ts";
import type { TokenRights } from "#lib/access/token.ts";
import { zoneLevels } from "#lib/access/zone-level.ts";

export type TokenRow = typeof tokens.$inferSelect;

const Lists = z.object({
  permissions: z.array(z.string()),
  organisations: z.array(z.object({ organisation: z.string().nullable(), role: z.enum(["owner", "admin", "member"]) })),
  zones: z.array(
    z.object({
      zone: z.string().nullable(),
      name: z.string().nullable(),
      type: z.string().nullable(),
      level: z.enum(zoneLevels),
    }),
  ),
  servers: z.array(z.object({ server: z.string(), capabilities: z.array(z.enum(serverCapabilities)) })),
});

type Columns = Pick<TokenRow, "mode" | "permissions" | "organisations" | "zones" | "servers">;

export function rightsOf(row: Columns): TokenRights {
  if (row.mode === "full") return { mode: "full" };
  const lists = {
    permissions: JSON.parse(row.permissions),
    organisations: JSON.parse(row.organisations),
    zones: JSON.parse(row.zones),
    servers: JSON.parse(row.servers),
  };
  return { mode: "listed", ...Lists.parse(lists) };
}

export function columnsOf(rights: TokenRights): Columns {
  const lists = rights.mode === "listed" ? rights : { permissions: [], organisations: [], zones: [], servers: [] };
  return {
    mode: rights.mode,
    permissions: JSON.stringify(lists.permissions),
    organisations: JSON.stringify(lists.organisations),
    zones: JSON.stringify(lists.zones),
    servers: JSON.stringify(lists.servers),
  };
}

export const networksOf = (row: Pick<TokenRow, "networks">): string[] =>
  z.array(z.string()).parse(JSON.parse(row.networks));

/** How logs and history tell which token acted. */
export const tokenLabel = (token: { name: string; prefix: string }): string => `${token.name}, ${token.prefix}…`;
