/** Eggs as staff keep them. */
import { isDeepStrictEqual } from "node:util";
import { count, eq, inArray, sql } from "drizzle-orm";
import { db, transaction } from "#db/client.ts";
import { eggs, eggVariables, servers } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import { type KeyedQuery, readKeyed } from "#lib/api/keyed-list.ts";
import { likeAnywhere } from "#lib/api/list.ts";
import { audit } from "#lib/audit/audit.ts";
import type { Egg, EggVariable } from "./egg.ts";
import { isJsonObject } from "./ordered-json.ts";
import { asksForConfiguration } from "./placeholders.ts";
import { type WrittenFormat, writeEgg } from "./ptdl.ts";
import { compileRules } from "./rules.ts";
import type { EggDetail } from "./shapes.ts";
import { CONFIGURATION, problemsOf, warningsOf } from "./soundness.ts";
import { insertEgg, loadEgg, type StoredEgg, updateEgg } from "./stored.ts";

export type EggEdit = { [K in keyof Omit<Egg, "extras" | "variables">]?: Egg[K] | undefined } & {
  variables?: Omit<EggVariable, "extras">[] | undefined;
  visible?: boolean | undefined;
};

const list = {
  from: eggs,
  id: eggs.id,
  sorts: { name: eggs.name, author: eggs.author, createdAt: eggs.createdAt, updatedAt: eggs.updatedAt },
};

export const eggStates = ["visible", "hidden"] as const;
export const eggSources = ["address", "none"] as const;

export interface EggFilters {
  state?: (typeof eggStates)[number] | undefined;
  source?: (typeof eggSources)[number] | undefined;
}

export function listEggs(query: KeyedQuery & EggFilters) {
  const pattern = likeAnywhere(query.q);
  const says = sql`(${eggs.id} = ${query.q} or ${eggs.name} like ${pattern} escape '\\' or ${eggs.author} like ${pattern} escape '\\' or ${eggs.description} like ${pattern} escape '\\' or ${eggs.images} like ${pattern} escape '\\')`;
  const conditions = [
    query.state && { where: sql`${eggs.visible} = ${Number(query.state === "visible")}` },
    query.source && {
      where: query.source === "address" ? sql`${eggs.updateUrl} is not null` : sql`${eggs.updateUrl} is null`,
    },
    query.q ? { where: says } : undefined,
  ].filter((one) => typeof one === "object");
  return readKeyed(list, query, { conditions }, rowsOf);
}

function rowsOf(ids: string[]) {
  const numbers = db()
    .select({ id: eggVariables.eggId, n: count() })
    .from(eggVariables)
    .where(inArray(eggVariables.eggId, ids))
    .groupBy(eggVariables.eggId)
    .all();
  return db()
    .select()
    .from(eggs)
    .where(inArray(eggs.id, ids))
    .all()
    .map((row) => {
      const images = JSON.parse(row.images) as Egg["images"];
      return {
        ...row,
        image: images[0]?.[1] ?? "",
        images: images.length,
        variables: numbers.find(({ id }) => id === row.id)?.n ?? 0,
        visible: row.visible === 1,
      };
    });
}

export function openEgg(id: string): EggDetail {
  const egg = loadEgg(id);
  return { ...egg, kept: keptOf(egg), warnings: warningsOf(egg) };
}

/** Where the keys stand that the panel only keeps. */
function keptOf({ extras, variables }: StoredEgg): string[] {
  const paths = [...extras].flatMap(([path, value]) =>
    isJsonObject(value) ? [...value.keys()].map((key) => (path === "" ? key : `${path}.${key}`)) : [],
  );
  const ofVariables = variables.flatMap(({ extras: more }) => [...more.keys()].map((key) => `variables.*.${key}`));
  return [...new Set([...paths, ...ofVariables])];
}

const BLANK: Omit<Egg, "name"> = {
  author: "",
  description: "",
  features: null,
  images: [],
  startup: "",
  stop: "",
  fileDenylist: [],
  configFiles: "{}",
  configStartup: '{"done": ""}',
  configLogs: "{}",
  script: "",
  scriptContainer: "",
  scriptEntrypoint: "",
  forceOutgoingIp: false,
  updateUrl: null,
  variables: [],
  extras: new Map(),
};

export function createEgg(given: EggEdit & { name: string }, actor: Actor): { id: string } {
  const egg = { visible: true, ...BLANK, ...applied({ variables: [] }, given), name: given.name };
  assertSound(egg, []);
  return transaction((tx) => {
    const id = insertEgg(tx, egg);
    audit(tx, actor, { target: targetOf({ id, ...egg }), after: toldOf(egg) });
    return { id };
  });
}

/** `revision`: the one that the edit began from; another has been made since then where they differ. */
export function editEgg(id: string, { revision, ...given }: EggEdit & { revision?: number | undefined }, actor: Actor) {
  return transaction((tx) => {
    const before = loadEgg(id, tx);
    if (revision !== undefined && revision !== before.revision)
      throw new Problem("conflict", "Somebody else has changed this egg meanwhile. Load the page again.");
    const egg = { ...before, ...applied(before, given) };
    assertSound(
      egg,
      before.variables.flatMap(({ rules }) => rules),
    );
    if (isDeepStrictEqual(egg, before)) return { id };
    updateEgg(tx, before, egg);
    const keys = Object.keys(given) as (keyof typeof given)[];
    audit(tx, actor, {
      target: targetOf(before),
      before: only(toldOf(before), keys),
      after: only(toldOf(egg), keys),
    });
    return { id };
  });
}

