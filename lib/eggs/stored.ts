/** Eggs as rows: read whole, and written whole. */
import { asc, eq, inArray } from "drizzle-orm";
import { db, type Tx } from "#db/client.ts";
import { eggs, eggVariables } from "#db/schema/index.ts";
import { notFound } from "#lib/api/errors.ts";
import { newId } from "#lib/id.ts";
import type { Egg, EggVariable } from "./egg.ts";
import { isJsonObject, type JsonObject, readJson, writeJson } from "./ordered-json.ts";

export interface StoredEgg extends Egg {
  id: string;
  visible: boolean;
  revision: number;
  createdAt: number;
  updatedAt: number;
  variables: (EggVariable & { id: string })[];
}

/** Throws `not_found`. */
export function loadEgg(id: string, tx: Pick<Tx, "select"> = db()): StoredEgg {
  const egg = loadEggs([id], tx).get(id);
  if (!egg) throw notFound("egg");
  return egg;
}

/** By id. Those that there are. */
export function loadEggs(ids: readonly string[], tx: Pick<Tx, "select"> = db()): Map<string, StoredEgg> {
  const variables = tx
    .select()
    .from(eggVariables)
    .where(inArray(eggVariables.eggId, [...ids]))
    .orderBy(asc(eggVariables.position))
    .all();
  const rows = tx
    .select()
    .from(eggs)
    .where(inArray(eggs.id, [...ids]))
    .all();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        ...row,
        features: row.features === null ? null : (JSON.parse(row.features) as string[]),
        images: JSON.parse(row.images) as Egg["images"],
        fileDenylist: JSON.parse(row.fileDenylist) as string[],
        forceOutgoingIp: row.forceOutgoingIp === 1,
        extras: objectOf(row.extras),
        visible: row.visible === 1,
        variables: variables.filter(({ eggId }) => eggId === row.id).map(readVariable),
      },
    ]),
  );
}

const readVariable = (variable: typeof eggVariables.$inferSelect) => ({
  ...variable,
  userViewable: variable.userViewable === 1,
  userEditable: variable.userEditable === 1,
  rules: JSON.parse(variable.rules) as string[],
  extras: objectOf(variable.extras),
});

export function insertEgg(tx: Tx, egg: Egg & { visible: boolean }): string {
  const now = Date.now();
  const id = newId(now);
  tx.insert(eggs)
    .values({ id, ...columnsOf(egg), visible: Number(egg.visible), createdAt: now, updatedAt: now })
    .run();
  writeVariables(tx, id, egg.variables, new Map());
  return id;
}

/** Variables are the same ones as long as they keep their names. */
export function updateEgg(tx: Tx, before: StoredEgg, egg: Egg & { visible: boolean }): void {
  tx.update(eggs)
    .set({
      ...columnsOf(egg),
      visible: Number(egg.visible),
      revision: before.revision + 1,
      updatedAt: Date.now(),
    })
    .where(eq(eggs.id, before.id))
    .run();
  const known = new Map(before.variables.map(({ env, id }) => [env, id]));
  writeVariables(tx, before.id, egg.variables, known);
}

function writeVariables(tx: Tx, eggId: string, variables: readonly EggVariable[], known: ReadonlyMap<string, string>) {
  tx.delete(eggVariables).where(eq(eggVariables.eggId, eggId)).run();
  for (const [position, { extras, rules, userViewable, userEditable, ...variable }] of variables.entries())
    tx.insert(eggVariables)
      .values({
        ...variable,
        id: known.get(variable.env) ?? newId(),
        eggId,
        position,
        rules: JSON.stringify(rules),
        userViewable: Number(userViewable),
        userEditable: Number(userEditable),
        extras: writeJson(extras, ""),
      })
      .run();
}

const columnsOf = (egg: Egg) => ({
  name: egg.name,
  author: egg.author,
  description: egg.description,
  features: egg.features === null ? null : JSON.stringify(egg.features),
  images: JSON.stringify(egg.images),
  startup: egg.startup,
  stop: egg.stop,
  fileDenylist: JSON.stringify(egg.fileDenylist),
  configFiles: egg.configFiles,
  configStartup: egg.configStartup,
  configLogs: egg.configLogs,
  script: egg.script,
  scriptContainer: egg.scriptContainer,
  scriptEntrypoint: egg.scriptEntrypoint,
  forceOutgoingIp: Number(egg.forceOutgoingIp),
  updateUrl: egg.updateUrl,
  extras: writeJson(egg.extras, ""),
});

function objectOf(text: string): JsonObject {
  const value = readJson(text);
  return isJsonObject(value) ? value : new Map();
}
