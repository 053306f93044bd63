/** Zones that an organisation asks for and has yet to prove control of. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";
import { zones } from "./dns.ts";

export const zoneClaims = sqliteTable(
  "zone_claims",
  {
    zoneId: text("zone_id")
      .primaryKey()
      .references(() => zones.id, { onDelete: "cascade" }),
    /** `granted` while the zone is being made; then the row goes. The last three are ends. */
    state: text({ enum: ["pending", "granted", "refused", "expired", "taken"] }).notNull(),
    /** What the TXT record at `_zonegate` has to say: random, and this claim's alone. */
    txt: text().notNull(),
    /** JSON: the host names that it was assigned. A delegation to them proves something where no other claim has them. */
    nameservers: text().notNull(),
    /** When the name was last seen delegated elsewhere, or not at all. Until then a delegation proves nothing. */
    elsewhereAt: integer("elsewhere_at"),
    /** JSON: what the last look found. */
    found: text(),
    checks: integer().notNull().default(0),
    checkedAt: integer("checked_at"),
    /** When the panel looks next. */
    dueAt: integer("due_at").notNull(),
    /** Who asked for it, and through which token; what they may do is looked up again before the zone is made. */
    claimedBy: text("claimed_by").references(() => users.id, { onDelete: "set null" }),
    tokenId: text("token_id"),
    /** JSON: what the zone begins with once it is there. */
    first: text(),
    createdAt: integer("created_at").notNull(),
    endsAt: integer("ends_at").notNull(),
  },
  (t) => [index("zone_claims_due").on(t.state, t.dueAt), index("zone_claims_user").on(t.claimedBy)],
);
