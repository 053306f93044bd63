/** The terminal that shows what a server writes: it only shows, and what is in the output does nothing beside that. */
import { Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { inPalette } from "./palette.ts";
import { permittedDocument, whilePermitted } from "./permitted-document.ts";
import { coloursOf } from "./terminal-colours.ts";

export interface Screen {
  write: (line: string) => void;
  clear: () => void;
  scrollPages: (pages: number) => void;
  dispose: () => void;
}

const LINES = 2000;
const RESET = "\u001b[0m";

/** Title, colours of the terminal, links, the clipboard. */
const COMMANDS = [0, 1, 2, 4, 8, 10, 11, 12, 52, 104, 110, 111, 112];

export function openScreen(place: HTMLElement): Screen {
  const style = getComputedStyle(place);
  const terminal = new Terminal({
    documentOverride: permittedDocument(),
    disableStdin: true,
    scrollback: LINES,
    convertEol: true,
    cursorInactiveStyle: "none",
    cursorWidth: 1,
    fontFamily: style.fontFamily,
    fontSize: Number.parseFloat(style.fontSize),
    fontWeightBold: 600,
    lineHeight: 1.3,
    // More would be a style of its own for each text that is hard to read.
    minimumContrastRatio: 1,
    theme: coloursOf(place),
  });
  for (const command of COMMANDS) terminal.parser.registerOscHandler(command, () => true);
  // Modes of programs that take a whole screen, and the mouse.
  for (const final of ["h", "l"]) terminal.parser.registerCsiHandler({ prefix: "?", final }, () => true);
  whilePermitted(() => terminal.open(place));
  terminal.textarea?.setAttribute("aria-label", "Output of the server; Shift with Page up and Page down scrolls it");
  // Tab goes on to what comes next.
  terminal.attachCustomKeyEventHandler(({ key }) => key !== "Tab");

  // Measured once: the terminal draws itself at another size a while after it was told to.
  let letter: { width: number; height: number } | null = null;
  const fitted = () => {
    const screen = place.querySelector<HTMLElement>(".xterm-screen");
    if (!screen?.clientWidth || !screen.clientHeight) return;
    letter ??= { width: screen.offsetWidth / terminal.cols, height: screen.offsetHeight / terminal.rows };
    const { width, height } = letter;
    // Beside the text is the scroll bar.
    const columns = Math.max(20, Math.floor((place.clientWidth - 14) / width));
    const rows = Math.max(5, Math.floor(place.clientHeight / height));
    if (columns !== terminal.cols || rows !== terminal.rows) terminal.resize(columns, rows);
  };
  fitted();
  const resized = new ResizeObserver(fitted);
  resized.observe(place);
  const paint = () => {
    terminal.options.theme = coloursOf(place);
  };
  const themed = new MutationObserver(paint);
  themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", paint);

  let waiting: string[] = [];
  let writing = false;
  const flush = () => {
    if (writing || waiting.length === 0) return;
    const text = waiting.map((line) => `${line}${RESET}\r\n`).join("");
    waiting = [];
    writing = true;
    terminal.write(text, () => {
      writing = false;
      flush();
    });
  };
  return {
    write: (line) => {
      waiting.push(inPalette(line));
      // What would scroll out at once need not be drawn.
      if (waiting.length > LINES) waiting.shift();
      flush();
    },
    clear: () => {
      waiting = [];
      terminal.reset();
    },
    scrollPages: (pages) => terminal.scrollPages(pages),
    dispose: () => {
      resized.disconnect();
      themed.disconnect();
      system.removeEventListener("change", paint);
      terminal.dispose();
    },
  };
}
