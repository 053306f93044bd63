import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { getTableName } from "drizzle-orm";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Place, seal, unseal } from "#lib/crypto/seal.ts";
import { sealedColumns } from "#lib/crypto/sealed-columns.ts";
import { keyIdOf, OtherSecretError } from "#lib/crypto/secret.ts";

const SECRET = "a secret of at least thirty-two characters";
const OTHER = "another secret, just as long as the first";
const place: Place = { table: "totp_factors", column: "secret", row: "1" };

describe("a sealed value", () => {
  test("opens where it was sealed, whatever it is", () => {
    // biome-ignore lint/nursery/noFloatingPromises: A property that is not asynchronous is not asserted so.
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.string(), (plain, row) => {
        const here = { ...place, row };
        expect(unseal(seal(plain, here, SECRET), here, SECRET)).toBe(plain);
      }),
    );
  });

  test("is another each time, and says nothing of what is in it but its length", () => {
    const [one, two] = [seal("the same", place, SECRET), seal("the same", place, SECRET)];
    expect(one).not.toBe(two);
    expect(one.split(".")[2]).not.toBe(two.split(".")[2]);
    expect(Buffer.from(one.split(".")[2] ?? "", "base64url")).toHaveLength(12);
    expect(Buffer.from(one.split(".")[3] ?? "", "base64url")).toHaveLength("the same".length + 16);
    expect(one).not.toContain("the same");
  });

  test("does not open in another table, column or row, nor where their names only join to the same", () => {
    const sealed = seal("x", { table: "ab", column: "c", row: "d" }, SECRET);
    for (const elsewhere of [
      { table: "abc", column: "c", row: "d" },
      { table: "ab", column: "cd", row: "d" },
      { table: "ab", column: "c", row: "e" },
      { table: "a", column: "bc", row: "d" },
      { table: "ab", column: "", row: "cd" },
    ]) {
      expect(() => unseal(sealed, elsewhere, SECRET)).toThrow(/was changed, or stands in another place/);
    }
  });

  test("does not open when any bit of it was changed", () => {
    const [version, id, nonce = "", body = ""] = seal("forty-two", place, SECRET).split(".");
    const flip = (text: string, bit: number) => {
      const octets = Buffer.from(text, "base64url");
      octets[bit >> 3] = (octets[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return octets.toString("base64url");
    };
    for (let bit = 0; bit < 12 * 8; bit++)
      expect(() => unseal([version, id, flip(nonce, bit), body].join("."), place, SECRET)).toThrow(/was changed/);
    for (let bit = 0; bit < (9 + 16) * 8; bit++)
      expect(() => unseal([version, id, nonce, flip(body, bit)].join("."), place, SECRET)).toThrow(/was changed/);
    const short = Buffer.from(body, "base64url").subarray(0, 20).toString("base64url");
    expect(() => unseal([version, id, nonce, short].join("."), place, SECRET)).toThrow(/was changed/);
    expect(() => unseal([version, id, nonce, "AAAA"].join("."), place, SECRET)).toThrow(/was changed/);
  });

  test("says so when the secret is another, and does not when it pretends to be of this one", () => {
    const sealed = seal("x", place, OTHER);
    expect(() => unseal(sealed, place, SECRET)).toThrow(OtherSecretError);
    expect(() => unseal(sealed, place, SECRET)).toThrow(
      "totp_factors.secret was sealed with another secret than this panel has. Put back the secret that belongs to this database.",
    );
    const pretended = sealed.replace(keyIdOf(OTHER), keyIdOf(SECRET));
    expect(() => unseal(pretended, place, SECRET)).toThrow(/was changed/);
  });

  test.each(["", "plain", "v1", "v1.a.b", "v2.aaaaaaaaaaaa.AAAA.AAAA", "v1.aaaaaaaaaaaa.AAAA.AAAA.AAAA"])(
    "%j is none",
    (text) => expect(() => unseal(text, place, SECRET)).toThrow(/holds no sealed value|another secret/),
  );
});

test("a secret's key is named by twelve digits that tell nothing else", () => {
  expect(keyIdOf(SECRET)).toMatch(/^[0-9a-f]{12}$/);
  expect(keyIdOf(SECRET)).not.toBe(keyIdOf(OTHER));
});

describe("sealed columns", () => {
  const known = sealedColumns().map(({ table, column }) => `${getTableName(table)}.${column.name}`);

  test("are found in the schema, each with a primary key of its own row", () => {
    expect(known).toEqual(expect.arrayContaining(["totp_factors.secret", "mail_secrets.link"]));
  });

  test("take nothing that was not sealed", () => {
    for (const { column } of sealedColumns()) {
      expect(() => column.mapToDriverValue("a plain secret")).toThrow("This column holds sealed values only.");
      expect(column.mapToDriverValue(seal("", place, SECRET))).toMatch(/^v1\./);
    }
  });

  test("are all that anything is sealed for", () => {
    // What is handed to a browser for a few minutes, and is in no table.
    const passing = ["totp_factors.enrolment"];
    const places = readdirSync("lib", { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.startsWith("crypto"))
      .flatMap((file) => {
        const source = readFileSync(path.join("lib", file), "utf8");
        const found = [...source.matchAll(/table: "([\w.]+)",\s*column: "([\w.]+)",\s*row:/g)];
        if (/from "#lib\/crypto\/seal\.ts"/.test(source))
          expect(found.length, `${file} names its places`).toBeGreaterThan(0);
        return found.map(([, table, column]) => `${table}.${column}`);
      });
    expect(places.filter((one) => !known.includes(one) && !passing.includes(one))).toEqual([]);
    for (const one of known) expect(places).toContain(one);
  });
});
