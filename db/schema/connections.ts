/** Connections to DNS providers that are kept in the panel: staff's for everybody, and those that organisations bring. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { organisations } from "./organisations.ts";
import { sealed } from "./sealed.ts";

export const connections = sqliteTable(
  "connections",
  {
    id: text().primaryKey(),
    kind: text({ enum: ["powerdns", "cloudflare"] }).notNull(),
    label: text().notNull(),
    /** Whose zones alone it is for; null: everybody's. */
    organisationId: text("organisation_id").references(() => organisations.id, { onDelete: "cascade" }),
    /** PowerDNS: where its API is, and which server there. */
    url: text(),
    serverId: text("server_id"),
    /** Cloudflare: the account whose zones these are. */
    accountId: text("account_id"),
    /** The API key or token. */
    secret: sealed().notNull(),
    /** Grows with each change, so that what was tested is what is stored. */
    revision: integer().notNull().default(1),
    /** JSON: what the last test found. */
    test: text(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    /** When the secret was last given. */
    rotatedAt: integer("rotated_at").notNull(),
  },
  (t) => [index("connections_organisation").on(t.organisationId, t.label)],
);
