/** The sixteen colours of a terminal out of the panel's own, and the others made legible on its background in either theme. */
import type { ITheme } from "@xterm/xterm";
import { extended, legible, type Rgb } from "./palette.ts";

export function coloursOf(place: HTMLElement): ITheme {
  // One each: with a transition, however short, one that changes still has the colour from before.
  const colour = (name: string): string => {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    place.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
  const [text, dim, faint, panel] = [colour("--text"), colour("--dim"), colour("--faint"), colour("--panel")];
  const [red, green, yellow] = [colour("--bad"), colour("--ok"), colour("--warn")];
  const [blue, violet, edge] = [colour("--accent"), colour("--accent-strong"), colour("--edge")];
  const [ink, paper] = [partsOf(text), partsOf(panel)];
  return {
    background: panel,
    foreground: text,
    cursor: panel,
    cursorAccent: panel,
    selectionBackground: colour("--accent-bg"),
    scrollbarSliderBackground: edge,
    scrollbarSliderHoverBackground: dim,
    scrollbarSliderActiveBackground: dim,
    black: faint,
    red,
    green,
    yellow,
    blue,
    magenta: violet,
    cyan: blue,
    white: text,
    brightBlack: faint,
    brightRed: colour("--bad-strong"),
    brightGreen: green,
    brightYellow: yellow,
    brightBlue: violet,
    brightMagenta: violet,
    brightCyan: violet,
    brightWhite: text,
    extendedAnsi: extended.map((one) => `rgb(${legible(one, paper, ink).join(", ")})`),
  };
}

/** Whatever a style sheet writes a colour in. */
function partsOf(colour: string): Rgb {
  const drawn = new OffscreenCanvas(1, 1).getContext("2d");
  if (!drawn) throw new Error("There is nothing to draw on.");
  drawn.fillStyle = colour;
  drawn.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = drawn.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
