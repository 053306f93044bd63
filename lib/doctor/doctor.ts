/** Looks over an installation, running or not, and changes nothing. */
import { database } from "./content.ts";
import type { Finding } from "./finding.ts";
import { mail, provider } from "./outside.ts";
import { dataDirectory, diskSpace, environment, secret } from "./place.ts";

export async function examine(): Promise<Finding[]> {
  const first = environment();
  // Everything else reads the environment.
  if (first.some(({ status }) => status === "problem")) return first;
  return [
    ...first,
    ...dataDirectory(),
    ...diskSpace(),
    ...secret(),
    ...database(),
    ...(await provider()),
    ...(await mail()),
  ];
}
