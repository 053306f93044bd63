/** ALIAS where the provider flattens: a CNAME at the apex, answered with the addresses of its target. Pure. */

/** As the panel calls it: a CNAME at the apex of such a zone is an ALIAS, and nothing else is. */
export const typeAtApex = (set: { name: string; type: string }, apex: string, flattens: boolean): string =>
  flattens && set.type === "CNAME" && set.name === apex ? "ALIAS" : set.type;
