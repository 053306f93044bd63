/** What the form for a new server offers. */
import { and, asc, eq, inArray } from "drizzle-orm";
import { db } from "#db/client.ts";
import { eggs, eggVariables, organisationMembers, organisations } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import type { Egg } from "#lib/eggs/egg.ts";
import { openNodes } from "./placement.ts";
import type { Offers } from "./shapes.ts";
import { sharesOf } from "./shares.ts";

/** More are not offered at once: the first by name are. */
const MOST = 200;

/** Eggs that anybody can pick, and for each of whom one can have servers what is left and where there is room. */
export function offersFor(actor: Actor & { id: string }): Offers {
  const managed = db()
    .select({ id: organisations.id, handle: organisations.handle, name: organisations.name })
    .from(organisationMembers)
    .innerJoin(organisations, eq(organisations.id, organisationMembers.organisationId))
    .where(and(eq(organisationMembers.userId, actor.id), inArray(organisationMembers.role, ["owner", "admin"])))
    .orderBy(asc(organisations.name))
    .limit(MOST)
    .all();
  const wish = { memory: 0, disk: 0, asStaff: false, node: null, allocation: null };
  const of = (organisationId: string | null) => ({
    ...sharesOf({ userId: organisationId === null ? actor.id : null, organisationId }),
    nodes: openNodes({ ...wish, organisationId }).slice(0, MOST),
  });
  return {
    eggs: visibleEggs(),
    owners: [
      { organisation: null, ...of(null) },
      ...managed.map(({ id, ...organisation }) => ({ organisation, ...of(id) })),
    ],
  };
}

function visibleEggs(): Offers["eggs"] {
  const rows = db().select().from(eggs).where(eq(eggs.visible, 1)).orderBy(asc(eggs.name)).limit(MOST).all();
  const ids = rows.map(({ id }) => id);
  const variables = db()
    .select()
    .from(eggVariables)
    .where(and(inArray(eggVariables.eggId, ids), eq(eggVariables.userViewable, 1), eq(eggVariables.userEditable, 1)))
    .orderBy(asc(eggVariables.position))
    .all();
  return rows.map(({ id, name, description, images }) => ({
    id,
    name,
    description,
    images: (JSON.parse(images) as Egg["images"]).map(([label, image]) => ({ label, image })),
    variables: variables
      .filter(({ eggId }) => eggId === id)
      .map((one) => ({ env: one.env, name: one.name, description: one.description, value: one.defaultValue })),
  }));
}
