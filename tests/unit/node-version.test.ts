/** Which daemons ask what a token is for: nothing is believed of one that has not said what it is. */
import { expect, test } from "vitest";
import { hasScopes } from "#lib/nodes/version.ts";

test.each([
  [null, false],
  ["", false],
  ["something", false],
  ["1.10.4", false],
  ["1.11.13", false],
  ["1.12.1", false],
  ["1.12.2", true],
  ["v1.13.1", true],
  ["2.0.0", true],
  ["1.0.0-beta29", true],
  ["develop", true],
])("%s", (version, scopes) => {
  expect(hasScopes(version)).toBe(scopes);
});
