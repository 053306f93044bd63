/**
 * Eggs as files: what Pterodactyl and Pelican export (PTDL_v1, PTDL_v2, and Pelican's PLCN as JSON) is read, PTDL is written.
 * What the panel has no field for is kept, and goes out again where it stood. Pure.
 */
import type { Egg, EggVariable } from "./egg.ts";
import { isJsonObject, type Json, type JsonObject, readJson, writeJson } from "./ordered-json.ts";
import { joinRules, splitRules } from "./rules.ts";

/** Characters. */
export const FILE_LENGTH = 1_000_000;

export const writtenFormats = ["PTDL_v2", "PTDL_v1"] as const;
export type WrittenFormat = (typeof writtenFormats)[number];
const READ = ["PTDL_v1", "PTDL_v2", "PLCN_v1", "PLCN_v2", "PLCN_v3"];

/** The file is no egg. The message is a sentence. */
export class NoEgg extends Error {
  override name = "NoEgg";
}

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  "": [
    "_comment",
    "meta",
    "exported_at",
    "name",
    "author",
    "description",
    "features",
    "docker_images",
    "images",
    "image",
    "file_denylist",
    "startup",
    "config",
    "scripts",
    "variables",
    "force_outgoing_ip",
  ],
  meta: ["version", "update_url"],
  config: ["files", "startup", "logs", "stop"],
  scripts: ["installation"],
  "scripts.installation": ["script", "container", "entrypoint"],
};

const VARIABLE = [
  "name",
  "description",
  "env_variable",
  "default_value",
  "user_viewable",
  "user_editable",
  "rules",
  "field_type",
];

/** Throws NoEgg. */
export function readEgg(text: string): Egg {
  if (text.length > FILE_LENGTH) throw new NoEgg("An egg has at most a million characters.");
  const file = parse(text);
  if (!isJsonObject(file)) throw new NoEgg("This is JSON, but no egg.");
  const meta = part(file, "meta");
  const version = meta.get("version");
  if (typeof version !== "string" || !READ.includes(version))
    throw new NoEgg(`This says nothing of being an egg: meta.version has to be one of ${READ.join(", ")}.`);
  const config = part(file, "config");
  const scripts = part(file, "scripts");
  const installation = part(scripts, "installation", "scripts.installation");
  const rest = new Map<string, Json>();
  const parts = { "": file, meta, config, scripts, "scripts.installation": installation };
  for (const [path, object] of Object.entries(parts)) {
    const unknown = except(object, KNOWN[path] ?? []);
    if (unknown.size > 0) rest.set(path, unknown);
  }
  return {
    name: textAt(file, "name"),
    author: textAt(file, "author"),
    description: textAt(file, "description"),
    features: file.get("features") == null ? null : textsAt(file, "features"),
    images: imagesOf(file),
    startup: startupOf(file, rest),
    stop: textAt(config, "stop", "config.stop"),
    fileDenylist: textsAt(file, "file_denylist").filter((pattern) => pattern !== ""),
    configFiles: jsonAt(config, "files"),
    configStartup: jsonAt(config, "startup"),
    configLogs: jsonAt(config, "logs"),
    script: textAt(installation, "script", "scripts.installation.script"),
    scriptContainer: textAt(installation, "container", "scripts.installation.container"),
    scriptEntrypoint: textAt(installation, "entrypoint", "scripts.installation.entrypoint"),
    forceOutgoingIp: flagAt(file, "force_outgoing_ip", "force_outgoing_ip"),
    updateUrl: textAt(meta, "update_url", "meta.update_url") || null,
    variables: listAt(file, "variables").map(variableOf),
    extras: rest,
  };
}

/** `at`: when it is written, as ISO 8601. */
export function writeEgg(egg: Egg, format: WrittenFormat, at: string): string {
  const images = new Map<string, Json>(egg.images);
  const labelled = egg.images.some(([label, image]) => label !== image);
  const extra = (path: string): JsonObject => {
    const found = egg.extras.get(path);
    return isJsonObject(found) ? found : new Map();
  };
  const entries: [string, Json][] = [
    ["_comment", "Exported by Zonegate."],
    ["meta", new Map<string, Json>([["version", format], ["update_url", egg.updateUrl], ...extra("meta")])],
    ["exported_at", at],
    ["name", egg.name],
    ["author", egg.author],
    ["description", egg.description],
    ["features", egg.features],
    // What a list of images cannot say stands beside it, for those who can read that too.
    ...(format === "PTDL_v1" ? ([["images", [...new Set(images.values())]]] as [string, Json][]) : []),
    ...(format === "PTDL_v2" || labelled ? ([["docker_images", images]] as [string, Json][]) : []),
    ["file_denylist", egg.fileDenylist],
    ["startup", egg.startup],
    [
      "config",
      new Map<string, Json>([
        ["files", egg.configFiles],
        ["startup", egg.configStartup],
        ["logs", egg.configLogs],
        ["stop", egg.stop],
        ...extra("config"),
      ]),
    ],
    [
      "scripts",
      new Map<string, Json>([
        [
          "installation",
          new Map<string, Json>([
            ["script", egg.script],
            ["container", egg.scriptContainer],
            ["entrypoint", egg.scriptEntrypoint],
            ...extra("scripts.installation"),
          ]),
        ],
        ...extra("scripts"),
      ]),
    ],
    ["variables", egg.variables.map((variable) => variableAs(variable, format))],
    ...(egg.forceOutgoingIp ? ([["force_outgoing_ip", true]] as [string, Json][]) : []),
    ...extra(""),
  ];
  return `${writeJson(new Map(entries))}\n`;
}

