/**
 * True colours of a terminal as the nearest of its 256: those are classes, where any other colour would be a style attribute, which
 * the page's policy does not let in. Pure.
 */

/** Of what selects graphic renditions, with semicolons or colons (ITU-T T.416) between the parts. */
const RENDITION = /\u001b\[([\d;:]*)m/g;

export const inPalette = (line: string): string =>
  line.replace(RENDITION, (_, parts: string) => `\u001b[${reduced(parts)}m`);

function reduced(parts: string): string {
  return parts
    .replace(/(^|[;])([345]8)[:;]2[:;](?::|\d*:)?(\d{1,3})[:;](\d{1,3})[:;](\d{1,3})/g, (_, before, which, ...rest) => {
      const [red, green, blue] = rest.slice(0, 3).map((part) => Math.min(255, Number(part))) as [
        number,
        number,
        number,
      ];
      return `${before}${which};5;${nearest(red, green, blue)}`;
    })
    .replace(/(^|;)58[:;]5[:;]\d{1,3}/g, "$1");
}

/** A cube of six steps from 16 on, and 24 greys from 232 on. */
const STEPS: readonly number[] = [0, 95, 135, 175, 215, 255];

function nearest(red: number, green: number, blue: number): number {
  const [r, g, b] = [stepOf(red), stepOf(green), stepOf(blue)];
  const grey = Math.max(0, Math.min(23, Math.round(((red + green + blue) / 3 - 8) / 10)));
  const far = (x: number, y: number, z: number) => (x - red) ** 2 + (y - green) ** 2 + (z - blue) ** 2;
  const level = 8 + grey * 10;
  const cube = far(STEPS[r] ?? 0, STEPS[g] ?? 0, STEPS[b] ?? 0);
  return far(level, level, level) < cube ? 232 + grey : 16 + 36 * r + 6 * g + b;
}

const stepOf = (value: number): number =>
  STEPS.reduce((best, step, at) => (Math.abs(step - value) < Math.abs((STEPS[best] ?? 0) - value) ? at : best), 0);
