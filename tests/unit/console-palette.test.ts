/** Colours of a terminal, against every colour of the palette tried one by one. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { inPalette } from "#components/servers/console/palette.ts";

const cube = [0, 95, 135, 175, 215, 255];
const palette = [
  ...cube.flatMap((r) => cube.flatMap((g) => cube.map((b) => [r, g, b] as const))),
  ...Array.from({ length: 24 }, (_, n) => [8 + n * 10, 8 + n * 10, 8 + n * 10] as const),
];
const channel = fc.integer({ min: 0, max: 255 });

test("a true colour becomes one of the palette that none is nearer to", () => {
  fc.assert(
    fc.property(channel, channel, channel, fc.constantFrom(";", ":"), (r, g, b, by) => {
      const text = inPalette(`\u001b[1;38${by}2${by}${by === ":" ? ":" : ""}${[r, g, b].join(by)};4mred`);
      const [, number = ""] = /^\u001b\[1;38;5;(\d+);4mred$/.exec(text) ?? [];
      const far = ([x, y, z]: readonly [number, number, number]) => (x - r) ** 2 + (y - g) ** 2 + (z - b) ** 2;
      const chosen = palette[Number(number) - 16];
      if (!chosen) throw new Error(JSON.stringify(text));
      expect(far(chosen)).toBe(Math.min(...palette.map(far)));
    }),
    { numRuns: 2000 },
  );
});

test("everything else stays as it is, and no colour of an underline is left", () => {
  const same = [
    "plain",
    "\u001b[0m",
    "\u001b[1;31m",
    "\u001b[38;5;120m",
    "\u001b[48;5;7mx\u001b[2K",
    "\u001b]0;title\u0007",
  ];
  for (const line of same) expect(inPalette(line)).toBe(line);
  for (const line of ["\u001b[38;2;1;2;3m\u001b[48;2;250;250;250m", "\u001b[38:2::1:2:3;48:2:1:2:3m"])
    expect(inPalette(line)).not.toMatch(/[34]8[;:]2[;:]/);
});
