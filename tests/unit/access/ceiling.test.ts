/** The ceiling against sampled permissions. */
import fc from "fast-check";
import { expect, it, test, vi } from "vitest";
import { withinCeiling } from "#lib/access/ceiling.ts";
import { holds } from "#lib/access/permissions.ts";

// Ten thousand runs take a few seconds; a busy machine must not fail them.
vi.setConfig({ testTimeout: 120_000 });

const grants = fc.array(fc.constantFrom("*", "a:*", "a:b", "a:b:*", "a:b:c", "c", "broken:", "A"), { maxLength: 5 });
const probes = ["a", "a:b", "a:z", "a:b:c", "a:b:z", "a:b:c:d", "c", "z", "z:z"];

test("whoever passes holds everything that the target has before and after", () => {
  fc.assert(
    fc.property(grants, grants, grants, (actor, before, after) => {
      const answer = withinCeiling(actor, before, after);
      const open = probes.some((probe) => (holds(before, probe) || holds(after, probe)) && !holds(actor, probe));
      expect(answer.ok).toBe(!open);
      if (answer.ok) return;
      expect(answer.missing.length).toBeGreaterThan(0);
      expect(new Set(answer.missing).size).toBe(answer.missing.length);
      for (const missing of answer.missing) {
        expect([...before, ...after]).toContain(missing);
        expect(probes.some((probe) => holds([missing], probe) && !holds(actor, probe))).toBe(true);
      }
      expect(withinCeiling([...actor, ...answer.missing], before, after).ok).toBe(true);
    }),
    { numRuns: 10_000 },
  );
});

test("losing a grant never gets anybody past the ceiling", () => {
  fc.assert(
    fc.property(grants, grants, grants, (actor, before, after) => {
      if (withinCeiling(actor.slice(1), before, after).ok) expect(withinCeiling(actor, before, after).ok).toBe(true);
    }),
    { numRuns: 10_000 },
  );
});

it.each([
  [["users:write"], [], [], []],
  [["users:*"], ["users:write"], ["users:read"], []],
  [["users:write"], ["*"], [], ["*"]],
  [["users:write"], [], ["*", "roles:read"], ["*", "roles:read"]],
  [["users:write"], ["users:*"], ["users:*"], ["users:*"]],
  [["*"], ["*"], ["*"], []],
  [[], ["not a grant"], [], []],
])("actor %j, before %j, after %j: lacks %j", (actor, before, after, missing) => {
  expect(withinCeiling(actor, before, after)).toEqual(missing.length === 0 ? { ok: true } : { ok: false, missing });
});
