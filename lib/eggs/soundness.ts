/** Whether an egg can be run: what is wrong with it, by field, and what one should know of it. Pure. */
import { type Egg, type EggVariable, RESERVED, UNWISE } from "./egg.ts";
import { isJsonObject, type Json, readJson } from "./ordered-json.ts";
import { asksForConfiguration, secretPlaceholders } from "./placeholders.ts";
import { readBare } from "./rule-regex.ts";
import { compileRules } from "./rules.ts";

/** By field, with dots between levels: `variables.0.env`. */
export type Problems = Record<string, string>;

export interface Warning {
  /** A field, as in problems. */
  at: string;
  message: string;
}

const PARSERS = new Set(["file", "yaml", "yml", "properties", "ini", "json", "xml", "toml"]);

/** What keeps the egg from being stored. */
export function problemsOf(egg: Egg): Problems {
  const found: Problems = {};
  const say = (field: string, sentence: string) => {
    found[field] ??= sentence;
  };
  if (egg.images.length === 0) say("images", "Give at least one image.");
  const labels = egg.images.map(([label]) => label);
  if (new Set(labels).size < labels.length) say("images", "Two images have the same name.");
  for (const [, image] of egg.images)
    if (!/^~?[^\s~]+$/.test(image)) say("images", `${image || "An empty text"} is no image.`);
  if (egg.script !== "" && egg.scriptContainer === "") say("scriptContainer", "The script needs an image to run in.");
  if (egg.script !== "" && egg.scriptEntrypoint === "")
    say("scriptEntrypoint", "Say what runs the script, such as bash.");
  for (const sentence of filesProblems(egg.configFiles)) say("configFiles", sentence);
  for (const sentence of startupProblems(egg.configStartup)) say("configStartup", sentence);
  if (objectOf(egg.configLogs) === null) say("configLogs", "This is no JSON object.");
  for (const [at, variable] of egg.variables.entries()) {
    const names = egg.variables.slice(0, at).map(({ env }) => env);
    for (const [field, sentence] of variableProblems(variable, names)) say(`variables.${at}.${field}`, sentence);
  }
  return found;
}

/** What does not keep it from being stored. */
export function warningsOf(egg: Egg): Warning[] {
  const done = doneOf(egg.configStartup);
  const startup: Warning[] =
    done.length === 0
      ? [{ at: "configStartup", message: "Nothing says when a server has started: it will stay at “starting”." }]
      : done.flatMap((line) => {
          const regex = line.startsWith("regex:") ? readBare(line.slice("regex:".length)) : null;
          return typeof regex === "string" ? [{ at: "configStartup", message: `${line}: ${regex}` }] : [];
        });
  const stop: Warning[] =
    egg.stop === ""
      ? [
          {
            at: "stop",
            message:
              "Without a command to stop it, a server is stopped as Docker stops containers, which few save their data for.",
          },
        ]
      : [];
  const variables = egg.variables.flatMap((variable, at) => [
    ...compileRules(variable.rules).problems.map(({ rule, message }) => ({
      at: `variables.${at}.rules`,
      message: `${variable.env}: the rule ${rule} cannot be checked, so the variable keeps its default. ${message}`,
    })),
    ...(UNWISE.has(variable.env)
      ? [{ at: `variables.${at}.env`, message: `${variable.env} is set by Wings or by images themselves.` }]
      : []),
  ]);
  return [...startup, ...stop, ...variables];
}

function* variableProblems({ env, defaultValue, rules }: EggVariable, earlier: readonly string[]) {
  if (!/^[A-Za-z0-9_]{1,191}$/.test(env)) yield ["env", "Use letters, digits and underscores."] as const;
  if (RESERVED.has(env)) yield ["env", `Wings sets ${env} itself. Give the variable another name.`] as const;
  if (earlier.includes(env)) yield ["env", `There are two variables ${env}.`] as const;
  if (asksForConfiguration(defaultValue)) yield ["defaultValue", CONFIGURATION] as const;
  // Rules are joined with bars where an egg leaves the panel.
  const barred = rules.find((rule) => rule.includes("|") && !/^(not_)?regex:/i.test(rule));
  if (barred !== undefined) yield ["rules", `The rule ${barred} has a bar in it.`] as const;
}

export const CONFIGURATION = "A value cannot name the node’s own configuration: it would hand out its secrets.";

/** JSON that is an object; an empty list is PHP's empty object. Null: it is not. */
function objectOf(text: string): Map<string, Json> | null {
  try {
    const value = readJson(text);
    if (Array.isArray(value) && value.length === 0) return new Map();
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Wings stops, all of it, at a file without a parser or without what to replace. */
function* filesProblems(text: string): Generator<string> {
  for (const key of secretPlaceholders(text))
    yield `{{config.${key}}} would write the node’s own configuration, with its secrets, into files of servers.`;
  const files = objectOf(text);
  if (files === null) return yield "This is no JSON object.";
  for (const [file, change] of files) {
    if (!isJsonObject(change)) return yield `What is said about ${file} is no object.`;
    const parser = change.get("parser");
    if (typeof parser !== "string" || !PARSERS.has(parser))
      return yield `${file} needs a parser: ${[...PARSERS].join(", ")}.`;
    const find = change.get("find");
    if (Array.isArray(find) && find.length === 0) continue;
    if (!isJsonObject(find)) return yield `${file} needs what to find, as an object.`;
    for (const [match, value] of find)
      if (!isPlain(value) && !(isJsonObject(value) && [...value.values()].every(isPlain)))
        return yield `${file}: the value of ${match} is neither a text nor texts by what stood there.`;
  }
}

function* startupProblems(text: string): Generator<string> {
  const startup = objectOf(text);
  if (startup === null) return yield "This is no JSON object.";
  const done = startup.get("done");
  if (done !== undefined && done !== null && typeof done !== "string" && !(Array.isArray(done) && done.every(isText)))
    yield "“done” has to be a text or a list of texts.";
}

function doneOf(text: string): string[] {
  const done = objectOf(text)?.get("done");
  return (Array.isArray(done) ? done : [done]).filter((line) => typeof line === "string");
}

const isText = (value: Json): boolean => typeof value === "string";
const isPlain = (value: Json): boolean => value !== null && typeof value !== "object";
