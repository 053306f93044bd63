/** A handle made from a name: lower-case letters, digits and single hyphens, at most 40. Pure. */
export const handleFrom = (name: string): string =>
  name
    .toLowerCase()
    .replace(/ß/g, "ss")
    .replace(/æ/g, "ae")
    .replace(/ø/g, "o")
    .replace(/ł/g, "l")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/['’]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 41)
    .replace(/^-+/, "")
    .slice(0, 40)
    .replace(/-+$/, "");
