/** What the walk's calls about eggs are about. */

import { paper } from "../support/egg-files.ts";
import type { Person } from "../support/panel.ts";
import { fresh, type Stage } from "../support/stage.ts";

type Values = Record<string, unknown>;

export const serverSamples: Record<string, (stage: Stage, caller: Person) => Values> = {
  "eggs.open": ({ sql }) => ({ egg: insertEgg(sql) }),
  "eggs.history": ({ sql }) => ({ egg: insertEgg(sql) }),
  "eggs.create": () => ({ name: "Made", images: [["One", "image:1"]] }),
  "eggs.edit": ({ sql }) => ({ egg: insertEgg(sql), visible: false }),
  "eggs.clone": ({ sql }) => ({ egg: insertEgg(sql), name: "Copied" }),
  "eggs.remove": ({ sql }) => ({ egg: insertEgg(sql) }),
  "eggs.importOne": () => ({ text: JSON.stringify(paper) }),
  "eggs.replace": ({ sql }) => ({ egg: insertEgg(sql), text: JSON.stringify(paper) }),
  "eggs.download": ({ sql }) => ({ egg: insertEgg(sql) }),
  "eggs.check": ({ sql }) => ({ egg: insertEgg(sql), values: { NOTHING: "x" } }),
};

function insertEgg(sql: Stage["sql"]): string {
  const id = `egg-${fresh()}`;
  sql.run(
    `insert into eggs (id, name, images, created_at, updated_at) values (?, 'E', '[["One","image:1"]]', 0, 0)`,
    id,
  );
  return id;
}
