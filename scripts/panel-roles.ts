/** `npm run panel -- promote | demote | role …`: what accounts have, and what roles grant. */
import { transaction } from "#db/client.ts";
import { ROOT_ADMIN } from "#lib/access/roles.ts";
import type { Actor } from "#lib/actor.ts";
import { isProblem } from "#lib/api/errors.ts";
import { noteRefusal } from "#lib/audit/refusals.ts";
import { createRole, deleteRole, editRole, setGrants } from "#lib/roles/administration.ts";
import { listRoles, openRole } from "#lib/roles/listing.ts";
import { assignRole, unassignRole } from "#lib/roles/membership.ts";
import { loadRoles } from "#lib/roles/roles.ts";
import { type RoleEffect, roleGrantList, roleName } from "#lib/roles/shapes.ts";
import { CommandError, option } from "./command.ts";

/** The commands as they stand in the usage. */
export const roleUsage = `  promote EMAIL [--role NAME]   give an account a role (rootAdmin if none is named)
  demote EMAIL [--role NAME]    take a role from an account
  role list [ROLE]              list roles, or show what one grants and what it inherits
  role create ROLE [GRANT...]   make a role
  role grant ROLE GRANT...      let a role grant more
  role revoke ROLE GRANT...     take grants from a role
  role parent ROLE PARENT       let a role inherit from another
  role parent ROLE --none       let it inherit from none
  role delete ROLE              delete a role`;

export function promoteOrDemote(command: "promote" | "demote", args: string[], actor: Actor): void {
  const name = option(args, "--role") ?? ROOT_ADMIN;
  const email = args[0];
  if (!email) throw new CommandError(`Whom? npm run panel -- ${command} EMAIL [--role NAME]`);
  noting(actor, "account", { user: email.trim().toLowerCase() }, () => {
    const effect = (command === "promote" ? assignRole : unassignRole)(email, name, actor);
    if (command === "promote") {
      console.log(effect ? `${email} now has the role ${name}.` : `${email} has the role ${name} already.`);
      return;
    }
    console.log(effect ? `${email} no longer has the role ${name}.` : `${email} does not have the role ${name}.`);
    if (effect?.fallsToDefault) console.log(effect.says.join("\n"));
  });
}

export function roleCommand([verb, ...args]: string[], given: Actor): void {
  const act = verbs.get(verb ?? "");
  if (!act) throw new CommandError(`What about roles?\n\n${roleUsage}`);
  const actor = { ...given, action: `${given.action}.${verb}` };
  noting(actor, "role", { role: args[0] }, () => act(args, actor));
}

const verbs = new Map<string, (args: string[], actor: Actor) => void>([
  ["list", list],
  ["create", create],
  [
    "grant",
    (args, actor) => changeGrants(args, actor, (own, more) => [...own, ...more.filter((g) => !own.includes(g))]),
  ],
  ["revoke", (args, actor) => changeGrants(args, actor, (own, less) => own.filter((grant) => !less.includes(grant)))],
  ["parent", parent],
  ["delete", (args, actor) => tell(deleteRole(roleIn(args), actor, { dryRun: false }))],
]);

function list([name]: string[], actor: Actor): void {
  if (name) {
    const role = openRole(name, actor);
    console.log(
      [
        `${role.name}${role.description ? `\t${role.description}` : ""}`,
        `inherits from\t${role.ancestors.map((above) => above.name).join(", ") || "(none)"}`,
        `members\t${role.members}`,
        ...role.effective.map(({ grant, from }) => `${grant}\tfrom ${from.map((giver) => giver.name).join(", ")}`),
      ].join("\n"),
    );
    return;
  }
  for (let at: string | undefined; ; ) {
    const { items, next } = listRoles({ at, perPage: 200, sort: "name", q: "" });
    for (const role of items) {
      const above = role.parent ? `inherits from ${role.parent.name}` : "";
      console.log(
        [role.name, `${role.members} ${role.members === 1 ? "member" : "members"}`, role.grants.join(", "), above].join(
          "\t",
        ),
      );
    }
    if (next === null) return;
    at = next;
  }
}

function create([given, ...grants]: string[], actor: Actor): void {
  const name = roleName.safeParse(given ?? "");
  if (!name.success) throw new CommandError(name.error.issues[0]?.message ?? "Enter a name.");
  const role = createRole(
    { name: name.data, description: "", parent: null, requiresMfa: false, grants: checked(grants) },
    actor,
  );
  console.log(`There is now a role ${role.name}.`);
}

function changeGrants(args: string[], actor: Actor, change: (own: string[], given: string[]) => string[]): void {
  const name = roleIn(args);
  const given = checked(args.slice(1));
  if (given.length === 0) throw new CommandError("Which grants?");
  const effect = transaction(() => {
    const own = openRole(name, actor).grants;
    const next = change(own, given);
    return next.join() === own.join() ? null : setGrants(name, next, actor, false);
  });
  if (effect) tell(effect);
  else console.log(`${name} grants what it did: nothing to change.`);
}

function parent(args: string[], actor: Actor): void {
  const name = roleIn(args);
  const above = args[1];
  if (!above) throw new CommandError("Which parent? Name a role, or say --none.");
  tell(editRole(name, { parent: above === "--none" ? null : above }, actor, false));
}

/** What came of it, in sentences. */
const tell = (effect: RoleEffect): void =>
  console.log(effect.says.length > 0 ? effect.says.join("\n") : "Done. Nobody's permissions changed.");

function roleIn([name]: string[]): string {
  if (!name)
    throw new CommandError(`Which role? There are ${[...loadRoles().values()].map((role) => role.name).join(", ")}.`);
  return name;
}

function checked(grants: string[]): string[] {
  const parsed = roleGrantList.safeParse(grants);
  const issue = parsed.error?.issues[0];
  if (issue) throw new CommandError(`${grants[Number(issue.path[0])] ?? ""}: ${issue.message}`);
  return grants;
}

/** Refusals leave an audit entry here as they do over the API. */
function noting(actor: Actor, type: "account" | "role", input: object, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (isProblem(error)) noteRefusal(actor, type, input, error);
    throw error;
  }
}
