/** Eggs as files: whatever is read comes out again with the same meaning. The oracle reads with JSON.parse alone. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isJsonObject, type Json, readJson, writeJson } from "#lib/eggs/ordered-json.ts";
import { NoEgg, readEgg, writeEgg, writtenFormats } from "#lib/eggs/ptdl.ts";
import { joinRules, splitRules } from "#lib/eggs/rules.ts";
import { problemsOf, warningsOf } from "#lib/eggs/soundness.ts";
import { forge, paper, pelican } from "../support/egg-files.ts";

const AT = "2026-11-22T00:00:00+00:00";
type Values = Record<string, unknown>;
const parsed = (text: string): Values => JSON.parse(text);

describe("JSON with its order", () => {
  test("means what JSON.parse makes of it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom("", "    "), (value, indent) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(writeJson(readJson(text), indent))).toEqual(JSON.parse(text));
      }),
    );
  });

  test("keys keep their places, also those that look like numbers or like what objects have anyway", () => {
    const text = '{"b":1,"17":2,"8":3,"__proto__":{"constructor":4},"a\\": ":5}';
    const read = readJson(text);
    expect(isJsonObject(read) && [...read.keys()]).toEqual(["b", "17", "8", "__proto__", 'a": ']);
    expect(writeJson(read, "")).toBe(text);
    expect(({} as Values).constructor).toBe(Object);
  });

  test("what is no JSON, and what is nested too deeply, is refused", () => {
    for (const text of ["", "{", "{'a':1}", '{"a":1,}', `${"[".repeat(60)}${"]".repeat(60)}`])
      expect(() => readJson(text)).toThrow(SyntaxError);
  });
});

/** What an egg of PTDL says, told without the code that is tested: booleans however they were written, nothing for what is nothing. */
function meaning(file: Values) {
  const flag = (value: unknown) => value === true || value === 1 || value === "1";
  const part = (of: Values, key: string) => (Array.isArray(of[key]) ? {} : ((of[key] ?? {}) as Values));
  const config = part(file, "config");
  const installation = part(part(file, "scripts"), "installation");
  const json = (value: unknown) => JSON.parse((value as string) || "{}");
  const without = (of: Values, keys: string[]) =>
    Object.fromEntries(Object.entries(of).filter(([key]) => !keys.includes(key)));
  const list = (file.images ?? (file.image === undefined ? [] : [file.image])) as string[];
  const images = Object.entries(
    (file.docker_images as Values | undefined) ?? Object.fromEntries(list.map((one) => [one, one])),
  );
  return {
    plain: ["name", "author", "description", "startup"].map((key) => file[key] ?? ""),
    images: images.toSorted(([a], [b]) => (a < b ? -1 : 1)),
    features: file.features ?? null,
    denylist: ((file.file_denylist ?? []) as string[]).filter((one) => one !== ""),
    update: part(file, "meta").update_url ?? null,
    config: [json(config.files), json(config.startup), json(config.logs), config.stop ?? ""],
    script: ["script", "container", "entrypoint"].map((key) => installation[key] ?? ""),
    variables: ((file.variables ?? []) as Values[]).map((one) => ({
      plain: ["name", "description", "env_variable", "default_value"].map((key) => one[key] ?? ""),
      flags: [flag(one.user_viewable), flag(one.user_editable)],
      rules: String(one.rules ?? "")
        .split("|")
        .filter((rule) => rule !== ""),
      type: one.field_type ?? "text",
      rest: without(one, [
        "name",
        "description",
        "env_variable",
        "default_value",
        "user_viewable",
        "user_editable",
        "rules",
        "field_type",
      ]),
    })),
    rest: [
      without(file, [
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
      ]),
      without(part(file, "meta"), ["version", "update_url"]),
      without(config, ["files", "startup", "logs", "stop"]),
      without(part(file, "scripts"), ["installation"]),
      without(installation, ["script", "container", "entrypoint"]),
    ],
  };
}

const text = fc.string({ maxLength: 30 });
const flag = fc.constantFrom<unknown>(true, false, 0, 1, "0", "1");
const extra = fc.dictionary(fc.constantFrom("x_tags", "17", "x_icon", "8", "x-more"), fc.jsonValue({ maxDepth: 2 }), {
  maxKeys: 3,
});
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const json = (value: fc.Arbitrary<unknown>) =>
  value.map((one) => JSON.stringify(one, null, 4).replaceAll("\n", "\r\n"));
