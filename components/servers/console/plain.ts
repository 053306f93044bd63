/** A line of a terminal as it reads aloud: without colours, titles and what else is not text. */
const ESCAPE = "\u001b";
const BELL = "\u0007";

export function plainOf(line: string): string {
  const [first = "", ...rest] = line.split(ESCAPE);
  return (first + rest.map(afterEscape).join("")).replace(/\p{Cc}/gu, "");
}

function afterEscape(part: string): string {
  // A string command goes to the bell, or to the next escape.
  if (/^[\]PX^_]/.test(part)) return part.includes(BELL) ? part.slice(part.indexOf(BELL) + 1) : "";
  return part.replace(/^(?:\[[0-?]*[ -/]*[@-~]|[ -/]*[0-~])/, "");
}
