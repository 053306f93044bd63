/** Whether a name has a text in it, as it is kept or as people see it: in SQL, so that lists page and count by it. */
import { and, or, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { db } from "#db/client.ts";
import { likeAnywhere } from "#lib/api/list.ts";
import { singleton } from "#lib/singleton.ts";
import { displayName } from "./name.ts";
import { nameForms } from "./search/terms.ts";

export function isNamed(name: SQLWrapper, text: string): SQL | undefined {
  const forms = nameForms(text);
  const kept = forms.map((form) => sql`${name} like ${likeAnywhere(form)} escape '\\'`);
  return forms.length > 1 ? or(...kept, isShown(name, text)) : kept[0];
}

/** A part of a U-label is no part of its A-label. */
function isShown(name: SQLWrapper, text: string): SQL | undefined {
  singleton("name-shows", () =>
    db().$client.function("name_shows", { deterministic: true }, (kept, part) =>
      displayName(kept as string).includes(part as string) ? 1 : 0,
    ),
  );
  return and(sql`instr(${name}, 'xn--') > 0`, sql`name_shows(${name}, ${text.toLowerCase().normalize("NFC")})`);
}