const rule = fc.constantFrom(
  "required",
  "string",
  "max:20",
  "between:1,64",
  "regex:/^[a-z]{2,5}$/i",
  "in:a,b",
  "no_such_rule:1",
);
const variable = fc
  .record({
    name: text,
    description: text,
    env_variable: fc.stringMatching(/^[A-Z][A-Z_0-9]{1,12}$/),
    default_value: text,
    user_viewable: flag,
    user_editable: flag,
    rules: fc.array(rule, { maxLength: 4 }).map((rules) => rules.join("|")),
    field_type: maybe(fc.constantFrom("text", "select")),
  })
  .chain((known) => extra.map((more) => ({ ...more, ...known })));
const image = fc.stringMatching(/^~?[a-z]{1,8}(:[a-z0-9]{1,4})?$/);
const images = fc.oneof(
  fc.record({ docker_images: fc.dictionary(fc.oneof(text, fc.nat().map(String)), image, { minKeys: 1, maxKeys: 4 }) }),
  fc.record({ images: fc.uniqueArray(image, { minLength: 1, maxLength: 3 }) }),
  fc.record({ image }),
);
const file = fc
  .record({
    meta: fc
      .tuple(fc.constantFrom("PTDL_v1", "PTDL_v2"), maybe(fc.webUrl()), extra)
      .map(([version, update_url, more]) => ({ ...more, version, update_url })),
    name: text,
    author: text,
    description: fc.option(text),
    features: fc.option(fc.array(text, { maxLength: 3 })),
    file_denylist: maybe(fc.array(text, { maxLength: 3 })),
    startup: text,
    config: fc
      .record({
        files: json(fc.dictionary(text, fc.jsonValue({ maxDepth: 3 }))),
        startup: json(fc.record({ done: fc.oneof(text, fc.array(text)) })),
        logs: fc.constantFrom("{}", "[]"),
        stop: text,
      })
      .chain((known) => extra.map((more) => ({ ...more, ...known }))),
    scripts: fc
      .tuple(fc.record({ script: text, container: text, entrypoint: text }), extra, extra)
      .map(([known, inner, outer]) => ({ ...outer, installation: { ...inner, ...known } })),
    variables: fc.array(variable, { maxLength: 4 }),
  })
  .chain((known) => fc.tuple(images, extra).map(([pictures, more]) => ({ ...more, ...known, ...pictures })));

