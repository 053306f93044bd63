/** Where to go after signing in: only ever a page of this panel. */
export const HOME = "/dashboard";

export function returnPath(wanted: string | string[] | undefined): string {
  const path = [wanted].flat()[0] ?? "";
  // Browsers read a backslash as a slash, and skip tabs and line breaks.
  if (!/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(path)) return HOME;
  return new URL(path, "http://here.invalid").origin === "http://here.invalid" ? path : HOME;
}
