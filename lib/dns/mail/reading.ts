/** What a text about mail says, in plain words, and what is wrong with it. Pure. */
import { meansDkim, readDkim } from "./dkim.ts";
import { meansDmarc, readDmarc } from "./dmarc.ts";
import { meansSpf, readSpf } from "./spf.ts";

export interface Reading {
  kind: "SPF" | "DMARC" | "DKIM";
  /** A sentence or two. */
  summary: string;
  /** A sentence each. */
  problems: string[];
}

/** Whether a text at a name is about mail, or means to be. */
export const meansMail = (relative: string, text: string): boolean =>
  meansSpf(text) || meansDmarc(relative, text) || meansDkim(relative, text);

/** The reading of one text at a name relative to the apex; null if it is not about mail. */
export function readMail(relative: string, text: string): Reading | null {
  if (meansSpf(text)) return readSpf(text);
  if (meansDmarc(relative, text)) return readDmarc(relative, text);
  return meansDkim(relative, text) ? readDkim(relative, text) : null;
}

/** The readings of all texts of one RRset, each at its place: there can be only one SPF and one DMARC at a name. */
export function readMails(relative: string, texts: readonly (string | null)[]): (Reading | null)[] {
  const readings = texts.map((text) => (text === null ? null : readMail(relative, text)));
  const twice = (kind: Reading["kind"]) => readings.filter((reading) => reading?.kind === kind).length > 1;
  for (const kind of ["SPF", "DMARC"] as const) {
    if (!twice(kind)) continue;
    for (const reading of readings)
      if (reading?.kind === kind)
        reading.problems.unshift(`There is more than one ${kind} record at this name: receivers then use none.`);
  }
  return readings;
}
