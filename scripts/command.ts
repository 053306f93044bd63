/** What the commands of `npm run panel` have in common. */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Says what went wrong in a sentence, and exits 1. */
export class CommandError extends Error {}

/** Takes `--name VALUE` out of the arguments. */
export function option(args: string[], name: string): string | undefined {
  const at = args.indexOf(name);
  if (at === -1) return undefined;
  const [, value] = args.splice(at, 2);
  if (!value) throw new CommandError(`${name} needs a value.`);
  return value;
}

/** Takes `--name` out of the arguments. */
export function flag(args: string[], name: string): boolean {
  const at = args.indexOf(name);
  if (at !== -1) args.splice(at, 1);
  return at !== -1;
}

/** From the terminal without echo; otherwise the first line of standard input. */
export async function readSecret(asked: string): Promise<string> {
  if (!process.stdin.isTTY) {
    let text = "";
    for await (const chunk of process.stdin) text += chunk;
    return text.split(/\r?\n/, 1)[0] ?? "";
  }
  process.stdout.write(asked);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: silent, terminal: true });
  const answer = await prompt.question("");
  prompt.close();
  process.stdout.write("\n");
  return answer;
}
