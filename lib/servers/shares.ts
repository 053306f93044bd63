/** How much of servers an account or an organisation may have, and has. */
import { count, eq, inArray, sum } from "drizzle-orm";
import { type DbOrTx, db } from "#db/client.ts";
import { servers } from "#db/schema/index.ts";
import { Problem } from "#lib/api/errors.ts";
import { limitOf } from "#lib/organisations/limits.ts";
import { setting } from "#lib/settings/settings.ts";

/** One of the two is null. */
export interface Owner {
  userId: string | null;
  organisationId: string | null;
}

const measures = ["servers", "memory", "disk", "cpu"] as const;
export type Share = Record<(typeof measures)[number], number>;

const words: Record<keyof Share, string> = {
  servers: "servers",
  memory: "MiB of memory",
  disk: "MiB of disk",
  cpu: "% of a processor",
};

interface Shares {
  most: Share;
  used: Share;
}

const sums = { servers: count(), memory: sum(servers.memory), disk: sum(servers.disk), cpu: sum(servers.cpu) };
type Sums = Partial<Record<keyof Share, string | number | null>>;

export function sharesOf({ userId, organisationId }: Owner, tx: DbOrTx = db()): Shares {
  const row = tx
    .select(sums)
    .from(servers)
    .where(organisationId === null ? eq(servers.userId, userId ?? "") : eq(servers.organisationId, organisationId))
    .get();
  return sharesFrom(row, (measure) =>
    organisationId === null
      ? setting(`limits.${measure}_per_account`, tx)
      : limitOf(organisationId, `limits.${measure}_per_organisation`, tx),
  );
}

/** Of several organisations, in one query. */
export function sharesOfOrganisations(ids: readonly string[]): (organisation: string) => Shares {
  const rows = db()
    .select({ id: servers.organisationId, ...sums })
    .from(servers)
    .where(inArray(servers.organisationId, [...ids]))
    .groupBy(servers.organisationId)
    .all();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (id) => sharesFrom(byId.get(id), (measure) => limitOf(id, `limits.${measure}_per_organisation`));
}

function sharesFrom(row: Sums | undefined, most: (measure: keyof Share) => number): Shares {
  const each = (of: (measure: keyof Share) => number) =>
    Object.fromEntries(measures.map((measure) => [measure, of(measure)])) as Share;
  return { most: each(most), used: each((measure) => Number(row?.[measure] ?? 0)) };
}

/** In the transaction that makes the server: of two at once the second sees the first. */
export function assertShare(tx: DbOrTx, owner: Owner, more: Omit<Share, "servers">): void {
  const { most, used } = sharesOf(owner, tx);
  const wanted: Share = { servers: 1, ...more };
  for (const measure of measures) {
    const left = Math.max(0, most[measure] - used[measure]);
    if (wanted[measure] <= left) continue;
    const whose = owner.organisationId === null ? "Your account" : "This organisation";
    const sentence = `${whose} can have ${most[measure].toLocaleString("en-GB")} ${words[measure]}; ${left.toLocaleString("en-GB")} are left.`;
    throw new Problem(
      "conflict",
      sentence,
      measure === "servers" ? { most, used } : { most, used, fields: { [measure]: sentence } },
    );
  }
}
