/** BIND's `$GENERATE`: a range, and what becomes of `$` for each of its numbers. */
import type { Parsed } from "../name.ts";

export interface Range {
  from: number;
  to: number;
  step: number;
}

/** `1-254` or `0-254/2`. */
export function readRange(text: string): Parsed<Range> {
  const [, from, to, step = 1] = (/^(\d{1,10})-(\d{1,10})(?:\/(\d{1,10}))?$/.exec(text) ?? []).map(Number);
  if (from === undefined || to === undefined || Number.isNaN(from))
    return { ok: false, reason: "A range is written 1-254, or 0-254/2 with a step." };
  const range = { from, to, step: Number.isNaN(step) ? 1 : step };
  if (range.to > 2 ** 31 - 1 || range.from > range.to || range.step === 0)
    return { ok: false, reason: `The range ${text} has nothing in it.` };
  return { ok: true, value: range };
}

/** How wide a number may be made: no label is longer. */
const maxWidth = 255;

/**
 * Makes the function that puts a number into the template: `$` is the number, `${offset,width,base}` the number with an
 * offset, zeros up to the width, and in base d, o, x, X, or in nibbles from the last, with dots between, n or N. `\$`
 * stays as it is, and `$$` is a dollar sign.
 */
export function readTemplate(template: string): Parsed<(value: number) => string> {
  const parts: ((value: number) => string)[] = [];
  for (const [written, placed] of template.matchAll(/\\[\s\S]|\$(\$|\{[^}]*\}?|)|[^\\$]+|\\/g)) {
    if (placed === undefined) parts.push(() => written);
    else if (placed === "$") parts.push(() => "$");
    else if (placed === "") parts.push(String);
    else {
      const [, offset, width = "0", base = "d"] =
        /^\{([+-]?\d{1,10})(?:,(\d{1,10})(?:,([doxXnN]))?)?\}$/.exec(placed) ?? [];
      if (offset === undefined)
        return {
          ok: false,
          reason: `${written.slice(0, 40)} is not \${offset,width,base} with a base of d, o, x, X, n or N.`,
        };
      if (Number(width) > maxWidth) return { ok: false, reason: `The width ${width} is more than ${maxWidth}.` };
      parts.push((value) => inBase(value + Number(offset), Number(width), base));
    }
  }
  return { ok: true, value: (value) => parts.map((part) => part(value)).join("") };
}

function inBase(value: number, width: number, base: string): string {
  if (base === "n" || base === "N") return nibbles(value, width, base);
  if (base !== "d") {
    // As a C program prints it: 32 bits without a sign.
    const digits = (value >>> 0).toString(base === "o" ? 8 : 16).padStart(width, "0");
    return base === "X" ? digits.toUpperCase() : digits;
  }
  const digits = String(Math.abs(value));
  return value < 0 ? `-${digits.padStart(width - 1, "0")}` : digits.padStart(width, "0");
}

/** The width counts the dots too. */
function nibbles(value: number, width: number, base: string): string {
  let [left, room, text] = [value >>> 0, width, ""];
  do {
    text += (left % 16).toString(16);
    left = Math.floor(left / 16);
    if (room > 0) room -= 1;
    if (room > 0 || left !== 0) {
      text += ".";
      if (room > 0) room -= 1;
    }
  } while (left !== 0 || room > 0);
  return base === "N" ? text.toUpperCase() : text;
}
