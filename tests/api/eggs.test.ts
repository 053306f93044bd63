/** Eggs in the API: made, changed, imported from files and addresses, exported, and put to values. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { forge, paper } from "../support/egg-files.ts";
import { type Panel, type Person, startPanel } from "../support/panel.ts";

interface Egg {
  id: string;
  name: string;
  revision: number;
  images: [string, string][];
  visible: boolean;
  kept: string[];
  updateUrl: string | null;
  warnings: { at: string; message: string }[];
  variables: { id: string; env: string; rules: string[]; [key: string]: unknown }[];
}
interface Refused {
  code: string;
  fields: Record<string, string>;
}

let panel: Panel;
let keeper: Person;
let looker: Person;
let server: Server;
let origin: string;
/** What the server answers, by path. */
const pages = new Map<string, { status: number; body: string }>();

beforeAll(async () => {
  server = createServer((request, response) => {
    const page = pages.get(request.url ?? "") ?? { status: 404, body: "" };
    response.writeHead(page.status, page.status === 302 ? { location: page.body } : {}).end(page.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  panel = await startPanel({ ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8" });
  keeper = await panel.person("Keeper of eggs", ["eggs:read", "eggs:write"]);
  looker = await panel.person("Looker", ["eggs:read"]);
});
afterAll(async () => {
  await panel.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const imported = async (file: object | string) => {
  const text = typeof file === "string" ? file : JSON.stringify(file);
  return keeper.call<{ id: string; warnings: Egg["warnings"]; dropped: string[] }>("POST", "/admin/eggs/import", {
    text,
  });
};
const opened = async (id: string) => (await looker.call<Egg>("GET", `/admin/eggs/${id}`)).body;
const edited = (id: string, body: object) => keeper.call<Refused>("PATCH", `/admin/eggs/${id}`, body);
const exported = async (id: string, format = "PTDL_v2") =>
  (await looker.call<Record<string, unknown>>("GET", `/admin/eggs/${id}/export?format=${format}`)).body;

describe("files", () => {
  test("go in and come out with the same meaning, keys that the panel does not know included", async () => {
    const file = { ...paper, tags: ["x"], meta: { ...paper.meta, mine: 1 } };
    const { status, body } = await imported(file);
    expect(status).toBe(201);
    expect(body.warnings).toEqual([]);
    const egg = await opened(body.id);
    expect(egg.images[0]).toEqual(["Java 21", "registry.example/java:21"]);
    expect(egg.kept.toSorted()).toEqual(["meta.mine", "tags"]);
    const { _comment, exported_at, ...out } = await exported(body.id);
    const { _comment: _, exported_at: __, ...given } = file;
    expect(out).toEqual(given);
    expect(_comment).toBeTypeOf("string");
    expect(new Date(String(exported_at)).getTime()).toBeGreaterThan(0);
    const old = await exported(body.id, "PTDL_v1");
    expect(old).toMatchObject({ meta: { version: "PTDL_v1", mine: 1 }, images: Object.values(paper.docker_images) });
    const again = await imported(old);
    expect({ ...(await exported(again.body.id)), exported_at }).toEqual({ _comment, exported_at, ...given });
  });

  test("an edit changes what it names and nothing else", async () => {
    const { id } = (await imported({ ...paper, tags: ["x"] })).body;
    const before = await opened(id);
    expect((await edited(id, { name: "Renamed", revision: before.revision })).status).toBe(200);
    const { name, exported_at, ...rest } = await exported(id);
    const { name: _, exported_at: __, ...given } = { ...paper, tags: ["x"] };
    expect(name).toBe("Renamed");
    expect({ ...rest, _comment: given._comment }).toEqual(given);
    const after = await opened(id);
    expect(after.variables.map((one) => one.id)).toEqual(before.variables.map((one) => one.id));
    expect((await edited(id, { name: "Late", revision: before.revision })).status).toBe(409);
  });

  test("are refused with a sentence that says where", async () => {
    const refused = async (file: object | string) => {
      const { status, body } = await imported(file);
      expect(status).toBe(422);
      return (body as unknown as Refused).fields.text;
    };
    expect(await refused("{")).toMatch(/JSON/);
    expect(await refused({})).toMatch(/meta.version/);
    const secret = {
      ...paper,
      config: { ...paper.config, files: '{"a":{"parser":"file","find":{"b":"{{config.token}}"}}}' },
    };
    expect(await refused(secret)).toMatch(/secrets/);
    const reserved = { ...paper, variables: [{ ...paper.variables[0], env_variable: "SERVER_PORT" }] };
    expect(await refused(reserved)).toMatch(/SERVER_PORT/);
    expect(await refused({ ...paper, docker_images: {} })).toMatch(/image/);
    expect((await keeper.call("POST", "/admin/eggs/import", {})).status).toBe(422);
    expect((await keeper.call("POST", "/admin/eggs/import", { text: "{}", url: origin })).status).toBe(422);
  });

  test("rules that cannot be checked are said, stay in the egg, and are not to be typed", async () => {
    const variable = { ...paper.variables[0], rules: "required|exists:users|regex:/(?=a)/" };
    const { body } = await imported({ ...paper, variables: [variable] });
    expect(body.warnings.map(({ at }) => at)).toEqual(["variables.0.rules", "variables.0.rules"]);
    const egg = await opened(body.id);
    expect(egg.warnings).toEqual(body.warnings);
    expect(((await exported(body.id)).variables as Record<string, unknown>[])[0]?.rules).toBe(variable.rules);
    const kept = egg.variables.map(({ id: _, ...one }) => one);
    expect((await edited(body.id, { variables: kept.map((one) => ({ ...one, name: "Renamed" })) })).status).toBe(200);
    const typed = await edited(body.id, { variables: kept.map((one) => ({ ...one, rules: ["no_such:1"] })) });
    expect(typed.body.fields).toEqual({ "variables.0.rules": "no_such:1: This panel does not know this rule." });
    const values = { SERVER_JARFILE: "other.jar" };
    const check = (given: object) =>
      keeper.call<{ wrong: object }>("POST", `/admin/eggs/${body.id}/check`, { values: given });
    expect((await check(values)).body.wrong).toHaveProperty("SERVER_JARFILE");
    expect((await check({ SERVER_JARFILE: "server.jar" })).body.wrong).toEqual({});
  });
});

test("values are put to the rules, and never become the node's own secrets", async () => {
  const { id } = (await imported(paper)).body;
  const check = async (values: object) =>
    (await looker.call<{ wrong: Record<string, string> }>("POST", `/admin/eggs/${id}/check`, { values })).body.wrong;
  expect(await check({ SERVER_JARFILE: "a.jar", MAX_PLAYERS: "20", BUILD: "" })).toEqual({});
  const wrong = await check({ SERVER_JARFILE: "../a", MAX_PLAYERS: "201", BUILD: "{{ config.token }}", OTHER: "x" });
  expect(wrong).toMatchObject({
    MAX_PLAYERS: "Enter a number from 1 to 200.",
    OTHER: "This egg has no such variable.",
  });
  expect(wrong.BUILD).toMatch(/secrets/);
  expect(wrong.SERVER_JARFILE).toMatch(/match/);
});

describe("addresses", () => {
  test("are fetched as staff's are: no redirect, nothing large, nothing private that is not opened", async () => {
    const fetched = (url: string) => keeper.call<Refused & { id: string }>("POST", "/admin/eggs/import", { url });
    pages.set("/egg.json", {
      status: 200,
      body: JSON.stringify({ ...paper, meta: { version: "PTDL_v2", update_url: `${origin}/egg.json` } }),
    });
    pages.set("/moved.json", { status: 302, body: `${origin}/egg.json` });
    pages.set("/large.json", { status: 200, body: " ".repeat(1_100_000) });
    pages.set("/page.html", { status: 200, body: "<html>" });
    const { status, body } = await fetched(`${origin}/egg.json`);
    expect(status).toBe(201);
    for (const [path, sentence] of [
      ["/moved.json", /302/],
      ["/large.json", /too large/],
      ["/none.json", /404/],
      ["/page.html", /JSON/],
    ] as const)
      expect((await fetched(`${origin}${path}`)).body.fields.url, path).toMatch(sentence);
    expect((await fetched("http://10.0.0.1/egg.json")).body.fields.url).toMatch(/network/);
    expect((await fetched("http://169.254.169.254/egg.json")).body.fields.url).toMatch(/network/);
    expect((await fetched("http://localhost:3000/egg.json")).body.fields.url).toMatch(/itself/);
    for (const url of ["file:///etc/passwd", "ftp://example.org/a", "http://a:b@example.org/", "x"])
      expect((await fetched(url)).status, url).toBe(422);
    const newer = {
      ...paper,
      name: "Newer",
      variables: paper.variables.slice(0, 2),
      meta: { version: "PTDL_v2", update_url: `${origin}/egg.json` },
    };
    pages.set("/egg.json", { status: 200, body: JSON.stringify(newer) });
    const before = await opened(body.id);
    await edited(body.id, { visible: false });
    const replaced = await keeper.call<{ dropped: string[] }>("POST", `/admin/eggs/${body.id}/import`, {});
    expect(replaced.body.dropped).toEqual(["BUILD"]);
    const after = await opened(body.id);
    expect(after).toMatchObject({ name: "Newer", visible: false });
    expect(after.variables.map(({ id }) => id)).toEqual(before.variables.slice(0, 2).map(({ id }) => id));
    const { id } = (await imported(forge)).body;
    expect((await keeper.call<Refused>("POST", `/admin/eggs/${id}/import`, {})).body.fields).toHaveProperty("url");
  });
});

test("eggs are made, copied and deleted; fields that make no sense say so", async () => {
  const made = await keeper.call<{ id: string }>("POST", "/admin/eggs", { name: "Own", images: [["One", "image:1"]] });
  expect(made.status).toBe(201);
  const { id } = made.body;
  for (const [field, value] of [
    ["name", " "],
    ["images", []],
    ["images", [["One", "a b"]]],
    [
      "images",
      [
        ["One", "a"],
        ["One", "b"],
      ],
    ],
    ["configFiles", "{"],
    ["configStartup", "[1]"],
    ["configLogs", "x"],
    ["updateUrl", "javascript:alert(1)"],
    ["stop", "a\nb"],
    ["script", "a\0b"],
  ] as const)
    expect(Object.keys((await edited(id, { [field]: value })).body.fields)[0], `${field} ${value}`).toMatch(
      new RegExp(`^${field}`),
    );
  expect((await edited(id, { script: "true" })).body.fields).toHaveProperty("scriptContainer");
  expect((await edited(id, { description: "x", forceOutgoingIp: true, features: ["eula"] })).status).toBe(200);
  expect(await exported(id)).toMatchObject({ description: "x", force_outgoing_ip: true, features: ["eula"] });
  const copy = await keeper.call<{ id: string }>("POST", `/admin/eggs/${id}/clone`, { name: "Copy" });
  expect(await opened(copy.body.id)).toMatchObject({ name: "Copy", images: [["One", "image:1"]], updateUrl: null });
  expect((await keeper.call("DELETE", `/admin/eggs/${id}`)).status).toBe(200);
  expect((await looker.call("GET", `/admin/eggs/${id}`)).status).toBe(404);
  expect((await opened(copy.body.id)).name).toBe("Copy");
  const history = await looker.call<{ items: { action: string }[] }>("GET", `/admin/eggs/${copy.body.id}/history`);
  expect(history.body.items.map(({ action }) => action)).toEqual(["eggs.clone"]);
});

test("the list is searched, filtered, sorted and exported", async () => {
  const { id } = (await imported({ ...paper, name: "Zebra of a kind", author: "zebra@example.org" })).body;
  await edited(id, { visible: false });
  const found = async (query: string) =>
    (
      await looker.call<{ items: { id: string; name: string; image: string; variables: number }[] }>(
        "GET",
        `/admin/eggs?${query}`,
      )
    ).body.items;
  expect(await found("q=zebra")).toMatchObject([
    { id, image: "registry.example/java:21", variables: 3, visible: false },
  ]);
  expect(await found(`q=${id}`)).toHaveLength(1);
  expect((await found("state=hidden")).map((one) => one.id)).toContain(id);
  expect((await found("state=visible")).map((one) => one.id)).not.toContain(id);
  expect((await found("source=address")).map((one) => one.id)).not.toContain(id);
  const names = (await found("sort=-name")).map(({ name }) => name);
  expect(names).toEqual(names.toSorted().toReversed());
  const csv = await looker.call("GET", "/admin/tabs/eggs/csv?query=q%3Dzebra");
  expect(String(csv.body)).toContain("Zebra of a kind");
});
