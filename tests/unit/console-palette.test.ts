/** Colours of a terminal, against every colour of the palette tried one by one. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { extended, inPalette, legible, type Rgb } from "#components/servers/console/palette.ts";

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

test("everything else stays as it is, and nothing is left that makes text hard to read", () => {
  const same = [
    "plain",
    "\u001b[m",
    "\u001b[0m",
    "\u001b[1;31m",
    "\u001b[38;5;120m",
    "\u001b[2K",
    "\u001b]0;title\u0007",
  ];
  for (const line of same) expect(inPalette(line)).toBe(line);
  // A background is the text's colour with the two the other way round; faint and blinking text is neither.
  const changed = {
    "\u001b[41m": "\u001b[7;31m",
    "\u001b[37;104mx": "\u001b[37;7;94mx",
    "\u001b[48;5;7;1mx": "\u001b[1;7;38;5;7mx",
    "\u001b[48:2::255:255:255m": "\u001b[7;38;5;231m",
    "\u001b[49m": "\u001b[27;39m",
    "\u001b[2;5mx": "x",
    "\u001b[1;2mx": "\u001b[1mx",
    "\u001b[58:5:3;58;2;1;2;3mx": "x",
    "\u001b[38;2mx": "x",
    "\u001b[38mx": "x",
  };
  for (const [line, shown] of Object.entries(changed)) expect(inPalette(line)).toBe(shown);
});

test("every colour is legible on the panel in both themes, and stays where it was", () => {
  expect(extended).toEqual(palette);
  for (const [paper, ink] of [
    ["#ffffff", "#16181d"],
    ["#15181e", "#e6e8ec"],
  ].map((pair) => pair.map(parts))) {
    if (!paper || !ink) throw new Error("two");
    for (const colour of extended) {
      const shown = legible(colour, paper, ink);
      expect(ratio(shown, paper)).toBeGreaterThanOrEqual(4.5);
      if (ratio(colour, paper) >= 4.5) expect(shown).toEqual(colour);
    }
  }
  // Known pairs: the greys on either side of what is enough on white.
  expect(legible([118, 118, 118], [255, 255, 255], [0, 0, 0])).toEqual([118, 118, 118]);
  expect(legible([119, 119, 119], [255, 255, 255], [0, 0, 0])).not.toEqual([119, 119, 119]);
});

const parts = (hex: string): Rgb => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return [r, g, b];
};

/** As WCAG 2.2 defines it, once more. */
function ratio(one: Rgb, other: Rgb): number {
  const light = (colour: Rgb) => {
    const linear = colour.map((part) =>
      part <= 10 ? part / 3294.6 : Math.exp(2.4 * Math.log((part + 14.025) / 269.025)),
    );
    return (2126 * (linear[0] ?? 0) + 7152 * (linear[1] ?? 0) + 722 * (linear[2] ?? 0)) / 10_000;
  };
  const both = [light(one) + 0.05, light(other) + 0.05];
  return Math.max(...both) / Math.min(...both);
}
