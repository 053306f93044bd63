/** Whether one RRset is what was searched for, and how well: what the index would say of it, worked out from the RRset itself. Pure. */
import { relativeName } from "../name.ts";
import { idnCandidates, lineOf, showsText, splits, type Terms } from "./terms.ts";

interface Looked {
  name: string;
  records: readonly { content: string }[];
}

/** The best first. */
export const rank = { wholeName: 0, exact: 1, beginning: 2, anywhere: 3 } as const;
export type Rank = (typeof rank)[keyof typeof rank];

/** Null: it is not what was searched for. The type is not looked at. */
export type Match = (set: Looked, apex: string) => Rank | null;

export function matchOf(terms: Terms): Match {
  const forms = terms.forms.map((form) => form.toLowerCase());
  const isWhole = wholeName(terms);
  const isShown = idnCandidates(terms) === null ? () => false : (name: string) => showsText(name, terms.text);
  return (set, apex) => {
    if (forms.length === 0) return rank.anywhere;
    if (isWhole(set.name, apex)) return rank.wholeName;
    const relative = relativeName(set.name, apex).replaceAll("\\", "").toLowerCase();
    const lines = set.records.map(({ content }) => lineOf(content).toLowerCase());
    if (forms.some((form) => relative === form || lines.some((line) => line === form || line === `${form}.`)))
      return rank.exact;
    const values = [relative, ...lines];
    if (some(values, forms, 2, (value, form) => value.startsWith(form))) return rank.beginning;
    if (some(values, forms, 3, (value, form) => value.includes(form))) return rank.anywhere;
    return isShown(set.name) ? rank.anywhere : null;
  };
}

/** One or two characters are in nearly everything: they are only looked for where something begins. */
const some = (
  values: readonly string[],
  forms: readonly string[],
  characters: number,
  has: (value: string, form: string) => boolean,
): boolean => forms.some((form) => [...form].length >= characters && values.some((value) => has(value, form)));

const undotted = (text: string): string => text.replace(/\.$/, "");

/** A name with at least the beginning of its apex; what is in the apex alone is in every name of the zone, and counts where it is all of it. */
function wholeName(terms: Terms): (name: string, apex: string) => boolean {
  if (splits(terms).length === 0) return () => false;
  const text = undotted((terms.forms.at(-1) ?? "").toLowerCase());
  return (name, apex) => {
    if (name === apex) return apex === `${text}.`;
    const at = name.indexOf(text);
    const ofItsOwn = name.length - apex.length - 1;
    return at !== -1 && at < ofItsOwn && at + text.length > ofItsOwn;
  };
}
