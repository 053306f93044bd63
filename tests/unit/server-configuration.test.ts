/** What daemons are told of a server: what they cannot decode stops them, and what they fill in may be a secret. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { configurationOf, type ServerFacts, stopOf } from "#lib/servers/configuration.ts";

const egg: ServerFacts["egg"] = {
  id: "egg",
  name: "Paper",
  author: "",
  description: "",
  features: ["eula"],
  images: [["One", "image:1"]],
  startup: "java -Xmx{{SERVER_MEMORY}}M -jar {{JAR}}",
  stop: "stop",
  fileDenylist: [".secret"],
  configFiles: "{}",
  configStartup: '{"done": ")! For help"}',
  configLogs: "{}",
  script: "echo 1\r\necho 2\r",
  scriptContainer: "installer:1",
  scriptEntrypoint: "bash",
  forceOutgoingIp: false,
  updateUrl: null,
  variables: [],
  extras: new Map(),
};

const facts = (given: Partial<Omit<ServerFacts, "egg">> & { egg?: Partial<ServerFacts["egg"]> } = {}): ServerFacts => ({
  uuid: "5d5b6b1c-0000-4000-8000-000000000001",
  name: "Lobby",
  description: "",
  suspended: false,
  image: "image:1",
  startup: null,
  skipScripts: false,
  memory: 1024,
  swap: 0,
  disk: 2048,
  cpu: 0,
  io: 0,
  threads: null,
  oomKiller: true,
  allocationLimit: 2,
  location: "Here",
  version: "1.13.1",
  values: new Map(),
  primary: { ip: "192.0.2.1", port: 25565 },
  mounts: [],
  addresses: [
    { ip: "192.0.2.1", port: 25565 },
    { ip: "192.0.2.1", port: 25566 },
    { ip: "192.0.2.2", port: 25565 },
  ],
  ...given,
  egg: { ...egg, ...given.egg },
});

const variable = (env: string, defaultValue: string): ServerFacts["egg"]["variables"][number] => ({
  name: env,
  description: "",
  env,
  defaultValue,
  userViewable: true,
  userEditable: true,
  rules: [],
  fieldType: "text",
  extras: new Map(),
});

const replacements = (find: object, given: Parameters<typeof facts>[0] = {}) =>
  configurationOf(
    facts({
      ...given,
      egg: { ...given.egg, configFiles: JSON.stringify({ "server.properties": { parser: "properties", find } }) },
    }),
  ).process_configuration.configs[0]?.replace;

describe("settings", () => {
  test("are what a daemon decodes, all of it", () => {
    const told = configurationOf(
      facts({
        values: new Map([
          ["JAR", "a.jar"],
          ["OLD", "kept, and not told"],
        ]),
        egg: { variables: [variable("JAR", "server.jar"), variable("PORTS", "25565")] },
      }),
    );
    expect(told).toEqual({
      uuid: "5d5b6b1c-0000-4000-8000-000000000001",
      settings: {
        uuid: "5d5b6b1c-0000-4000-8000-000000000001",
        meta: { name: "Lobby", description: "" },
        suspended: false,
        invocation: "java -Xmx{{SERVER_MEMORY}}M -jar {{JAR}}",
        skip_egg_scripts: false,
        environment: {
          JAR: "a.jar",
          PORTS: "25565",
          P_SERVER_LOCATION: "Here",
          P_SERVER_UUID: "5d5b6b1c-0000-4000-8000-000000000001",
          P_SERVER_ALLOCATION_LIMIT: "2",
        },
        build: {
          memory_limit: 1024,
          swap: 0,
          io_weight: 0,
          cpu_limit: 0,
          threads: null,
          disk_space: 2048,
          oom_disabled: false,
          oom_killer: true,
        },
        container: { image: "image:1", oom_disabled: false, requires_rebuild: false },
        allocations: {
          force_outgoing_ip: false,
          default: { ip: "192.0.2.1", port: 25565 },
          mappings: { "192.0.2.1": [25565, 25566], "192.0.2.2": [25565] },
        },
        mounts: [],
        egg: { id: "egg", file_denylist: [".secret"], features: {} },
      },
      process_configuration: {
        startup: { done: [")! For help"], user_interaction: [], strip_ansi: false },
        stop: { type: "command", value: "stop" },
        configs: [],
      },
    });
  });

  test("nothing is left out where there is nothing: maps are maps, an address is one", () => {
    const { settings } = configurationOf(
      facts({ primary: null, mounts: [], addresses: [], egg: { script: " ", fileDenylist: [] } }),
    );
    expect(JSON.stringify(settings.allocations)).toBe(
      '{"force_outgoing_ip":false,"default":{"ip":"127.0.0.1","port":0},"mappings":{}}',
    );
    expect(settings.skip_egg_scripts).toBe(true);
  });

  test("every value of the environment is a text, whatever the rows say", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), fc.string()), (values) => {
        const variables = Object.keys(values).map((env) => variable(env, "default"));
        const { settings } = configurationOf(facts({ values: new Map(Object.entries(values)), egg: { variables } }));
        for (const [env, value] of Object.entries(values)) expect(settings.environment[env]).toBe(value);
        expect(Object.values(settings.environment).every((value) => typeof value === "string")).toBe(true);
      }),
    );
  });
});

describe("how it is stopped", () => {
  test.each([
    ["stop", null, { type: "command", value: "stop" }],
    ["stop", "1.11.13", { type: "command", value: "stop" }],
    ["^C", "1.11.13", { type: "stop", value: "" }],
    ["^C", null, { type: "stop", value: "" }],
    ["^C", "develop", { type: "stop", value: "" }],
    ["^C", "1.12.0", { type: "signal", value: "C" }],
    ["^^C", "v1.13.1", { type: "signal", value: "C" }],
    ["^sigint", "1.0.0-beta29", { type: "signal", value: "SIGINT" }],
    ["^SIGINT", "1.11.0", { type: "stop", value: "" }],
    ["", "1.13.1", { type: "stop", value: "" }],
  ] as const)("%s by %s", (stop, version, told) => expect(stopOf(stop, version)).toEqual(told));
});

describe("files", () => {
  test("placeholders of today and of old are looked up, once; what names nothing is nothing", () => {
    const values = new Map([["NAME", "{{server.build.default.port}}"]]);
    const found = replacements(
      {
        port: "{{server.build.default.port}}",
        now: "{{ server.allocations.default.port }}",
        ip: "{{server.build.default.ip}}:{{env.SERVER_PORT}}",
        memory: "{{server.build.memory}} {{server.build.memory_limit}} {{env.SERVER_MEMORY}}",
        name: "{{env.NAME}}",
        old: "{{server.build.env.NAME}}",
        environment: "{{server.environment.NAME}}",
        none: "a{{server.nothing}}b{{env.NOTHING}}c{{server.build}}{{server.constructor.name}}",
        number: 5,
        yes: true,
      },
      { values, egg: { variables: [variable("NAME", "x")] } },
    );
    expect(found).toEqual([
      { match: "port", replace_with: "25565" },
      { match: "now", replace_with: "25565" },
      { match: "ip", replace_with: "192.0.2.1:25565" },
      { match: "memory", replace_with: "1024 1024 1024" },
      { match: "name", replace_with: "{{server.build.default.port}}" },
      { match: "old", replace_with: "{{server.build.default.port}}" },
      { match: "environment", replace_with: "{{server.build.default.port}}" },
      { match: "none", replace_with: "abc" },
      { match: "number", replace_with: 5 },
      { match: "yes", replace_with: true },
    ]);
    expect(replacements({ host: { "regex:^(127|localhost)": "{{config.docker.interface}}" } })).toEqual([
      { match: "host", if_value: "regex:^(127|localhost)", replace_with: "{{config.docker.interface}}" },
    ]);
  });

  test("a missing part leaves the file with nothing to replace, and never a hole", () => {
    const configFiles = JSON.stringify({
      a: { parser: "file", find: [] },
      b: { parser: "file" },
      c: { find: {} },
      d: null,
      e: { parser: "file", find: { x: null, y: [1], z: { q: null } } },
    });
    expect(configurationOf(facts({ egg: { configFiles } })).process_configuration.configs).toEqual([
      { parser: "file", file: "a", replace: [] },
      { parser: "file", file: "b", replace: [] },
      { parser: "file", file: "e", replace: [] },
    ]);
    expect(configurationOf(facts({ egg: { configFiles: "[]" } })).process_configuration.configs).toEqual([]);
  });

  test("no value brings in the node’s own configuration, in however many pieces", () => {
    // As the daemon itself finds what it fills in.
    const expands = (text: unknown) =>
      [...String(text).matchAll(/\{\{\s?config\.([\w.-]+)\s?\}\}/g)].some(
        ([, key]) => key !== "docker.interface" && key !== "docker.network.interface",
      );
    const piece = fc.constantFrom(
      "{",
      "{{",
      "{{{",
      "}}",
      "}",
      "config",
      "con",
      "fig",
      ".",
      "token",
      "config.token",
      "{{config.token}}",
      "{{ config.",
      " ",
      "docker.interface",
      "{{env.A}}",
      "{{server.meta.name}}",
    );
    const text = fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, text, text, text, (around, a, b, name) => {
        const find = {
          x: around,
          y: `${around}{{env.A}}{{env.B}}`,
          z: `{{env.A}}${around}`,
          w: { "{{env.A}}": around },
        };
        const found = replacements(find, {
          name,
          values: new Map([
            ["A", a],
            ["B", b],
          ]),
          egg: { variables: [variable("A", ""), variable("B", "")] },
        });
        for (const one of found ?? []) expect(expands(one.replace_with), JSON.stringify(one)).toBe(false);
      }),
      { numRuns: 2000 },
    );
    expect(expands("{{config.token}}")).toBe(true);
  });
});
