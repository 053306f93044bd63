/** One writer a zone: who waits too long is told so, did nothing, and stands in nobody's way. */
import { expect, test } from "vitest";
import { withZoneLock } from "#lib/dns/zone-lock.ts";

test("a zone that is not free in time is busy, and free again afterwards", async () => {
  const gate = Promise.withResolvers<void>();
  const done: string[] = [];
  const work = (name: string) => async () => void done.push(name);
  const first = withZoneLock("one", () => gate.promise.then(work("first")));
  await expect(withZoneLock("one", work("late"), 1)).rejects.toMatchObject({ code: "zone_busy", status: 409 });
  await withZoneLock("another", work("another zone"), 1);
  const next = withZoneLock("one", work("next"));
  gate.resolve();
  await Promise.all([first, next]);
  expect(done).toEqual(["another zone", "first", "next"]);
});
