import { expect, test } from "vitest";
import { newId } from "#lib/id.ts";

const at = (id: string): number => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);

test("ids are UUIDs of version 7 that say when they were made", () => {
  const noon = Date.UTC(2090, 0, 1, 12);
  const id = newId(noon);
  expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(at(id)).toBe(noon);
});

test("those of one process are in order: very many in one millisecond, and after the clock was set back", () => {
  const noon = Date.UTC(2100, 0, 1, 12);
  const ids = [
    ...Array.from({ length: 10_000 }, () => newId(noon)),
    ...Array.from({ length: 10_000 }, (_, n) => newId(noon - 7_200_000 + n)),
    newId(noon + 5),
    newId(noon + 6),
  ];
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids.map((id) => id.slice(0, 18))).size).toBe(ids.length);
  expect(at(ids.at(-1) ?? "")).toBe(noon + 6);
});
