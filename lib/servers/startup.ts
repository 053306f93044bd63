/** With what a server is started: its image, and the values of the egg's variables. */
import type { Actor } from "#lib/actor.ts";
import { loadEgg } from "#lib/eggs/stored.ts";
import { changeServer } from "./acts.ts";
import type { LoadedServer } from "./load.ts";
import type { Startup } from "./shapes.ts";
import { assertImage, assertValues, isTheirs, type Values, valuesOf, writeValues } from "./values.ts";

/** To staff all variables; to others those that the egg shows them. */
export function readStartup({ server }: LoadedServer, asStaff: boolean): Startup {
  const egg = loadEgg(server.eggId);
  const values = valuesOf(server.id);
  return {
    invocation: server.startup ?? egg.startup,
    image: server.image,
    images: egg.images.map(([label, image]) => ({ label, image })),
    variables: egg.variables
      .filter(({ userViewable }) => asStaff || userViewable)
      .map((variable) => ({
        env: variable.env,
        name: variable.name,
        description: variable.description,
        value: values.get(variable.env) ?? variable.defaultValue,
        byEgg: variable.defaultValue,
        rules: variable.rules,
        editable: asStaff || isTheirs(variable),
      })),
    revision: server.revision,
  };
}

export function changeStartup(
  { server }: LoadedServer,
  given: { image?: string | undefined; variables: Values; revision?: number | undefined },
  actor: Actor,
  asStaff: boolean,
): { id: string } {
  const { image, variables, revision } = given;
  return changeServer(server.id, { set: { image }, revision }, actor, asStaff, (tx, { eggId, image: before }) => {
    const egg = loadEgg(eggId, tx);
    // One that the egg has no more may stay.
    if (image !== undefined && image !== before) assertImage(egg, image);
    assertValues(egg, variables, asStaff);
    const values = valuesOf(server.id, tx);
    const changed = Object.keys(variables).filter((env) => values.get(env) !== variables[env]);
    writeValues(tx, server.id, variables);
    // By name alone: what they are may be a secret.
    return changed.length > 0 ? { variables: changed } : null;
  });
}
