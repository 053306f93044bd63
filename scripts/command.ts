/** What the commands of `npm run panel` have in common. */

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
