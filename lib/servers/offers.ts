/** What the form for a new server offers. */
import { and, asc, eq, inArray } from "drizzle-orm";
import { db } from "#db/client.ts";
import { eggs, eggVariables, organisationMembers, organisations } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import type { Egg } from "#lib/eggs/egg.ts";
import { openNodes, openNodesFor } from "./placement.ts";
import type { Offers, StaffOffers } from "./shapes.ts";
import { sharesOf, sharesOfOrganisations } from "./shares.ts";

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
  const ids = managed.map(({ id }) => id);
  const [shares, nodes] = [sharesOfOrganisations(ids), openNodesFor(ids)];
  return {
    eggs: eggsFor(false),
    owners: [
      {
        organisation: null,
        ...sharesOf({ userId: actor.id, organisationId: null }),
        nodes: nodes(null).slice(0, MOST),
      },
      ...managed.map(({ id, ...organisation }) => ({
        organisation,
        ...shares(id),
        nodes: nodes(id).slice(0, MOST),
      })),
    ],
  };
}

/** Every egg with all of its variables, and the nodes that have a free address and are for anybody. */
export const offersForStaff = (): StaffOffers => ({
  eggs: eggsFor(true),
  nodes: openNodes({ memory: 0, disk: 0, asStaff: true, node: null, allocation: null, organisationId: null }).slice(
    0,
    MOST,
  ),
});

/** To people those that are hidden are not there, nor are variables that they do not set. */
function eggsFor(staff: boolean): Offers["eggs"] {
  const visible = staff ? undefined : eq(eggs.visible, 1);
  const theirs = staff ? undefined : and(eq(eggVariables.userViewable, 1), eq(eggVariables.userEditable, 1));
  const rows = db().select().from(eggs).where(visible).orderBy(asc(eggs.name)).limit(MOST).all();
  const ids = rows.map(({ id }) => id);
  const variables = db()
    .select()
    .from(eggVariables)
    .where(and(inArray(eggVariables.eggId, ids), theirs))
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
