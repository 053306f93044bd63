import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { securityHeaders, TOAST_STYLES } from "#lib/http/security-headers.ts";

const headers = (https: boolean) => securityHeaders({ nonce: "bm9uY2U=", https, development: false });

/** The policy as a browser reads it. */
const directives = (https = false) =>
  new Map(
    (headers(https)["content-security-policy"] ?? "").split("; ").map((directive) => {
      const [name = "", ...sources] = directive.split(" ");
      return [name, sources];
    }),
  );

describe("the policy", () => {
  test("runs what has the nonce, and nothing else", () => {
    expect(directives().get("script-src")).toEqual(["'nonce-bm9uY2U='", "'strict-dynamic'"]);
    expect(directives().get("default-src")).toEqual(["'none'"]);
    expect(headers(true)["content-security-policy"]).not.toMatch(/unsafe/);
  });

  test("reaches no other origin", () => {
    for (const sources of directives(true).values())
      for (const source of sources)
        expect(source).toMatch(/^('self'|'none'|'strict-dynamic'|'nonce-[^']+'|'sha256-[^']+'|data:|blob:)$/);
    expect(directives().get("frame-ancestors")).toEqual(["'none'"]);
    expect(directives().get("base-uri")).toEqual(["'none'"]);
  });

  test("knows the style of the toast library that is installed", () => {
    const source = readFileSync("node_modules/sonner/dist/index.mjs", "utf8");
    const style: string = JSON.parse(/__insertCSS\(("(?:[^"\\]|\\.)*")\)/.exec(source)?.[1] ?? "null");
    const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    expect(TOAST_STYLES).toEqual([hash(""), hash(style)]);
  });
});

test("only a panel on https asks for https from then on", () => {
  expect(headers(true)["strict-transport-security"]).toBe("max-age=63072000");
  expect(directives(true).has("upgrade-insecure-requests")).toBe(true);
  expect(headers(false)).not.toHaveProperty("strict-transport-security");
  expect(directives(false).has("upgrade-insecure-requests")).toBe(false);
});

test("passkeys stay possible", () => {
  expect(headers(true)["permissions-policy"]).toMatch(/publickey-credentials-create=\(self\)/);
  expect(headers(true)["permissions-policy"]).toMatch(/publickey-credentials-get=\(self\)/);
});
