/** Which grants cover which permissions, against regular expressions built from the grants. */
import fc from "fast-check";
import { describe, expect, it, test, vi } from "vitest";
import {
  catalogue,
  compileGrants,
  covers,
  coversAll,
  coversGrant,
  holds,
  isGrant,
  isPermission,
  isStaff,
  parseGrant,
  uncovered,
} from "#lib/access/permissions.ts";

// Ten thousand runs take a few seconds; a busy machine must not fail them.
vi.setConfig({ testTimeout: 120_000 });

const runs = { numRuns: 10_000 };

// Few letters, so that things meet; and much that is neither a permission nor a grant.
const segment = fc.constantFrom("a", "b", "ab", "a.b", "a-b", "0");
const permission = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join(":"));
const grant = fc.oneof(
  { weight: 5, arbitrary: permission },
  { weight: 5, arbitrary: permission.map((text) => `${text}:*`) },
  { weight: 1, arbitrary: fc.constant("*") },
);
const junk = fc
  .array(fc.constantFrom("a", "b", ":", "*", "A", " ", "_", "\n", "."), { maxLength: 6 })
  .map((characters) => characters.join(""));
const anyGrant = fc.oneof({ weight: 3, arbitrary: grant }, { weight: 1, arbitrary: junk });
const anyPermission = fc.oneof({ weight: 3, arbitrary: permission }, { weight: 1, arbitrary: junk });
const grants = fc.array(anyGrant, { maxLength: 6 });

/** The oracle: segments, one by one. Null if the text is none. */
function language(text: string): RegExp | null {
  const word = "[a-z0-9.\\-]+";
  const parts = text.split(":");
  let source = "";
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    if (part === "*" && last) source += index === 0 ? `${word}(:${word})*` : `:${word}(:${word})*`;
    else if (part.length > 0 && [...part].every((c) => "abcdefghijklmnopqrstuvwxyz0123456789.-".includes(c)))
      source += (index === 0 ? "" : ":") + part.replaceAll(".", "\\.").replaceAll("-", "\\-");
    else return null;
  }
  return new RegExp(`^(?:${source})$(?!\\n)`);
}

const expected = (held: string, asked: string): boolean =>
  !asked.includes("*") && language(asked) !== null && (language(held)?.test(asked) ?? false);

test("a grant covers what its regular expression matches", () => {
  fc.assert(
    fc.property(anyGrant, anyPermission, (held, asked) => {
      expect(covers(held, asked)).toBe(expected(held, asked));
    }),
    runs,
  );
});

test("what is a grant, and what a permission", () => {
  fc.assert(
    fc.property(anyGrant, (text) => {
      expect(isGrant(text)).toBe(language(text) !== null);
      expect(isPermission(text)).toBe(language(text) !== null && !text.includes("*"));
      const parsed = parseGrant(text);
      if (parsed.ok) expect(parsed.grant).toBe(text);
      else expect(parsed.reason).toMatch(/^[A-Z].*\.$/);
      expect(parsed.ok).toBe(isGrant(text));
    }),
    runs,
  );
});

test("compiled grants answer as one by one", () => {
  fc.assert(
    fc.property(grants, anyPermission, (held, asked) => {
      const answer = held.some((one) => expected(one, asked));
      expect(holds(held, asked)).toBe(answer);
      expect(compileGrants(held).has(asked)).toBe(answer);
    }),
    runs,
  );
});

test("taking a grant away opens nothing, adding one closes nothing", () => {
  fc.assert(
    fc.property(grants, fc.nat(), anyPermission, (held, at, asked) => {
      const fewer = held.filter((_, index) => index !== at % Math.max(1, held.length));
      if (holds(fewer, asked)) expect(compileGrants(held).has(asked)).toBe(true);
      if (isStaff(fewer)) expect(isStaff(held)).toBe(true);
    }),
    runs,
  );
});

/** Members of a grant's language: with every continuation of up to two segments, one of them not used elsewhere. */
function samples(text: string): string[] {
  if (language(text) === null) return [];
  const tails = ["a", "b", "ab", "fresh", "a:b", "fresh:fresh"];
  if (text === "*") return [...tails, "a:b:ab:0"];
  return text.endsWith(":*") ? tails.map((tail) => text.slice(0, -1) + tail) : [text];
}

test("one grant covers another exactly when it covers all of its samples", () => {
  fc.assert(
    fc.property(anyGrant, anyGrant, (a, b) => {
      expect(coversGrant(a, b)).toBe(samples(b).every((sample) => expected(a, sample)));
    }),
    runs,
  );
});

test("grants cover others exactly when they cover all samples of each", () => {
  fc.assert(
    fc.property(grants, grants, (actor, others) => {
      const lacking = others.filter((other) => !samples(other).every((s) => actor.some((one) => expected(one, s))));
      expect(coversAll(actor, others)).toBe(lacking.length === 0);
      expect(new Set(uncovered(actor, others))).toEqual(new Set(lacking));
    }),
    runs,
  );
});

test("covering is reflexive and transitive", () => {
  fc.assert(
    fc.property(grant, grant, grant, (a, b, c) => {
      expect(coversGrant(a, a)).toBe(true);
      if (coversGrant(a, b) && coversGrant(b, c)) expect(coversGrant(a, c)).toBe(true);
    }),
    runs,
  );
});