describe("files", () => {
  test("come out with what they went in with, and the second time to the letter", () => {
    fc.assert(
      fc.property(file, fc.constantFrom(...writtenFormats), (given, format) => {
        const source = JSON.stringify(given);
        const written = writeEgg(readEgg(source), format, AT);
        expect(meaning(parsed(written))).toEqual(meaning(parsed(source)));
        expect(parsed(written).meta).toMatchObject({ version: format });
        expect(writeEgg(readEgg(written), format, AT)).toBe(written);
        for (const other of writtenFormats)
          expect(writeEgg(readEgg(writeEgg(readEgg(source), other, AT)), format, AT)).toBe(written);
      }),
      { numRuns: 50 },
    );
  });

  test("the first image stays the first, whatever it is called", () => {
    const egg = readEgg(
      JSON.stringify(paper).replace('"docker_images":{', '"docker_images":{"21":"java:21","8":"java:8",'),
    );
    expect(egg.images.slice(0, 2)).toEqual([
      ["21", "java:21"],
      ["8", "java:8"],
    ]);
    expect(writeEgg(egg, "PTDL_v2", AT)).toMatch(/"docker_images": \{\s+"21": "java:21",\s+"8": "java:8"/);
    expect(readEgg(writeEgg(egg, "PTDL_v1", AT)).images).toEqual(egg.images);
  });

  test("samples of both formats and of Pelican are sound, and read as they are meant", () => {
    for (const sample of [paper, forge, pelican]) expect(problemsOf(readEgg(JSON.stringify(sample)))).toEqual({});
    expect(readEgg(JSON.stringify(forge)).images).toEqual([
      ["java:8", "java:8"],
      ["java:11", "java:11"],
    ]);
    const three = readEgg(JSON.stringify(pelican));
    expect(three.startup).toBe("./server --quick");
    expect(three.variables[0]?.rules).toEqual(["required", "regex:/^(a|b)$/"]);
    expect(parsed(writeEgg(three, "PTDL_v2", AT))).toMatchObject({
      uuid: pelican.uuid,
      tags: ["games"],
      startup_commands: pelican.startup_commands,
    });
  });

  test.each([
    ["no JSON", "not json", /not valid JSON/],
    ["YAML", "meta:\n  version: PLCN_v3\n", /YAML/],
    ["a list", "[]", /no egg/],
    ["another format", '{"meta":{"version":"PTDL_v9"}}', /meta.version/],
    ["a text in the place of an object", '{"meta":{"version":"PTDL_v2"},"config":"x"}', /config has to be an object/],
    ["an object in the place of a text", '{"meta":{"version":"PTDL_v2"},"name":{}}', /name has to be a text/],
    ["no boolean", '{"meta":{"version":"PTDL_v2"},"variables":[{"user_viewable":"maybe"}]}', /true or false/],
  ])("%s is refused in a sentence", (_, source, sentence) => {
    expect(() => readEgg(source)).toThrow(NoEgg);
    expect(() => readEgg(source)).toThrow(sentence);
  });
});

describe("rules in one text", () => {
  test("are those that were joined, also where an expression has bars of its own", () => {
    const one = fc.oneof(
      rule,
      fc.constantFrom("regex:/^(a|b|c)$/", "not_regex:#x|y#i", "regex:{a|b}", "regex:/a\\/|b/u"),
    );
    fc.assert(
      fc.property(fc.array(one), (rules) => {
        expect(splitRules(joinRules(rules))).toEqual(rules);
      }),
    );
    expect(splitRules("|required||string|")).toEqual(["required", "string"]);
    expect(splitRules("regex:/no end|string")).toEqual(["regex:/no end", "string"]);
  });
});

describe("soundness", () => {
  const sound = readEgg(JSON.stringify(paper));
  const files = (value: unknown) => problemsOf({ ...sound, configFiles: JSON.stringify(value) });
  const [known] = sound.variables;
  if (!known) throw new Error("the sample has no variables");
  const first = (given: object) => problemsOf({ ...sound, variables: [{ ...known, ...given }] });

  test("no file of a server asks for the node's secrets, however it is written", () => {
    const find = (value: Json) => ({ "server.properties": { parser: "properties", find: { motd: value } } });
    for (const value of ["{{config.token}}", "{{ config.token }}", "{{config.system.data}}", "a{{  CONFIG.token}}"])
      expect(files(find(value)).configFiles, value).toMatch(/secrets/);
    expect(files({ "{{config.token}}": { parser: "file", find: {} } }).configFiles).toMatch(/secrets/);
    expect(files(find("{{config.docker.interface}}"))).toEqual({});
    expect(files(find("{{server.build.default.port}}"))).toEqual({});
    expect(first({ defaultValue: "x{{ config.token }}" })).toHaveProperty(["variables.0.defaultValue"]);
  });

  test("what would stop a whole node at its start is refused", () => {
    for (const value of [
      { "a.txt": { find: {} } },
      { "a.txt": { parser: "file" } },
      { "a.txt": { parser: "nothing", find: {} } },
      { "a.txt": { parser: "file", find: { a: null } } },
      { "a.txt": { parser: "file", find: { a: { b: { c: 1 } } } } },
      { "a.txt": null },
      [1],
      null,
    ])
      expect(files(value), JSON.stringify(value)).toHaveProperty("configFiles");
    expect(files({ "a.txt": { parser: "file", find: { a: 1, b: true, c: "x", d: { x: "y" } } } })).toEqual({});
    expect(files([])).toEqual({});
  });

  test("variables have names of their own that nothing else sets", () => {
    for (const env of ["", "A-B", "SERVER_PORT", "STARTUP", "HOME", "A".repeat(192)])
      expect(first({ env }), env).toHaveProperty(["variables.0.env"]);
    const twice = { ...sound, variables: [known, known] };
    expect(problemsOf(twice)).toHaveProperty(["variables.1.env"]);
    expect(first({ rules: ["in:a|b"] })).toHaveProperty(["variables.0.rules"]);
  });

  test("what cannot be checked is said, and nothing is dropped", () => {
    const egg = readEgg(
      JSON.stringify({
        ...paper,
        variables: [{ ...paper.variables[0], rules: "required|exists:users|regex:/(?=a)/" }],
      }),
    );
    expect(egg.variables[0]?.rules).toEqual(["required", "exists:users", "regex:/(?=a)/"]);
    const said = warningsOf(egg).map(({ message }) => message);
    expect(said.filter((message) => /exists:users|\(\?=a\)/.test(message))).toHaveLength(2);
    expect(warningsOf({ ...egg, configStartup: "{}", stop: "" }).map(({ at }) => at)).toEqual(
      expect.arrayContaining(["configStartup", "stop"]),
    );
    expect(warningsOf({ ...egg, configStartup: '{"done":"regex:(?=a)"}' }).map(({ at }) => at)).toContain(
      "configStartup",
    );
  });
});
