/** What staff choose one of, found by what is typed. */
import type { Api } from "#components/ui/attempt.ts";
import type { Choice, Choices, FindChoices } from "#components/ui/pick-dialog.tsx";

const SHOWN = 30;

const asked = (q: string) => ({ q, perPage: SHOWN });

export const findRoles: FindChoices = async (api, q) =>
  choicesOf(await api.roles.list(asked(q)), ({ id, name, description }) => ({
    value: id,
    label: name,
    hint: description,
  }));

export const findOrganisations: FindChoices = async (api, q) =>
  choicesOf(await api.organisations.all(asked(q)), ({ id, name, handle }) => ({
    value: id,
    label: name,
    hint: handle,
  }));

export const findAccounts: FindChoices = async (api, q) =>
  choicesOf(await api.accounts.list(asked(q)), ({ id, name, email }) => ({ value: id, label: name, hint: email }));

/** By its name, which is what addresses have. */
export async function findRoleNames(api: Api, q: string): Promise<Choices> {
  const { items, more } = await findRoles(api, q);
  return { items: items.map((role) => ({ ...role, value: role.label })), more };
}

interface Page<T> {
  items: readonly T[];
  total: number;
  capped: boolean;
}

const choicesOf = <T>({ items, total, capped }: Page<T>, choiceOf: (row: T) => Choice): Choices => ({
  items: items.map(choiceOf),
  more: capped || total > items.length,
});