describe("examples", () => {
  it.each([
    ["a:b", "a:b", true],
    ["a:b", "a:b:c", false],
    ["a:b", "a", false],
    ["a:*", "a:b", true],
    ["a:*", "a:b:c:d", true],
    ["a:*", "a", false],
    ["a:*", "ab:c", false],
    ["a:b:*", "a:b:c", true],
    ["a:b:*", "a:b", false],
    ["a:b:*", "a:bc", false],
    ["*", "anything:at:all", true],
    ["*", "a:*", false],
    ["*", "*", false],
    ["a:*", "a:*", false],
    ["a*", "a", false],
    ["admin", "admin:access", false],
    ["admin:*", "admin.shorturl.add", false],
    ["admin.shorturl.add", "admin.shorturl.add", true],
  ])("%s covers %s: %s", (held, asked, answer) => {
    expect(covers(held, asked)).toBe(answer);
  });

  it.each(["", " ", "a:", ":a", "a::b", "a:*:b", "*:*", "**", "a*", "A:b", "a b", "a:b\n", "a_b", "é", "*:a"])(
    "%j is no grant",
    (text) => {
      expect(parseGrant(text).ok).toBe(false);
      expect(compileGrants([text]).has("a:b")).toBe(false);
    },
  );
});

describe("the catalogue", () => {
  it("has no value twice, only grants, and a sentence for each", () => {
    expect(new Set(catalogue.map((entry) => entry.value)).size).toBe(catalogue.length);
    for (const entry of catalogue) {
      expect(isGrant(entry.value)).toBe(true);
      expect(entry.description).toMatch(/^[A-Z].*\.$/);
    }
    expect(catalogue.filter((entry) => entry.value.includes("*")).map((entry) => entry.value)).toEqual(["*"]);
  });

  it("lets nothing that staff alone do reach only one's own", () => {
    expect(catalogue.filter((entry) => entry.staff && (entry.reach as string) === "own")).toEqual([]);
  });

  // ° not staff, + own reach.
  const table = `
    Global: * admin:access admin:metrics admin:settings admin:export-jobs admin:announcements admin:outbound-emails
    DNS: dns:read dns:write dns:delete dns:manage dns:connections
    Servers: servers:read° servers:write° servers:delete° servers:create°+
    Admin servers: admin:servers:read admin:servers:write admin:servers:manage admin:servers:suspend admin:servers:delete
    Nodes: nodes:read nodes:create nodes:write nodes:delete nodes:credentials
    Billing: billing:read billing:write
    Plans: plans:read°+ admin:plans:view admin:plans:manage admin:plans:delete
    Orders: orders:read°+ orders:create°+ orders:view orders:issue orders:update orders:delete
    Roles: roles:read roles:create roles:write roles:delete roles:assign permissions:assign
    Users: users:read users:write users:delete users:suspend admin:user:edit
    API keys: apikeys:read°+ apikeys:create°+ apikeys:delete°+
    Organisations: org:create°+ org:read° org:write° org:invite° org:delete
    KYC: idverification:read admin:kyc:view admin:kyc:manage
    AI: ai:use°+ ai:read° ai:manage
    Tickets: tickets:write°+ tickets:read° tickets:delete tickets:ban admin:ticket:staff
    Files: files:read° files:write°
    Backups: backups:read° backups:create° backups:write°
    Databases: databases:read° databases:write° admin:databases:manage
    Schedules: schedules:read° schedules:create° schedules:write°
    Commands: commands:execute°
    Abuse: admin:antiabuse admin:fraud
    Wings: wings:system wings:transfers wings:backups
    SOC: soc:read°+ soc:write
    Tunnels: tunnels:write°+ tunnels:read° admin:tunnels:read admin:tunnels:write
    Eggs: eggs:read eggs:write
    Applications: applications:manage
    Deletions: deletions:write
    OAuth: oauth:manage
    Logs: logs:read
    Short URLs: admin.shorturl.add admin.shorturl.remove admin.shorturl.edit`;

  it("is the table", () => {
    const rows = table
      .trim()
      .split("\n")
      .flatMap((line) => {
        const [, category, values = ""] = /^\s*([^:]+): (.*)$/.exec(line) ?? [];
        return values.split(" ").map((value) => ({
          value: value.replace(/[°+]/g, ""),
          category,
          staff: !value.includes("°"),
          reach: value.includes("+") ? "own" : "all",
        }));
      });
    expect(catalogue.map(({ value, category, staff, reach }) => ({ value, category, staff, reach }))).toEqual(rows);
  });
});

describe("staff", () => {
  it.each([
    [["admin:access"], true],
    [["*"], true],
    [["dns:read"], true],
    [["dns:*"], true],
    [["org:delete"], true],
    [["org:*"], true],
    [["org:read", "org:write", "servers:read"], false],
    [["tickets:write"], false],
    [["tunnels:*"], false],
    [["admin"], false],
    [["admin:*:x"], false],
    [["custom:thing"], false],
    [[], false],
  ])("%j: %s", (held, answer) => {
    expect(isStaff(held)).toBe(answer);
    expect(isStaff(compileGrants(held))).toBe(answer);
  });

  it("counts permissions that open a tab", () => {
    expect(isStaff(["servers:read"], ["servers:read"])).toBe(true);
    expect(isStaff(["servers:write"], ["servers:read"])).toBe(false);
  });

  test("is whoever covers an entry that is for staff", () => {
    const entry = fc.constantFrom(...catalogue.map((one) => one.value));
    const held = fc.array(
      fc.oneof(
        entry,
        entry.map((text) => text.replace(/:[^:]+$/, ":*")),
        junk,
      ),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(held, (list) => {
        const wanted = catalogue.some((one) => one.staff && list.some((held) => expected(held, one.value)));
        expect(isStaff(list)).toBe(wanted || list.includes("*"));
      }),
      runs,
    );
  });
});