function variableAs(variable: EggVariable, format: WrittenFormat): Json {
  return new Map<string, Json>([
    ["name", variable.name],
    ["description", variable.description],
    ["env_variable", variable.env],
    ["default_value", variable.defaultValue],
    ["user_viewable", variable.userViewable],
    ["user_editable", variable.userEditable],
    ["rules", joinRules(variable.rules)],
    ...(format === "PTDL_v2" || variable.fieldType !== "text"
      ? ([["field_type", variable.fieldType]] as [string, Json][])
      : []),
    ...variable.extras,
  ]);
}

function parse(text: string): Json {
  try {
    // Some editors put a mark before the first character.
    return readJson(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    if (/^\s*[A-Za-z_]+:/m.test(text) && !/^\s*[[{]/.test(text))
      throw new NoEgg("This looks like YAML. Export the egg as JSON.", { cause: error });
    throw new NoEgg("This is not valid JSON.", { cause: error });
  }
}

/** An object in an object; PHP writes an empty one as a list. */
function part(object: JsonObject, key: string, path = key): JsonObject {
  const value = object.get(key);
  if (value == null || (Array.isArray(value) && value.length === 0)) return new Map();
  if (!isJsonObject(value)) throw new NoEgg(`${path} has to be an object.`);
  return value;
}

function textAt(object: JsonObject, key: string, path = key): string {
  const value = object.get(key) ?? "";
  if (typeof value === "object") throw new NoEgg(`${path} has to be a text.`);
  return String(value);
}

function listAt(object: JsonObject, key: string): Json[] {
  const value = object.get(key) ?? [];
  if (Array.isArray(value)) return value;
  // PHP writes a list with gaps as an object.
  if (isJsonObject(value)) return [...value.values()];
  if (value === "") return [];
  throw new NoEgg(`${key} has to be a list.`);
}

function textsAt(object: JsonObject, key: string): string[] {
  const list = listAt(object, key);
  if (list.some((one) => one === null || typeof one === "object")) throw new NoEgg(`${key} has to be a list of texts.`);
  return list.map(String);
}

function flagAt(object: JsonObject, key: string, path: string): boolean {
  const value = object.get(key) ?? false;
  if (typeof value === "boolean") return value;
  if (value === 0 || value === "0" || value === "") return false;
  if (value === 1 || value === "1") return true;
  throw new NoEgg(`${path} has to be true or false.`);
}

/** JSON in a text; where it stands there as it is, as text. */
function jsonAt(config: JsonObject, key: string): string {
  const value = config.get(key) ?? "";
  if (typeof value === "object") return writeJson(value);
  return String(value).trim() === "" ? "{}" : String(value);
}

function imagesOf(file: JsonObject): [string, string][] {
  const labelled = file.get("docker_images");
  if (isJsonObject(labelled)) return [...labelled].map(([label, image]) => [label, imageText(image)]);
  const list = [labelled, file.get("images"), file.get("image")].find((one) => one != null && one !== "") ?? [];
  return [...new Set((Array.isArray(list) ? list : [list]).map(imageText))].map((image) => [image, image]);
}

function imageText(value: Json): string {
  if (typeof value !== "string") throw new NoEgg("An image has to be a text.");
  return value;
}

/** Of several commands the first is what servers run. All of them are kept. */
function startupOf(file: JsonObject, rest: Map<string, Json>): string {
  const commands = file.get("startup_commands");
  if (file.has("startup") || !isJsonObject(commands)) return textAt(file, "startup");
  const [first = ""] = commands.values();
  if (typeof first !== "string") throw new NoEgg("startup_commands has to hold texts.");
  const top = rest.get("");
  if (commands.size === 1 && isJsonObject(top)) {
    const others = except(top, ["startup_commands"]);
    if (others.size > 0) rest.set("", others);
    else rest.delete("");
  }
  return first;
}

function variableOf(value: Json, at: number): EggVariable {
  const path = `variables.${at}`;
  if (!isJsonObject(value)) throw new NoEgg(`${path} has to be an object.`);
  const rules = value.get("rules") ?? "";
  return {
    name: textAt(value, "name", `${path}.name`),
    description: textAt(value, "description", `${path}.description`),
    env: textAt(value, "env_variable", `${path}.env_variable`),
    defaultValue: textAt(value, "default_value", `${path}.default_value`),
    userViewable: flagAt(value, "user_viewable", `${path}.user_viewable`),
    userEditable: flagAt(value, "user_editable", `${path}.user_editable`),
    rules: Array.isArray(rules) ? textsAt(value, "rules") : splitRules(textAt(value, "rules", `${path}.rules`)),
    fieldType: textAt(value, "field_type", `${path}.field_type`) || "text",
    extras: except(value, VARIABLE),
  };
}

const except = (object: JsonObject, keys: readonly string[]): JsonObject =>
  new Map([...object].filter(([key]) => !keys.includes(key)));
