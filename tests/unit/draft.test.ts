import { expect, test } from "vitest";
import { NOTHING_SEEN } from "#components/zone/draft.ts";
import { rrsetHash } from "#lib/dns/hash.ts";

test("what a draft says it saw where there was nothing is what the server says of nothing", () => {
  expect(NOTHING_SEEN).toBe(rrsetHash(null));
});
