/** The sixteen colours of a terminal out of the panel's own, which are legible in both themes. */
import type { ITheme } from "@xterm/xterm";

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
  };
}