export function removeEgg(id: string, actor: Actor): { id: string } {
  return transaction((tx) => {
    const egg = loadEgg(id, tx);
    const used = tx.select({ n: count() }).from(servers).where(eq(servers.eggId, id)).get()?.n ?? 0;
    if (used > 0)
      throw new Problem("conflict", `${used === 1 ? "1 server is" : `${used} servers are`} made of this egg.`, {
        servers: used,
      });
    tx.delete(eggs).where(eq(eggs.id, id)).run();
    audit(tx, actor, { target: targetOf(egg), before: toldOf(egg) });
    return { id };
  });
}

/** A copy belongs to whoever made it: it follows no address. */
export function cloneEgg(id: string, name: string, actor: Actor): { id: string } {
  return transaction((tx) => {
    const egg = { ...loadEgg(id, tx), name, updateUrl: null };
    const made = insertEgg(tx, egg);
    audit(tx, actor, { target: targetOf({ id: made, name }), after: { copied: id } });
    return { id: made };
  });
}

export function exportEgg(id: string, format: WrittenFormat) {
  const egg = loadEgg(id);
  const name = egg.name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return { filename: `egg-${name.replace(/^-|-$/g, "") || "export"}.json`, text: writeEgg(egg, format, isoNow()) };
}

const isoNow = (): string => new Date().toISOString().replace(/\.\d+Z$/, "+00:00");

/** Values for an egg's variables as a server would get them: a sentence at each that is wrong. */
export function checkValues(id: string, values: Readonly<Record<string, string>>): { wrong: Record<string, string> } {
  const { variables } = loadEgg(id);
  const wrong: Record<string, string> = {};
  for (const [env, value] of Object.entries(values)) {
    const variable = variables.find((one) => one.env === env);
    const sentence = variable ? wrongWith(variable, value) : "This egg has no such variable.";
    if (sentence !== null) wrong[env] = sentence;
  }
  return { wrong };
}

/** What is wrong with a value of a variable, or null. */
export function wrongWith(
  { defaultValue, rules }: Pick<EggVariable, "defaultValue" | "rules">,
  value: string,
): string | null {
  if (asksForConfiguration(value)) return CONFIGURATION;
  if (value.includes("\0")) return "This has a character in it that is none.";
  const { problems, check } = compileRules(rules);
  // What cannot be checked may stay what whoever wrote the egg made it.
  return problems.length > 0 && value === defaultValue ? null : check(value);
}

/** What files said besides stays with the egg, and with the variables that keep their names. */
function applied(before: Pick<Egg, "variables">, { variables, ...given }: EggEdit): Partial<Egg> {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<Egg>;
  if (!variables) return set;
  const extras = new Map(before.variables.map((variable) => [variable.env, variable.extras]));
  return { ...set, variables: variables.map((one) => ({ ...one, extras: extras.get(one.env) ?? new Map() })) };
}

/** Throws `invalid_input`. A rule that is typed has to be one that can be checked; what was imported may stay. */
function assertSound(egg: Egg, known: readonly string[]): void {
  const wrong = problemsOf(egg);
  for (const [at, { rules }] of egg.variables.entries()) {
    const fresh = compileRules(rules).problems.find(({ rule }) => !known.includes(rule));
    if (fresh) wrong[`variables.${at}.rules`] ??= `${fresh.rule}: ${fresh.message}`;
  }
  if (Object.keys(wrong).length > 0) throw invalid(wrong);
}

export const targetOf = ({ id, name }: { id: string; name: string }) => ({ type: "egg", id, label: name });

/** As the audit log has it: long texts by their length. */
export const toldOf = (egg: Egg & { visible?: boolean }) => ({
  name: egg.name,
  author: egg.author,
  description: shortened(egg.description),
  features: egg.features,
  images: egg.images,
  startup: shortened(egg.startup),
  stop: egg.stop,
  fileDenylist: egg.fileDenylist,
  configFiles: shortened(egg.configFiles),
  configStartup: shortened(egg.configStartup),
  configLogs: shortened(egg.configLogs),
  script: shortened(egg.script),
  scriptContainer: egg.scriptContainer,
  scriptEntrypoint: egg.scriptEntrypoint,
  forceOutgoingIp: egg.forceOutgoingIp,
  updateUrl: egg.updateUrl,
  variables: egg.variables.map(({ env, rules }) => `${env}: ${rules.join("|")}`),
  visible: egg.visible,
});

const shortened = (text: string): string => (text.length <= 300 ? text : `${text.slice(0, 300)}… (${text.length})`);

const only = (told: object, keys: readonly string[]): object =>
  Object.fromEntries(Object.entries(told).filter(([key]) => keys.includes(key)));
