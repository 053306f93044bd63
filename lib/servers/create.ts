/** Making servers: what is asked for is checked, a place is found, and the node hears of it when all of that is written down. */
import { randomUUID } from "node:crypto";
import { eq, or } from "drizzle-orm";
import { type DbOrTx, type Tx, transaction } from "#db/client.ts";
import { organisations, servers, users } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, isProblem, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { loadEgg, type StoredEgg } from "#lib/eggs/stored.ts";
import { newId } from "#lib/id.ts";
import { loadOrganisation } from "#lib/organisations/organisations.ts";
import { setting } from "#lib/settings/settings.ts";
import { targetOf } from "./installation.ts";
import { creating } from "./jobs.ts";
import { place, take } from "./placement.ts";
import type { NewServer, StaffServer } from "./shapes.ts";
import { assertShare, type Owner } from "./shares.ts";
import { assertImage, assertValues, assertWhole, writeValues } from "./values.ts";

export interface Made {
  id: string;
  short: string;
}

/** For the actor's own account, or an organisation whose owner or admin they are. */
export function createOwn(input: NewServer, actor: Actor & { id: string }): Made {
  const { organisation, ...given } = input;
  return transaction((tx) => {
    const owner = organisation === null ? ownAccount(actor) : organisationOf(organisation, actor);
    assertShare(tx, owner, given);
    return insert(
      tx,
      owner,
      {
        ...given,
        allocation: null,
        swap: 0,
        io: 0,
        threads: null,
        oomKiller: true,
        skipScripts: false,
        databaseLimit: setting("limits.databases_per_server", tx),
        backupLimit: setting("limits.backups_per_server", tx),
        allocationLimit: setting("limits.allocations_per_server", tx),
      },
      actor,
      false,
    );
  });
}

/** Staff make servers for anybody, as large as they say. */
export const createForAnybody = ({ owner, ...given }: StaffServer, actor: Actor): Made =>
  transaction((tx) => insert(tx, ownerNamed(tx, owner), given, actor, true));

/** A token that lists rights acts for an organisation that it names, and for no account. */
function ownAccount({ id, token }: Actor & { id: string }): Owner {
  if (token?.rights.mode === "listed")
    throw invalid({ organisation: "This token acts for organisations alone. Name one." });
  return { userId: id, organisationId: null };
}

function organisationOf(reference: string, actor: Actor): Owner {
  try {
    const { organisation, access } = loadOrganisation(reference, actor);
    if (access.member && (access.role === "owner" || access.role === "admin"))
      return { userId: null, organisationId: organisation.id };
  } catch (error) {
    if (!isProblem(error) || error.code !== "not_found") throw error;
  }
  throw invalid({ organisation: "You are neither owner nor admin of such an organisation." });
}

/** An account by id or address, or an organisation by id or handle. Throws `invalid_input` at `owner`. */
export function ownerNamed(tx: DbOrTx, reference: string): Owner {
  const text = reference.trim().toLowerCase();
  const user = tx
    .select({ id: users.id, due: users.deletionDueAt })
    .from(users)
    .where(or(eq(users.id, text), eq(users.email, text)))
    .get();
  if (user?.due) throw invalid({ owner: "This account is to be deleted." });
  if (user) return { userId: user.id, organisationId: null };
  const organisation = tx
    .select({ id: organisations.id })
    .from(organisations)
    .where(or(eq(organisations.id, text), eq(organisations.handle, text)))
    .get();
  if (organisation) return { userId: null, organisationId: organisation.id };
  throw invalid({ owner: "There is no account with this address, and no organisation with this handle." });
}

type Given = Omit<StaffServer, "owner">;

function insert(tx: Tx, owner: Owner, given: Given, actor: Actor, asStaff: boolean): Made {
  const egg = eggFor(tx, given.egg, asStaff);
  const image = given.image ?? egg.images[0]?.[1] ?? "";
  assertImage(egg, image);
  assertValues(egg, given.variables, asStaff);
  assertWhole(egg, given.variables, asStaff);
  const { nodeId, allocationId } = place(tx, { ...given, organisationId: owner.organisationId, asStaff });
  const now = Date.now();
  const { uuid, short } = freshUuid(tx);
  const row = {
    id: newId(now),
    uuid,
    short,
    ...owner,
    nodeId,
    eggId: egg.id,
    image,
    name: given.name,
    description: given.description,
    skipScripts: Number(given.skipScripts),
    memory: given.memory,
    swap: given.swap,
    disk: given.disk,
    cpu: given.cpu,
    io: given.io,
    threads: given.threads,
    oomKiller: Number(given.oomKiller),
    databaseLimit: given.databaseLimit,
    backupLimit: given.backupLimit,
    allocationLimit: given.allocationLimit,
    state: "installing" as const,
    createdAt: now,
    updatedAt: now,
  };
  tx.insert(servers).values(row).run();
  take(tx, allocationId, row.id);
  tx.update(servers).set({ allocationId }).where(eq(servers.id, row.id)).run();
  writeValues(tx, row.id, given.variables);
  creating.enqueue(tx, { server: row.id, start: given.start });
  const { uuid: _uuid, short: _short, createdAt: _createdAt, updatedAt: _updatedAt, ...told } = row;
  audit(tx, actor, { ...targetOf(row), after: { ...told, variables: Object.keys(given.variables) }, asStaff });
  return { id: row.id, short };
}

/** Throws `invalid_input` at `egg`: to people those that are hidden are not there. */
function eggFor(tx: Tx, id: string, asStaff: boolean): StoredEgg {
  try {
    const egg = loadEgg(id, tx);
    if (egg.visible || asStaff) return egg;
  } catch (error) {
    if (!isProblem(error) || error.code !== "not_found") throw error;
  }
  throw invalid({ egg: "There is no such egg." });
}

/** Version 4, and its first eight digits are no other server's: SFTP names servers by them. */
function freshUuid(tx: Tx): { uuid: string; short: string } {
  for (let tries = 0; tries < 20; tries++) {
    const uuid = randomUUID();
    const short = uuid.slice(0, 8);
    if (!tx.select({ id: servers.id }).from(servers).where(eq(servers.short, short)).get()) return { uuid, short };
  }
  throw new Problem("conflict", "No id is left for a server. Try again.");
}
