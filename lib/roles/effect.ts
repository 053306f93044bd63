/** What a change came to, in grants and in sentences; and trying it out. */
import { type Tx, transaction } from "#db/client.ts";
import { type Grant, uncovered } from "#lib/access/permissions.ts";
import { accountGrants, DEFAULT_ROLE, effectiveGrants, existing } from "#lib/access/roles.ts";
import type { RoleChange } from "./gate.ts";
import { namesOf } from "./listing.ts";
import type { RoleEffect } from "./shapes.ts";

/** Does it, or, for a dry run, does it with every check and takes it back. */
export function perhaps<T>(dryRun: boolean, work: (tx: Tx) => T): T {
  const takeBack = new Error("a dry run");
  let result: { value: T } | undefined;
  try {
    return transaction((tx) => {
      result = { value: work(tx) };
      if (dryRun) throw takeBack;
      return result.value;
    });
  } catch (error) {
    if (error === takeBack && result) return result.value;
    throw error;
  }
}

/** Gained: what nothing before covers. Lost: what nothing after covers. */
export const difference = (before: readonly Grant[], after: readonly Grant[]) => ({
  gained: uncovered(before, after),
  lost: uncovered(after, before),
});

/** Which roles and accounts hold something else than before. */
export function effectOf({ before, after, affected, sets }: RoleChange): Pick<RoleEffect, "roles" | "accounts"> {
  const changed = ({ gained, lost }: { gained: string[]; lost: string[] }) => gained.length > 0 || lost.length > 0;
  return {
    roles: namesOf(affected, after)
      .map((role) => ({
        ...role,
        ...difference(effectiveGrants([role.id], before), effectiveGrants([role.id], after)),
      }))
      .filter(changed),
    accounts: sets
      .map(({ roles, accounts }) => ({
        roles: namesOf(roles, before).map((role) => role.name),
        accounts,
        ...difference(accountGrants(roles, before), accountGrants(existing(roles, after), after)),
        fallsToDefault: existing(roles, after).length === 0,
      }))
      .filter((set) => changed(set) || set.fallsToDefault),
  };
}

/** The effect in sentences, as what will be or as what is. `byDefault` is what an account without a role has. */
export function inSentences(
  effect: Pick<RoleEffect, "roles" | "accounts">,
  byDefault: readonly Grant[],
  applied: boolean,
): string[] {
  return [
    ...effect.roles.map((role) => `The role ${role.name} ${changes(role, applied, 1)}.`),
    ...effect.accounts.map((set) => {
      const who = `${set.accounts === 1 ? "1 account" : `${set.accounts} accounts`} with ${set.roles.join(" and ")}`;
      const said = set.fallsToDefault
        ? fallsToDefault(set, byDefault, applied, set.accounts)
        : changes(set, applied, set.accounts);
      return `${who} ${said}.`;
    }),
  ];
}

/** That somebody has no role left, and what they then have. */
export function fallsToDefault(
  { lost }: { lost: readonly string[] },
  byDefault: readonly Grant[],
  applied: boolean,
  subjects: number,
): string {
  const given = byDefault.length > 0 ? byDefault.join(", ") : "nothing";
  const gone = lost.length > 0 ? `; ${hasNoLonger(applied, subjects)} ${lost.join(", ")}` : "";
  return `${has(applied, subjects)} no role, and so what ${DEFAULT_ROLE} gives: ${given}${gone}`;
}

export function changes(
  { gained, lost }: { gained: readonly string[]; lost: readonly string[] },
  applied: boolean,
  subjects: number,
): string {
  const more = gained.length > 0 ? `${has(applied, subjects)} ${gained.join(", ")}` : "";
  const less = lost.length > 0 ? `${hasNoLonger(applied, subjects)} ${lost.join(", ")}` : "";
  return [more, less].filter(Boolean).join(" and ") || `${has(applied, subjects)} the same permissions as before`;
}

const has = (applied: boolean, subjects: number): string =>
  applied ? (subjects === 1 ? "now has" : "now have") : "will then have";

const hasNoLonger = (applied: boolean, subjects: number): string =>
  applied ? (subjects === 1 ? "no longer has" : "no longer have") : "will no longer have";
