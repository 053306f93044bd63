/** What an organisation may have at most: the panel's setting, or its own where staff gave it one. */
import { and, eq } from "drizzle-orm";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { remembered } from "#db/hot.ts";
import { organisationLimits } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { catalogue } from "#lib/settings/catalogue.ts";
import { setting } from "#lib/settings/settings.ts";
import { type Organisation, targetOf } from "./organisations.ts";

/** The settings that an organisation can have a value of its own for. */
export const limitKeys = [
  "limits.zones_per_organisation",
  "limits.records_per_zone",
  "limits.connections_per_organisation",
  "limits.templates_per_organisation",
  "limits.open_invites_per_organisation",
  "limits.invite_mails_per_hour",
  "limits.servers_per_organisation",
  "limits.memory_per_organisation",
  "limits.disk_per_organisation",
  "limits.cpu_per_organisation",
] as const;

export type LimitKey = (typeof limitKeys)[number];

/** The limit in force. A value of its own that no longer fits counts as absent. */
export function limitOf(organisationId: string, key: LimitKey, tx?: DbOrTx): number {
  const own = tx ? readOwn(organisationId, tx) : rememberedOwn(organisationId);
  return own.get(key) ?? setting(key, tx);
}

const rememberedOwn = remembered((organisationId: string) => readOwn(organisationId, db()));

function readOwn(organisationId: string, tx: DbOrTx): ReadonlyMap<string, number> {
  const rows = tx.select().from(organisationLimits).where(eq(organisationLimits.organisationId, organisationId)).all();
  return new Map(rows.filter(({ key, value }) => fits(key, value)).map(({ key, value }) => [key, value]));
}

const known = (key: string): key is LimitKey => limitKeys.some((one) => one === key);
const fits = (key: string, value: unknown): boolean => known(key) && catalogue[key].schema.safeParse(value).success;

/** Every limit with the value in force, its own (null: none) and the panel's. */
export function limitsOf(organisationId: string, tx: DbOrTx = db()) {
  const own = readOwn(organisationId, tx);
  return limitKeys.map((key) => {
    const { title, help, control } = catalogue[key];
    const byPanel = setting(key, tx);
    return {
      key,
      title,
      help,
      unit: control.unit,
      min: control.min,
      max: control.max,
      own: own.get(key) ?? null,
      byPanel,
      value: own.get(key) ?? byPanel,
    };
  });
}

/** Sets some, or back to the panel's where the value is null. What changes nothing leaves no entry. */
export function changeLimits(
  organisation: Organisation,
  changes: Readonly<Record<string, number | null>>,
  actor: Actor,
): ReturnType<typeof limitsOf> {
  const fields: Record<string, string> = {};
  for (const [key, value] of Object.entries(changes)) {
    if (!known(key)) fields[`limits.${key}`] = "There is no such limit.";
    else if (value !== null) {
      const parsed = catalogue[key].schema.safeParse(value);
      if (!parsed.success) fields[`limits.${key}`] = parsed.error.issues[0]?.message ?? "This does not fit.";
    }
  }
  if (Object.keys(fields).length > 0) throw invalid(fields);
  return transaction((tx) => {
    const own = readOwn(organisation.id, tx);
    const moved = Object.entries(changes).filter(([key, value]) => (own.get(key) ?? null) !== value);
    for (const [key, value] of moved) {
      const row = { organisationId: organisation.id, key };
      if (value === null)
        tx.delete(organisationLimits)
          .where(and(eq(organisationLimits.organisationId, organisation.id), eq(organisationLimits.key, key)))
          .run();
      else
        tx.insert(organisationLimits)
          .values({ ...row, value })
          .onConflictDoUpdate({ target: [organisationLimits.organisationId, organisationLimits.key], set: { value } })
          .run();
    }
    if (moved.length > 0)
      audit(tx, actor, {
        ...targetOf(organisation),
        before: { limits: Object.fromEntries(moved.map(([key]) => [key, own.get(key) ?? null])) },
        after: { limits: Object.fromEntries(moved) },
        asStaff: true,
      });
    return limitsOf(organisation.id, tx);
  });
}
