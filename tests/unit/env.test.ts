import path from "node:path";
import { describe, expect, test } from "vitest";
import { EnvError, parseEnv } from "#lib/env.ts";

const problemsOf = (source: Record<string, string | undefined>): string[] => {
  try {
    parseEnv(source);
    return [];
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    return error.message.split("\n");
  }
};

describe("the environment", () => {
  test("may be empty", () => {
    expect(parseEnv({})).toEqual({
      mode: "production",
      port: 3000,
      host: "127.0.0.1",
      dataDir: path.resolve("data"),
      origin: "http://localhost:3000",
      rpId: "localhost",
      panelSecret: undefined,
      setupToken: undefined,
      cloudflareBase: undefined,
      cloudflare: undefined,
      powerDns: undefined,
      nameservers: [],
      trustedProxies: [],
      staffNetworks: [],
      organisationNetworks: [],
      mail: undefined,
      pageThread: "auto",
      logLevel: "info",
      resolvers: [],
      nameServers: { networks: [], port: 53 },
      testHooks: false,
    });
  });

  test("an empty string is the same as an absent variable, and strange ones are nobody's business", () => {
    const empty = Object.fromEntries(
      [
        "PORT",
        "HOST",
        "DATA_DIR",
        "NEXTAUTH_URL",
        "RP_ID",
        "PANEL_SECRET",
        "SETUP_TOKEN",
        "CLOUDFLARE_API_TOKEN",
        "CLOUDFLARE_ACCOUNT_ID",
        "POWERDNS_API_URL",
        "POWERDNS_API_KEY",
        "LOG_LEVEL",
        "PAGE_THREAD",
      ].map((key) => [key, ""]),
    );
    expect(parseEnv({ ...empty, NODE_ENV: undefined, LANG: "C", PORTS: "x" })).toEqual(parseEnv({}));
  });

  test("says which networks connections may be in", () => {
    expect(parseEnv({ ALLOW_PRIVATE_NETWORKS: "1" }).staffNetworks).toContain("192.168.0.0/16");
    expect(parseEnv({ ALLOW_PRIVATE_NETWORKS: "1" }).staffNetworks).not.toContain("127.0.0.0/8");
    expect(parseEnv({ ALLOW_PRIVATE_NETWORKS: "10.0.0.0/8, ::1", ORGANISATION_NETWORKS: "10.1.0.0/16" })).toMatchObject(
      {
        staffNetworks: ["10.0.0.0/8", "::1"],
        organisationNetworks: ["10.1.0.0/16"],
      },
    );
    for (const name of ["ALLOW_PRIVATE_NETWORKS", "ORGANISATION_NETWORKS"])
      expect(problemsOf({ [name]: "10.0.0.0/8,everything" })).toEqual([
        expect.stringMatching(new RegExp(`^${name} must be addresses or networks`)),
      ]);
  });

  test("resolvers are addresses or host names, with a port or without", () => {
    expect(parseEnv({ RESOLVER: "192.0.2.1, [2001:db8::1]:5353,2001:db8::2,dns.example:54" }).resolvers).toEqual([
      { host: "192.0.2.1", port: 53 },
      { host: "2001:db8::1", port: 5353 },
      { host: "2001:db8::2", port: 53 },
      { host: "dns.example", port: 54 },
    ]);
    for (const wrong of ["192.0.2.1:0", "192.0.2.1:99999", "[2001:db8::1", "a b", "https://dns.example/"])
      expect(() => parseEnv({ RESOLVER: wrong }), wrong).toThrow("RESOLVER must be resolvers");
  });

  test("says where Cloudflare is, and whether zones are made there", () => {
    const account = "0123456789abcdef0123456789abcdef";
    expect(parseEnv({ CLOUDFLARE_API_TOKEN: "t" }).cloudflare).toEqual({
      token: "t",
      accountId: undefined,
      base: undefined,
      zones: "link",
      zoneType: "full",
    });
    const full = { CLOUDFLARE_API_TOKEN: "t", CLOUDFLARE_ACCOUNT_ID: account.toUpperCase() };
    expect(parseEnv(full).cloudflare).toMatchObject({ accountId: account, zones: "create" });
    expect(
      parseEnv({
        ...full,
        CLOUDFLARE_ZONES: "link",
        CLOUDFLARE_API_BASE: "http://127.0.0.1:1/x/",
        CLOUDFLARE_ZONE_TYPE: "partial",
      }).cloudflare,
    ).toMatchObject({ zones: "link", base: "http://127.0.0.1:1/x", zoneType: "partial" });
    expect(problemsOf({ CLOUDFLARE_API_TOKEN: "t", CLOUDFLARE_ZONES: "create" })).toEqual([
      "CLOUDFLARE_ZONES=create needs CLOUDFLARE_ACCOUNT_ID too: the account in which zones are created.",
    ]);
    expect(problemsOf({ CLOUDFLARE_ACCOUNT_ID: account })).toEqual([
      "CLOUDFLARE_ACCOUNT_ID needs CLOUDFLARE_API_TOKEN too.",
    ]);
    expect(problemsOf({ ...full, CLOUDFLARE_ACCOUNT_ID: "acme" })).toEqual([
      "CLOUDFLARE_ACCOUNT_ID must be the 32 hexadecimal digits of an account.",
    ]);
    expect(problemsOf({ ...full, CLOUDFLARE_ZONES: "maybe" })).toEqual(["CLOUDFLARE_ZONES must be create or link."]);
  });

  test("is understood", () => {
    expect(
      parseEnv({
        NODE_ENV: "development",
        PORT: " 8080 ",
        DATA_DIR: "/srv/zonegate",
        NEXTAUTH_URL: "https://Panel.example.org/somewhere/",
        POWERDNS_API_URL: "http://127.0.0.1:8081//",
        POWERDNS_API_KEY: "key",
        POWERDNS_NAMESERVERS: " NS1.Example.net., ,ns2.example.net ",
        TRUSTED_PROXIES: "10.0.0.0/8, ::1",
        ZONEGATE_TEST_HOOKS: "1",
      }),
    ).toMatchObject({
      mode: "development",
      port: 8080,
      dataDir: "/srv/zonegate",
      origin: "https://panel.example.org",
      rpId: "panel.example.org",
      powerDns: { url: "http://127.0.0.1:8081", apiKey: "key", serverId: "localhost" },
      nameservers: ["ns1.example.net.", "ns2.example.net."],
      trustedProxies: ["10.0.0.0/8", "::1"],
      testHooks: true,
    });
    expect(parseEnv({ PORT: "0" })).toMatchObject({ port: 0 });
    expect(parseEnv({ PORT: "4000" })).toMatchObject({ origin: "http://localhost:4000" });
  });

  test.each([
    ["PORT", "http"],
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "80.5"],
    ["NODE_ENV", "staging"],
    ["NEXTAUTH_URL", "panel.example.org"],
    ["NEXTAUTH_URL", "ftp://panel.example.org"],
    ["RP_ID", "https://localhost"],
    ["RP_ID", "127.0.0.1:3000"],
    ["RP_ID", "example.org"],
    ["PANEL_SECRET", "too short"],
    ["SETUP_TOKEN", "short"],
    ["LOG_LEVEL", "loud"],
    ["PAGE_THREAD", "two"],
    ["ZONEGATE_TEST_HOOKS", "yes"],
    ["SMTP_URL", "mail.example.org"],
    ["SMTP_URL", "https://mail.example.org"],
    ["SMTP_URL", "smtp://mail.example.org?tls=never"],
    ["SMTP_URL", "smtp://mail.example.org?ignoreTLS=true"],
    ["MAIL_FROM", "nobody"],
    ["MAIL_FROM", "Panel <a@example.org>, b@example.org"],
    ["MAIL_FROM", "Panel\r\nBcc: x@example.org <a@example.org>"],
  ])("%s=%s is refused in one sentence that names it", (key, value) => {
    const others = key === "SMTP_URL" ? { MAIL_FROM: "a@example.org" } : {};
    const problems = problemsOf({ ...others, [key]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${key} [a-zA-Z].*\\.$`));
  });

  test.each([
    ["https://panel.example.co.uk", undefined, "panel.example.co.uk"],
    ["https://panel.example.co.uk", "Panel.Example.co.uk", "panel.example.co.uk"],
    ["https://panel.example.co.uk", "example.co.uk", "example.co.uk"],
    ["https://panel.office.internal:8443", "office.internal", "office.internal"],
    ["https://intranet", "intranet", "intranet"],
    ["http://localhost:4000", "localhost", "localhost"],
    ["http://192.0.2.7:3000", undefined, null],
    ["http://[2001:db8::7]:3000", undefined, null],
  ])("passkeys at %s with RP_ID %s belong to %s", (NEXTAUTH_URL, RP_ID, rpId) => {
    expect(parseEnv({ NEXTAUTH_URL, RP_ID })).toMatchObject({ rpId });
  });

  test.each([
    ["https://panel.example.co.uk", "co.uk"],
    ["https://panel.example.co.uk", "uk"],
    ["https://me.github.io", "github.io"],
    ["https://panel.example.co.uk", "other.example.co.uk"],
    ["https://panel.example.co.uk", "sub.panel.example.co.uk"],
    ["https://badexample.org", "example.org"],
    ["http://192.0.2.7:3000", "192.0.2.7"],
    ["http://192.0.2.7:3000", "localhost"],
    ["https://intranet.internal", "internal"],
  ])("at %s no browser would take RP_ID %s, so it is refused", (NEXTAUTH_URL, RP_ID) => {
    expect(problemsOf({ NEXTAUTH_URL, RP_ID })).toEqual([
      `RP_ID must be the host name in NEXTAUTH_URL, ${new URL(NEXTAUTH_URL).hostname}, or a domain above it that can be registered.`,
    ]);
  });

  test("everything that is wrong is said at once, and no secret is repeated", () => {
    const problems = problemsOf({
      PORT: "x",
      LOG_LEVEL: "x",
      PANEL_SECRET: "hunter2",
      POWERDNS_API_URL: "nowhere",
      POWERDNS_API_KEY: "hunter3",
    });
    expect(problems.map((line) => line.split(" ")[0]).toSorted()).toEqual([
      "LOG_LEVEL",
      "PANEL_SECRET",
      "PORT",
      "POWERDNS_API_URL",
    ]);
    expect(problems.join()).not.toMatch(/hunter/);
  });

  test.each([[{ POWERDNS_API_URL: "http://127.0.0.1:8081" }], [{ POWERDNS_API_KEY: "key" }]])(
    "half a PowerDNS is refused: %o",
    (source) => {
      expect(problemsOf(source)).toEqual([
        "POWERDNS_API_URL and POWERDNS_API_KEY belong together: set both or neither.",
      ]);
    },
  );

  test.each([
    ["smtps://user:p%40ss@mail.example.org", { port: 465, tls: "implicit", user: "user", password: "p@ss" }],
    ["smtp://mail.example.org", { host: "mail.example.org", port: 587, tls: "required", user: undefined }],
    ["smtp://10.0.0.5:25?tls=optional", { host: "10.0.0.5", port: 25, tls: "optional" }],
    ["smtp://localhost", { host: "localhost", port: 25, tls: "optional" }],
    ["smtp://[::1]:2525", { host: "::1", port: 2525, tls: "optional" }],
    ["smtp://127.0.0.1.example.org", { tls: "required" }],
  ])("a mail server is understood: %s", (SMTP_URL, server) => {
    expect(parseEnv({ SMTP_URL, MAIL_FROM: "a@example.org" }).mail?.server).toMatchObject(server);
  });

  test.each([
    ["no-reply@example.org", { name: "", address: "no-reply@example.org" }],
    ["Our panel <no-reply@example.org>", { name: "Our panel", address: "no-reply@example.org" }],
    ['"Our panel, Ltd." <no-reply@example.org>', { name: "Our panel, Ltd.", address: "no-reply@example.org" }],
  ])("whom mails come from is understood: %s", (MAIL_FROM, from) => {
    expect(parseEnv({ SMTP_URL: "smtp://localhost", MAIL_FROM }).mail?.from).toEqual(from);
  });

  test("a mail server without a sender is refused", () => {
    expect(problemsOf({ SMTP_URL: "smtp://localhost" })).toEqual([
      "SMTP_URL needs MAIL_FROM too: the address that mails come from.",
    ]);
  });
});
