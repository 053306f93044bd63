/** What a server is made of as its egg lets people say it: an image and the values of variables. */
import { eq } from "drizzle-orm";
import { type DbOrTx, db, type Tx } from "#db/client.ts";
import { serverVariables } from "#db/schema/index.ts";
import { invalid } from "#lib/api/errors.ts";
import type { EggVariable } from "#lib/eggs/egg.ts";
import { wrongWith } from "#lib/eggs/eggs.ts";
import type { StoredEgg } from "#lib/eggs/stored.ts";

export type Values = Readonly<Record<string, string>>;

/** Throws `invalid_input` at `image`. */
export function assertImage({ images }: Pick<StoredEgg, "images">, image: string): void {
  if (!images.some(([, one]) => one === image)) throw invalid({ image: "This egg has no such image." });
}

/** People change what the egg lets them; to them there is nothing else. */
export const isTheirs = ({ userViewable, userEditable }: EggVariable): boolean => userViewable && userEditable;

/** Throws `invalid_input` at `variables.NAME`. */
export function assertValues({ variables }: Pick<StoredEgg, "variables">, values: Values, asStaff: boolean): void {
  const wrong: Record<string, string> = {};
  for (const [env, value] of Object.entries(values)) {
    const variable = variables.find((one) => one.env === env && (asStaff || one.userViewable));
    if (!variable) wrong[`variables.${env}`] = "This egg has no such variable.";
    else if (!asStaff && !isTheirs(variable)) wrong[`variables.${env}`] = "Only staff can change this.";
    else {
      const sentence = wrongWith(variable, value);
      if (sentence !== null) wrong[`variables.${env}`] = sentence;
    }
  }
  if (Object.keys(wrong).length > 0) throw invalid(wrong);
}

/** Those without a value that suits their rules, which whoever makes a server has to give one. */
export function assertWhole({ variables }: Pick<StoredEgg, "variables">, values: Values, asStaff: boolean): void {
  const wrong: Record<string, string> = {};
  for (const variable of variables) {
    if (Object.hasOwn(values, variable.env) || !(asStaff || isTheirs(variable))) continue;
    const sentence = wrongWith(variable, variable.defaultValue);
    if (sentence !== null) wrong[`variables.${variable.env}`] = sentence;
  }
  if (Object.keys(wrong).length > 0) throw invalid(wrong);
}

export function writeValues(tx: Tx, serverId: string, values: Values): void {
  for (const [env, value] of Object.entries(values))
    tx.insert(serverVariables)
      .values({ serverId, env, value })
      .onConflictDoUpdate({ target: [serverVariables.serverId, serverVariables.env], set: { value } })
      .run();
}

export const valuesOf = (serverId: string, tx: DbOrTx = db()): Map<string, string> =>
  new Map(
    tx
      .select()
      .from(serverVariables)
      .where(eq(serverVariables.serverId, serverId))
      .all()
      .map(({ env, value }) => [env, value]),
  );
