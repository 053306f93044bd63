import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { catalogue } from "#lib/access/permissions.ts";

/** What the linter says of one file, in a folder of its own with the project's rules. */
function lint(file: string, source: string): string {
  const root = mkdtempSync(path.join(tmpdir(), "zonegate-lint-"));
  try {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), source);
    copyFileSync("biome.json", path.join(root, "biome.json"));
    const biome = path.resolve("node_modules", ".bin", "biome");
    const { stdout, stderr } = spawnSync(biome, ["lint", "--vcs-enabled=false", "."], { cwd: root, encoding: "utf8" });
    return `${stdout}${stderr}`;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test.each([
  ["components/zone/x.tsx", 'import { db } from "#db/client.ts";\nexport const x = db;\n'],
  ["app/x.tsx", 'import { eq } from "drizzle-orm";\nexport const x = eq;\n'],
  ["lib/dns/x.ts", 'import { base } from "#lib/api/base.ts";\nexport const x = base;\n'],
])("the boundary fires in %s", (file, source) => {
  expect(lint(file, source)).toContain("noRestrictedImports");
});

test("what may import it may", () => {
  expect(lint("lib/dns/x.ts", 'import { db } from "#db/client.ts";\nexport const x = db;\n')).not.toContain(
    "noRestrictedImports",
  );
});

test("the pure folders import nothing but each other", () => {
  const pure = [
    ...files("lib/access"),
    ...files("lib/dns/types"),
    ...["name", "rrset", "plan", "rules", "advice", "type-numbers"].map((name) => `lib/dns/${name}.ts`),
  ];
  for (const file of pure) {
    const imports = [...readFileSync(file, "utf8").matchAll(/from "([^"]+)"/g)].map((match) => match[1] ?? "");
    const outside = imports.filter(
      (from) => !from.startsWith("./") && !from.startsWith("../") && !/^#lib\/(access|dns)\//.test(from),
    );
    expect(
      outside.filter((from) => !["tldts", "ipaddr.js", "tr46", "punycode/punycode.js"].includes(from)),
      file,
    ).toEqual([]);
  }
});

test("what Next builds holds no part of the panel itself, which the server has loaded already", () => {
  const reached = new Map<string, string[]>();
  const waiting = [...files("app"), ...files("components"), "instrumentation.ts"].map((file) => [file]);
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const [file = ""] = at;
    if (reached.has(file)) continue;
    reached.set(file, at);
    for (const wanted of importsOf(file)) {
      const next = wanted.startsWith("#") ? wanted.slice(1) : path.posix.join(path.posix.dirname(file), wanted);
      if (/^[#.]/.test(wanted) && /\.tsx?$/.test(next)) waiting.push([next, ...at]);
    }
  }
  expect(reached.has("lib/api/caller.ts"), "they ask by way of this").toBe(true);
  const inside = [...reached].filter(([file]) => /^db\/|^lib\/(env|api\/(errors|router)|panel)\.ts$/.test(file));
  expect(inside.map(([, way]) => way.join(" < "))).toEqual([]);
});

/** What is imported of it that is there when it runs. */
const importsOf = (file: string): string[] =>
  [
    ...readFileSync(file, "utf8").matchAll(
      /^(?:import|export)(?! type\b)[^;]*?from "([^"]+)"|^import "([^"]+)"|\bimport\("([^"]+)"\)/gm,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? "");

/** Permissions of the catalogue that no guard asks for yet, because what they open is not built. The list only shrinks. */
const unasked = readFileSync(new URL("./unasked-permissions.txt", import.meta.url), "utf8")
  .trim()
  .split("\n");

test("every other permission of the catalogue is required by something", () => {
  const code = files("lib")
    .filter((file) => !file.startsWith("lib/access/permissions") && !file.startsWith("lib/access/roles"))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  const values = catalogue.map((entry) => entry.value).filter((value) => value !== "*");
  expect(values.filter((value) => !code.includes(`"${value}"`)).toSorted()).toEqual(unasked.toSorted());
});

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => path.posix.join(folder, file));
}
