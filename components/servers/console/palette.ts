/**
 * What a server's program may do to the look of its text, so that it can be read in both themes and the page's policy lets it in:
 * colours of the terminal's palette, which are classes (any other would be a style attribute), each legible on the panel's own
 * background. Text on a coloured background is that colour the other way round, legible for the same reason. Pure.
 */

export type Rgb = readonly [red: number, green: number, blue: number];

/** What selects graphic renditions, with semicolons or colons (ITU-T T.416) between the parts. */
const RENDITION = /\u001b\[([\d;:]*)m/g;

export const inPalette = (line: string): string =>
  line.replace(RENDITION, (_, parts: string) => {
    const kept = renditions(parts);
    // Nothing at all would be a reset.
    return kept.length === 0 ? "" : `\u001b[${kept.join(";")}m`;
  });

const REVERSE = "7";
const FAINT_OR_BLINKING = [2, 5, 6];

function renditions(parts: string): string[] {
  const left = parts.split(";");
  const [text, background]: [string[], string[]] = [[], []];
  for (let part = left.shift(); part !== undefined; part = left.shift()) {
    const code = Number.parseInt(part || "0", 10);
    if (code === 38 || code === 48 || code === 58) {
      const colour = colourOf(part, left);
      if (colour === null || code === 58) continue;
      if (code === 38) text.push("38", "5", String(colour));
      else background.splice(0, 4, REVERSE, "38", "5", String(colour));
    } else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107))
      background.splice(0, 4, REVERSE, String(code - 10));
    else if (code === 49) text.push("27", "39");
    else if (!FAINT_OR_BLINKING.includes(code)) text.push(part);
  }
  return [...text, ...background];
}

/** A number of the palette, 0 to 255. What belongs to it is taken from `left`. Null: it is none. */
function colourOf(part: string, left: string[]): number | null {
  const [, kind, ...rest] = part.includes(":") ? part.split(":") : [part, left.shift()];
  const take = (count: number) => (part.includes(":") ? rest.slice(-count) : left.splice(0, count)).map(byteOf);
  if (kind === "5") return take(1)[0] ?? null;
  if (kind !== "2") return null;
  // With colons a space of colours may stand before.
  const [red, green, blue] = part.includes(":") && rest.length > 3 ? rest.slice(1, 4).map(byteOf) : take(3);
  return red === undefined || green === undefined || blue === undefined ? null : nearest([red, green, blue]);
}

const byteOf = (text?: string): number => Math.min(255, Number(text) || 0);

/** A cube of six steps from 16 on, and 24 greys from 232 on. */
const STEPS: readonly number[] = [0, 95, 135, 175, 215, 255];

/** The colours from 16 to 255, as every terminal has them. */
export const extended: readonly Rgb[] = [
  ...STEPS.flatMap((red) => STEPS.flatMap((green) => STEPS.map((blue): Rgb => [red, green, blue]))),
  ...Array.from({ length: 24 }, (_, at): Rgb => [8 + at * 10, 8 + at * 10, 8 + at * 10]),
];

function nearest([red, green, blue]: Rgb): number {
  const [r, g, b] = [stepOf(red), stepOf(green), stepOf(blue)];
  const grey = Math.max(0, Math.min(23, Math.round(((red + green + blue) / 3 - 8) / 10)));
  const far = (x: number, y: number, z: number) => (x - red) ** 2 + (y - green) ** 2 + (z - blue) ** 2;
  const level = 8 + grey * 10;
  const cube = far(STEPS[r] ?? 0, STEPS[g] ?? 0, STEPS[b] ?? 0);
  return far(level, level, level) < cube ? 232 + grey : 16 + 36 * r + 6 * g + b;
}

const stepOf = (value: number): number =>
  STEPS.reduce((best, step, at) => (Math.abs(step - value) < Math.abs((STEPS[best] ?? 0) - value) ? at : best), 0);

/** WCAG 2.2, 1.4.3. */
const LEGIBLE = 4.5;
const BLENDS = 20;

/** A colour, with as much of `ink` in it as makes it legible on `paper`. */
export function legible(colour: Rgb, paper: Rgb, ink: Rgb): Rgb {
  for (let share = 0; share < BLENDS; share++) {
    const blend = colour.map((part, at) => Math.round(part + ((ink[at] ?? 0) - part) * (share / BLENDS)));
    const [red = 0, green = 0, blue = 0] = blend;
    if (contrast([red, green, blue], paper) >= LEGIBLE) return [red, green, blue];
  }
  return ink;
}

/** WCAG 2.2's contrast ratio, 1 to 21. */
function contrast(one: Rgb, other: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: Rgb): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
