import { expect, test } from "vitest";
import { copiedText } from "#components/zone/copy-records.ts";
import { NOTHING_SEEN, withEntries, withoutSent } from "#components/zone/draft.ts";
import { readPaste } from "#components/zone/paste-records.ts";
import { rrsetHash } from "#lib/dns/hash.ts";

test("what a draft says it saw where there was nothing is what the server says of nothing", () => {
  expect(NOTHING_SEEN).toBe(rrsetHash(null));
});

test("what came into a draft while it was being applied stays in it", () => {
  const wanted = (label: string, ...contents: string[]) => {
    const name = `${label}.example.com.`;
    const rrset = { name, type: "A", ttl: 60, records: contents.map((content) => ({ content })) };
    return { name, type: "A", seen: null, wanted: rrset };
  };
  const gone = { ...wanted("gone", "192.0.2.1"), seen: { hash: "x", rrset: wanted("gone", "192.0.2.1").wanted } };
  const removed = { ...gone, wanted: null };
  const sent = withEntries({}, [wanted("www", "192.0.2.1"), wanted("mail", "192.0.2.2"), removed]);
  expect(withoutSent(sent, sent)).toEqual({});
  expect(withoutSent(structuredClone(sent), sent)).toEqual({});
  // Another tab changed one of them, and added one.
  const now = withEntries(sent, [wanted("mail", "192.0.2.2", "192.0.2.3"), wanted("new", "192.0.2.4")]);
  expect(Object.values(withoutSent(now, sent)).map(({ name }) => name)).toEqual([
    "mail.example.com.",
    "new.example.com.",
  ]);
  expect(withoutSent({}, sent)).toEqual({});
});

test("rows that are copied are pasted with what hangs on them, where the zone has it", async () => {
  const rrset = {
    name: "www.example.com.",
    type: "A",
    ttl: 60,
    records: [
      { content: "192.0.2.1", comment: 'one; "two"', tags: ["a:b"] },
      { content: "192.0.2.2", disabled: true },
    ],
  };
  const text = copiedText("example.com.", [rrset]);
  expect(text).toMatch(/^; Zonegate 1: .*\nwww\t60\tIN\tA\t192\.0\.2\.1 ; one; "two" cf_tags=a:b\n; not served: www\t/);
  expect(copiedText("example.com.", [{ ...rrset, records: [{ content: "192.0.2.1" }] }])).toBe(
    "www\t60\tIN\tA\t192.0.2.1\n",
  );

  const zone = { id: "", organisation: "acme", zone: "example.com", apex: "example.com.", level: "full" as const };
  const view = { ...zone, manage: true, narrowed: null, types: ["A"], offers: ["comments", "disabled"] };
  const there = { ...rrset, records: [{ content: "192.0.2.1", comment: "old" }, { content: "192.0.2.3" }] };
  const entry = { name: rrset.name, type: "A", seen: null, wanted: there };
  const draft = { "www.example.com. A": entry };
  const pasted = await readPaste(text, view, draft);
  expect(pasted.entries[0]?.wanted?.records).toEqual([
    { content: "192.0.2.1", comment: 'one; "two"' },
    { content: "192.0.2.3" },
    { content: "192.0.2.2", disabled: true },
  ]);
  expect(pasted.notes.map(({ reason, taken }) => [reason, taken])).toEqual([["This provider keeps no tags.", true]]);
  const bare = await readPaste(text, { ...view, offers: [] }, draft);
  expect(bare.entries[0]?.wanted?.records).toEqual([{ content: "192.0.2.1" }, { content: "192.0.2.3" }]);
  expect(bare.notes.at(-1)).toMatchObject({ line: 3, taken: false });
});
