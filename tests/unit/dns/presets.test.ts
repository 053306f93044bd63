import { expect, test } from "vitest";
import { recordsIn } from "#lib/dns/templates/content.ts";
import { caa, dkim, dmarc, presets, spf } from "#lib/dns/templates/presets.ts";

test.each(presets.map((preset) => [preset.id, preset] as const))(
  "%s is readable as it stands, and filled in",
  (_, preset) => {
    const filled = Object.fromEntries(
      preset.fields.map(({ name, options }) => [
        name,
        options?.[0]?.value ??
          (name.startsWith("dkim") ? "a.target.test" : name === "reports" ? "a@b.test" : "some-text=1"),
      ]),
    );
    for (const values of [{}, filled]) {
      const found = recordsIn({ records: preset.lines(values).join("\n") }, "a-zone.example.");
      expect(found, JSON.stringify(found)).toMatchObject({ ok: true });
      if (found.ok) expect(found.rrsets.length).toBeGreaterThan(0);
    }
  },
);

test("choices become records as their RFCs write them", () => {
  expect(spf({ include: ["a.test", "b.test"], mx: true, all: "-" })).toBe(
    "v=spf1 mx include:a.test include:b.test -all",
  );
  expect(dmarc({ policy: "none", reports: "a@b.test" })).toBe("v=DMARC1; p=none; rua=mailto:a@b.test");
  expect(dmarc({ policy: "reject", subdomains: "none" })).toBe("v=DMARC1; p=reject; sp=none");
  expect(dkim("-----BEGIN PUBLIC KEY-----\nMIIB\nIjAN\n-----END PUBLIC KEY-----\n")).toBe("v=DKIM1; k=rsa; p=MIIBIjAN");
  expect(dkim('"v=DKIM1; k=rsa; " "p=MIIB" "IjAN"')).toBe("v=DKIM1; k=rsa;  p=MIIBIjAN".replace("  ", " "));
  expect(caa(["letsencrypt.org"], "a@b.test")).toEqual(['0 issue "letsencrypt.org"', '0 iodef "mailto:a@b.test"']);
  expect(caa([])).toEqual(['0 issue ";"']);
});

test("a key stands at the selector that the mail host was given, however it is written", () => {
  const zoho = presets.find(({ id }) => id === "zoho");
  for (const selector of ["zmail", " zmail._domainkey.example.com "])
    expect(zoho?.lines({ selector, dkim: "MIIB" }).at(-1)).toBe(
      'zmail._domainkey 3600 IN TXT "v=DKIM1; k=rsa; p=MIIB"',
    );
  for (const half of [{ selector: "zmail" }, { dkim: "MIIB" }] as Record<string, string>[])
    expect(zoho?.lines(half).join("\n")).not.toContain("_domainkey");
});

test("a long key is cut into strings of 255 octets", () => {
  const google = presets.find(({ id }) => id === "google");
  const lines = google?.lines({ dkim: "A".repeat(800) }) ?? [];
  const strings = [...(lines.at(-1) ?? "").matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? "");
  expect(Math.max(...strings.map(({ length }) => length))).toBe(255);
  expect(strings.join("")).toBe(`v=DKIM1; k=rsa; p=${"A".repeat(800)}`);
});
