import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dkimOfKey } from "#lib/dns/mail/dkim.ts";
import { formatDmarc, parseDmarc } from "#lib/dns/mail/dmarc.ts";
import { readMail, readMails } from "#lib/dns/mail/reading.ts";
import { formatSpf, parseSpf } from "#lib/dns/mail/spf.ts";

const said = (relative: string, text: string) => {
  const reading = readMail(relative, text);
  return reading && [reading.kind, reading.summary, ...reading.problems];
};

describe("SPF in words", () => {
  test.each([
    ["v=spf1 -all", "Nothing may send mail."],
    [
      "v=spf1 mx ip4:192.0.2.0/24 include:_spf.example.net ~all",
      "Mail may come from the mail servers of this name, 192.0.2.0/24 and the senders of _spf.example.net. Mail from anything else is marked as suspicious.",
    ],
    ["v=spf1 redirect=_spf.example.net", "Nothing may send mail. The rules of _spf.example.net decide about the rest."],
    [
      "v=spf1 a:web.example.net/24 -all",
      "Mail may come from the addresses of web.example.net and the /24 around. Mail from anything else is rejected.",
    ],
  ])("%s", (text, summary) => {
    expect(said("@", text)).toEqual(["SPF", summary]);
  });

  test.each([
    ["v=spf1 +all", "“+all” lets anybody send mail in your name."],
    ["v=spf1 mx", "Nothing says what happens to mail from anything else: end it with “-all” or “~all”."],
    ["v=spf1 mx -all a", "What stands after “all” is ignored."],
    ["v=spf1 ip4:192.0.2.0/33 -all", "“ip4:192.0.2.0/33” has no IPv4 address or network."],
    ["v=spf1 ip6:192.0.2.1 -all", "“ip6:192.0.2.1” has no IPv6 address or network."],
    ["v=spf1 inlcude:example.net -all", "“inlcude:example.net” is nothing that SPF knows."],
    ["v=spf2 -all", "It has to begin with “v=spf1” and a space."],
    ["v=spf1 ptr -all", "“ptr” should no longer be used (RFC 7208 §5.5)."],
    [`v=spf1 ${"include:a.example ".repeat(11)}-all`, "It takes 11 DNS lookups at least; receivers give up after 10."],
  ])("%s is wrong", (text, problem) => {
    expect(said("@", text)).toContain(problem);
  });

  test("parts and text are the same thing", () => {
    const word = fc.stringMatching(/^[+\-~?]?(?:mx|a|include:[a-z.]{1,9}|ip4:[0-9.]{1,9}|exp=[a-z]{1,5}|all)$/);
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(formatSpf(parseSpf(["v=spf1", ...words].join("  ")))).toBe(["v=spf1", ...words].join(" "));
      }),
    );
  });
});

describe("DMARC in words", () => {
  test.each([
    ["v=DMARC1; p=reject", "Mail that is not provably from here is rejected. Nobody gets reports."],
    [
      "v=DMARC1;p=quarantine;pct=20;sp=none;rua=mailto:a@example.net,mailto:b@example.net!10m",
      "Mail that is not provably from here goes to the junk folder (for 20 % of it). From subdomains it is delivered all the same. Reports go to a@example.net, b@example.net.",
    ],
  ])("%s", (text, summary) => {
    expect(said("_dmarc", text)).toEqual(["DMARC", summary]);
  });

  test.each([
    ["p=none", "It has to begin with “v=DMARC1;”."],
    ["v=DMARC1", "The policy is missing: p=none, p=quarantine or p=reject."],
    ["v=DMARC1; rua=mailto:a@b.example; p=none", "“p” has to be the second tag."],
    ["v=DMARC1; p=block", "“p=block” is no policy: none, quarantine or reject."],
    ["v=DMARC1; p=none; rua=a@b.example", "“rua” is a list of addresses, each with “mailto:” before it."],
    ["v=DMARC1; p=none; pct=101", "“pct” is a number from 0 to 100."],
    ["v=DMARC1; p=none; policy=none", "“policy” is no tag that DMARC knows."],
  ])("%s is wrong", (text, problem) => {
    expect(said("_dmarc", text)).toContain(problem);
  });

  test("it belongs at _dmarc", () => {
    expect(said("@", "v=DMARC1; p=none")).toContain("Receivers look for it at the name “_dmarc” only.");
    expect(said("_dmarc.shop", "v=DMARC1; p=none")).toHaveLength(2);
  });

  test("parts and text are the same thing, v and p first", () => {
    expect(formatDmarc(parseDmarc("rua=mailto:a@b.example; P=reject;; x=y=z"))).toBe(
      "v=DMARC1; p=reject; rua=mailto:a@b.example; x=y=z",
    );
  });
});

describe("DKIM in words", () => {
  const keyOf = (bits: number): string =>
    generateKeyPairSync("rsa", { modulusLength: bits })
      .publicKey.export({ type: "spki", format: "der" })
      .toString("base64");

  test.each([1024, 1536, 2048])("an RSA key of %d bits", (bits) => {
    const [kind, summary, ...problems] = said("k1._domainkey", `v=DKIM1; k=rsa; p=${keyOf(bits)}`) ?? [];
    expect(kind).toBe("DKIM");
    expect(summary).toBe(`Signed mail is checked with this RSA key of ${bits} bits.`);
    expect(problems).toEqual(bits < 2048 ? [`A key of ${bits} bits is short; 2048 are usual.`] : []);
  });

  test("a bare RSA key, an Ed25519 key, a revoked one and one that is cut short", () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const bare = publicKey.export({ type: "pkcs1", format: "der" }).toString("base64");
    expect(said("a._domainkey", `p=${bare}`)).toHaveLength(2);
    const ed25519 = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }).x ?? "";
    const base64 = Buffer.from(ed25519, "base64url").toString("base64");
    expect(said("a._domainkey", `v=DKIM1; k=ed25519; p=${base64}`)).toEqual([
      "DKIM",
      "Signed mail is checked with this Ed25519 key.",
    ]);
    expect(said("a._domainkey", "v=DKIM1; p=")).toEqual(["DKIM", "This key is revoked: mail signed with it fails."]);
    expect(said("a._domainkey", `v=DKIM1; p=${keyOf(2048).slice(0, 200)}`)).toContain(
      "The key cannot be read: perhaps a part of it is missing.",
    );
  });
});

test("a key alone becomes the record of it, where one belongs", () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const base64 = publicKey.export({ type: "spki", format: "der" }).toString("base64");
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  for (const text of [base64, pem, pem.replaceAll("\n", " ")])
    expect(dkimOfKey("mail._domainkey", text)).toBe(`v=DKIM1; k=rsa; p=${base64}`);
  const ed25519 = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }).x ?? "";
  const short = Buffer.from(ed25519, "base64url").toString("base64");
  expect(dkimOfKey("mail._domainkey.sub", short)).toBe(`v=DKIM1; k=ed25519; p=${short}`);
  expect(dkimOfKey("mail", base64)).toBeNull();
  for (const text of ["", `p=${base64}`, base64.slice(0, 100), "a".repeat(60), "some words"])
    expect(dkimOfKey("mail._domainkey", text)).toBeNull();
});

test("of two SPF records at one name receivers use none, and other texts are not read", () => {
  const [first, other, second] = readMails("@", ["v=spf1 -all", "google-site-verification=x", "v=spf1 mx -all"]);
  expect(other).toBeNull();
  for (const reading of [first, second])
    expect(reading?.problems).toEqual(["There is more than one SPF record at this name: receivers then use none."]);
});
