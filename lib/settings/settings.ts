/** Panel settings: rows of what differs from the catalogue's defaults. */
import { eq, inArray } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, transaction } from "#db/client.ts";
import { remembered } from "#db/hot.ts";
import { settings } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { shutsOut } from "#lib/geo/geo.ts";
import { type Setting as Chosen, type SettingKey as ChosenKey, catalogue, settingKeys } from "./catalogue.ts";

/** What the panel remembers by itself. Nobody sets it. */
const own = {
  /** When an account first held `*`. From then on the set-up page is shut for good. */
  "setup.completed_at": z.number().int().nullable().default(null),
  /** SHA-256 of the set-up token of this start. */
  "setup.token_hash": z.string().nullable().default(null),
  /** The key that sealed columns are sealed with, by its id. */
  "setup.key_id": z.string().nullable().default(null),
} as const;

type OwnKey = keyof typeof own;
export type SettingKey = ChosenKey | OwnKey;
export type Setting<K extends SettingKey> = K extends ChosenKey
  ? Chosen<K>
  : K extends OwnKey
    ? z.output<(typeof own)[K]>
    : never;

const isOwn = (key: SettingKey): key is OwnKey => key in own;
const schemaOf = (key: SettingKey): z.ZodType => (isOwn(key) ? own[key] : catalogue[key].schema);

/** The value in force. A row that no longer fits its type counts as absent. */
export const setting = <K extends SettingKey>(key: K, tx?: DbOrTx): Setting<K> =>
  (tx ? readSetting(key, tx) : inForce(key)) as Setting<K>;

const inForce = remembered((key: SettingKey) => readSetting(key, db()));

function readSetting(key: SettingKey, tx: DbOrTx): unknown {
  const row = tx.select({ value: settings.value }).from(settings).where(eq(settings.key, key)).get();
  const parsed = schemaOf(key).safeParse(row ? JSON.parse(row.value) : undefined);
  return parsed.success ? parsed.data : schemaOf(key).parse(undefined);
}

export function setSetting<K extends SettingKey>(key: K, value: Setting<K>, tx: DbOrTx = db()): void {
  const row = { value: JSON.stringify(schemaOf(key).parse(value)), updatedAt: Date.now() };
  tx.insert(settings)
    .values({ key, ...row })
    .onConflictDoUpdate({ target: settings.key, set: row })
    .run();
}

/** Every setting that people may change, with the value in force and the one it would have by default. */
export function listSettings() {
  const changed = db()
    .select({ key: settings.key, updatedAt: settings.updatedAt })
    .from(settings)
    .where(inArray(settings.key, settingKeys))
    .all();
  const at = new Map(changed.map(({ key, updatedAt }) => [key, updatedAt]));
  return settingKeys.map((key) => {
    const { schema, ...words } = catalogue[key];
    const byDefault: unknown = schema.parse(undefined);
    return { key, ...words, value: setting(key) as unknown, byDefault, changedAt: at.get(key) ?? null };
  });
}

/**
 * Sets some, or back to their defaults where the value is null: all of them or, if one does not fit, none. Throws
 * `invalid_input` with a sentence for each that does not, `confirm_required` where it would shut out whoever sets it. One entry of the audit log for each that becomes another.
 */
export function changeSettings(changes: Record<string, unknown>, actor: Actor, confirmed = false): void {
  const fields: Record<string, string> = {};
  const wanted: { key: ChosenKey; value: unknown; reset: boolean }[] = [];
  for (const [name, given] of Object.entries(changes)) {
    const key = settingKeys.find((known) => known === name);
    const parsed = key && catalogue[key].schema.safeParse(given === null ? undefined : given);
    if (!key || !parsed) fields[name] = "There is no such setting.";
    else if (!parsed.success) fields[name] = parsed.error.issues[0]?.message ?? "This does not fit.";
    else wanted.push({ key, value: parsed.data, reset: given === null });
  }
  if (Object.keys(fields).length > 0) throw invalid(fields);
  const rules = wanted.find(({ key }) => key === "geo.rules")?.value as string[] | undefined;
  const shutOut = rules && !confirmed ? shutsOut(actor.address, rules) : null;
  if (shutOut !== null) throw new Problem("confirm_required", shutOut);
  transaction((tx) => {
    for (const { key, value, reset } of wanted) {
      const before = setting(key, tx);
      if (reset) tx.delete(settings).where(eq(settings.key, key)).run();
      else setSetting(key, value as never, tx);
      if (JSON.stringify(before) === JSON.stringify(value)) continue;
      audit(tx, actor, {
        target: { type: "setting", id: key, label: catalogue[key].title },
        before: { value: before },
        after: { value },
      });
    }
  });
}

/** Sets one from text, as a command line has it. Returns what is wrong, or null. */
export function setSettingFromText(key: string, text: string, actor: Actor): string | null {
  const known = settingKeys.find((name) => name === key);
  if (!known) return `There is no setting ${key}.`;
  const parsed = catalogue[known].schema.safeParse(fromText(text));
  if (!parsed.success) return `${key} cannot be ${text}: ${parsed.error.issues[0]?.message ?? "it does not fit"}.`;
  changeSettings({ [known]: parsed.data }, actor);
  return null;
}

/** JSON where it is JSON (true, 5), otherwise the text itself. */
function fromText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
