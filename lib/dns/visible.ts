/** What of a zone somebody's level hides, kept out of every answer: in SQL, so that lists page and count without it. */
import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import type { ZoneAccess } from "#lib/access/zone-level.ts";
import { singleton } from "#lib/singleton.ts";
import { relativeName } from "./name.ts";

interface Place {
  name: string;
  type: string;
}

/** Whether the access gives view at an absolute name and type. */
export const sees = (access: ZoneAccess, apex: string, { name, type }: Place): boolean =>
  access.seesAll || access.levelAt(relativeName(name, apex), type) !== "none";

/** Whom the database asks what is hidden; null where nothing is. */
export type Seer = number | null;

/** Hands a seer to work that is done when it returns: the database asks back while it reads. */
export function withSeer<T>(access: ZoneAccess, apex: string, work: (seer: Seer) => T): T {
  if (access.seesAll) return work(null);
  const { asked, next } = asking();
  const key = next();
  asked.set(key, (name, type) => sees(access, apex, { name, type }));
  try {
    return work(key);
  } finally {
    asked.delete(key);
  }
}

/** The condition that the seer, a value or a placeholder for one, sees the name and type. */
export const isSeen = (seer: unknown, name: SQLWrapper, type: SQLWrapper): SQL =>
  sql`zone_sees(${seer}, ${name}, ${type})`;

type Question = (name: string, type: string) => boolean;

const asking = () =>
  singleton("zone-sees", () => {
    const asked = new Map<number, Question>();
    let last = 0;
    db().$client.function("zone_sees", { deterministic: true }, (key, name, type) =>
      asked.get(key as number)?.(name as string, type as string) ? 1 : 0,
    );
    return { asked, next: () => ++last };
  });
