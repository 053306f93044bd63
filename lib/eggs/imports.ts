/** Eggs from files: pasted, dropped, or fetched from the address that they name. */
import * as z from "zod";
import { transaction } from "#db/client.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { AnswerTooLong } from "#lib/dns/providers/http-call.ts";
import { AddressRefused, guardedFetch } from "#lib/http/guarded-fetch.ts";
import type { Egg } from "./egg.ts";
import { targetOf, toldOf } from "./eggs.ts";
import { FILE_LENGTH, NoEgg, readEgg } from "./ptdl.ts";
import { type Imported, WholeEgg } from "./shapes.ts";
import { problemsOf, warningsOf } from "./soundness.ts";
import { insertEgg, loadEgg, updateEgg } from "./stored.ts";

/** A file's text, or where it is. */
export interface Source {
  text?: string | undefined;
  url?: string | undefined;
}

const WITHIN_MS = 8000;
/** Told of one file. */
const TOLD = 5;

export async function importEgg(source: Source, actor: Actor): Promise<Imported> {
  const egg = await eggFrom(source);
  return transaction((tx) => {
    const id = insertEgg(tx, { ...egg, visible: true });
    audit(tx, actor, { target: targetOf({ id, ...egg }), after: { ...toldOf(egg), from: source.url ?? "a file" } });
    return { id, name: egg.name, warnings: warningsOf(egg), dropped: [] };
  });
}

/** Puts what a file says in the place of the egg: without a file, what its own address has now. */
export async function replaceEgg(id: string, { text, url }: Source, actor: Actor): Promise<Imported> {
  const own = loadEgg(id).updateUrl ?? undefined;
  if (text === undefined && url === undefined && own === undefined)
    throw invalid({ url: "This egg names no address that it is kept at." });
  const from = text === undefined ? (url ?? own) : undefined;
  const egg = await eggFrom({ text, url: from });
  return transaction((tx) => {
    const before = loadEgg(id, tx);
    updateEgg(tx, before, { ...egg, visible: before.visible });
    const dropped = before.variables
      .map(({ env }) => env)
      .filter((env) => !egg.variables.some((one) => one.env === env));
    audit(tx, actor, {
      target: targetOf(before),
      before: toldOf(before),
      after: { ...toldOf({ ...egg, visible: before.visible }), from: from ?? "a file" },
    });
    return { id, name: egg.name, warnings: warningsOf(egg), dropped };
  });
}

async function eggFrom({ text, url }: Source): Promise<Egg> {
  if ((text === undefined) === (url === undefined)) throw invalid({ text: "Give a file or an address." });
  const field = text === undefined ? "url" : "text";
  try {
    const egg = readEgg(text ?? (await fetched(url ?? "")));
    const { extras, variables, ...plain } = egg;
    const bounded = WholeEgg.safeParse({ ...plain, variables: variables.map(({ extras: _, ...one }) => one) });
    const tooMuch = (bounded.error?.issues ?? []).map(({ path, message }) => told(egg, path.join("."), message));
    const wrong = Object.entries(problemsOf(egg)).map(([at, message]) => told(egg, at, message));
    const all = [...new Set([...tooMuch, ...wrong])];
    if (all.length > 0) throw new NoEgg(inWords(all));
    return egg;
  } catch (error) {
    if (error instanceof NoEgg) throw invalid({ [field]: error.message });
    throw error;
  }
}

const inWords = (all: readonly string[]): string =>
  [...all.slice(0, TOLD), ...(all.length > TOLD ? [`And ${all.length - TOLD} more.`] : [])].join(" ");

/** With the name of the variable that it is about. */
function told(egg: Egg, at: string, message: string): string {
  const [, place, field] = /^variables\.(\d+)(?:\.(.*))?$/.exec(at) ?? [];
  if (place === undefined) return `${at}: ${message}`;
  return `${egg.variables[Number(place)]?.env || `Variable ${Number(place) + 1}`}, ${field ?? "variable"}: ${message}`;
}

async function fetched(url: string): Promise<string> {
  try {
    const fetcher = guardedFetch("staff", { timeoutMs: WITHIN_MS, maxBytes: FILE_LENGTH });
    const answer = await fetcher(url, { headers: { accept: "application/json, text/plain" } });
    if (answer.status !== 200) throw new NoEgg(`There is no file at this address: it answered ${answer.status}.`);
    return await answer.text();
  } catch (error) {
    if (error instanceof NoEgg) throw error;
    if (error instanceof AddressRefused) throw new NoEgg(error.message, { cause: error });
    if (error instanceof AnswerTooLong) throw new NoEgg("The file at this address is too large.", { cause: error });
    throw new NoEgg("Nothing could be fetched from this address.", { cause: error });
  }
}

export const address = z
  .string()
  .trim()
  .max(2000)
  .refine(leads, "Enter an address that begins with https:// or http://.");

function leads(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}
