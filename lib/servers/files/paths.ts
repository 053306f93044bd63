/** Where a file of a server is, from the server's own root. Pure: what leads out of it is refused before any node is asked. */
import * as z from "zod";

const LONGEST = 4096;
const LONGEST_NAME = 255;

const NO_PATH = "This is no path of a file.";
const NO_NAME = "A name has no slash, is not . or .., and has at most 255 bytes.";

/** Absolute, without anything that has to be resolved; null where it is no path within the server. */
export function normalised(given: string): string | null {
  if (given.length > LONGEST || hasControls(given)) return null;
  const parts = given.split("/").filter((part) => part !== "" && part !== ".");
  return parts.every(isName) ? `/${parts.join("/")}` : null;
}

/** Control characters in names are somebody's mistake, or somebody's trick on whoever reads a log. */
const hasControls = (text: string): boolean => /\p{Cc}/u.test(text);

export const isName = (name: string): boolean =>
  name !== "" &&
  name !== "." &&
  name !== ".." &&
  !name.includes("/") &&
  !hasControls(name) &&
  Buffer.byteLength(name) <= LONGEST_NAME;

/** A file or a folder; `/` is the server's own. */
export const anyPath = z.string().transform((text, context) => {
  const path = normalised(text);
  if (path !== null) return path;
  context.addIssue({ code: "custom", message: NO_PATH });
  return z.NEVER;
});

/** A file or a folder within the server. */
export const innerPath = anyPath.refine((path) => path !== "/", "The folder of the server itself stays as it is.");

export const fileName = z.string().refine(isName, NO_NAME);

/** Of things in one folder. */
export const names = z.array(fileName).min(1, "Choose at least one.").max(100, "Choose at most 100 at once.");

export const joined = (folder: string, name: string): string => (folder === "/" ? `/${name}` : `${folder}/${name}`);
