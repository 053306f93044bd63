/** The API of eggs, for staff. */
import { and, eq } from "drizzle-orm";
import * as z from "zod";
import { auditLog } from "#db/schema/index.ts";
import { staff } from "#lib/api/guards.ts";
import { keyedPage, keyedQuery } from "#lib/api/keyed-list.ts";
import { readTrail, TrailEntry } from "#lib/audit/trail.ts";
import {
  checkValues,
  cloneEgg,
  createEgg,
  editEgg,
  eggSources,
  eggStates,
  exportEgg,
  listEggs,
  openEgg,
  removeEgg,
} from "./eggs.ts";
import { address, importEgg, replaceEgg } from "./imports.ts";
import { FILE_LENGTH, writtenFormats } from "./ptdl.ts";
import { EggDetail, EggRow, edit as editable, fields, Imported } from "./shapes.ts";

const ONE = "/admin/eggs/{egg}";
const one = { egg: z.string() };
const Named = z.object({ id: z.string() });
const source = {
  text: z.string().max(FILE_LENGTH, "An egg has at most a million characters.").optional(),
  url: address.optional(),
};

export const list = staff(
  "eggs:read",
  keyedQuery(["name", "author", "createdAt", "updatedAt"], {
    state: z.enum(eggStates).optional(),
    source: z.enum(eggSources).optional(),
  }),
  { tokens: true },
)
  .route({ method: "GET", path: "/admin/eggs", summary: "All eggs" })
  .output(keyedPage(EggRow))
  .handler(({ input }) => listEggs(input));

export const open = staff("eggs:read", one, { tokens: true })
  .route({ method: "GET", path: ONE, summary: "One egg, with its variables and what one should know of it" })
  .output(EggDetail)
  .handler(({ input }) => openEgg(input.egg));

export const history = staff("eggs:read", { ...one, ...keyedQuery(["-at"], {}) })
  .route({ method: "GET", path: `${ONE}/history`, summary: "What was done with an egg" })
  .output(keyedPage(TrailEntry))
  .handler(({ input: { egg, ...query } }) =>
    readTrail(and(eq(auditLog.targetType, "egg"), eq(auditLog.targetId, openEgg(egg).id)), query),
  );

export const create = staff("eggs:write", { ...editable, name: fields.name }, { tokens: true })
  .route({ method: "POST", path: "/admin/eggs", successStatus: 201, summary: "Make an egg" })
  .output(Named)
  .handler(({ context, input }) => createEgg(input, context.actor));

export const edit = staff(
  "eggs:write",
  { ...one, ...editable, revision: z.number().int().optional() },
  { tokens: true },
)
  .route({ method: "PATCH", path: ONE, summary: "Change an egg; its variables are given together" })
  .output(Named)
  .handler(({ context, input: { egg, ...given } }) => editEgg(egg, given, context.actor));

export const clone = staff("eggs:write", { ...one, name: fields.name })
  .route({ method: "POST", path: `${ONE}/clone`, successStatus: 201, summary: "Make an egg like another" })
  .output(Named)
  .handler(({ context, input }) => cloneEgg(input.egg, input.name, context.actor));

export const remove = staff("eggs:write", one, { tokens: true })
  .route({ method: "DELETE", path: ONE, summary: "Delete an egg" })
  .output(Named)
  .handler(({ context, input }) => removeEgg(input.egg, context.actor));

export const importOne = staff("eggs:write", source, { tokens: true })
  .route({
    method: "POST",
    path: "/admin/eggs/import",
    successStatus: 201,
    summary: "Make an egg from a file or an address",
  })
  .output(Imported)
  .handler(({ context, input }) => importEgg(input, context.actor));

export const replace = staff("eggs:write", { ...one, ...source }, { tokens: true })
  .route({
    method: "POST",
    path: `${ONE}/import`,
    summary: "Put a file in the place of an egg, or what its own address has",
  })
  .output(Imported)
  .handler(({ context, input: { egg, ...given } }) => replaceEgg(egg, given, context.actor));

export const download = staff(
  "eggs:read",
  { ...one, format: z.enum(writtenFormats).default("PTDL_v2") },
  { tokens: true },
)
  .route({
    method: "GET",
    path: `${ONE}/export`,
    outputStructure: "detailed",
    summary: "An egg as a file that Pterodactyl and Pelican read",
  })
  .output(z.object({ headers: z.record(z.string(), z.string()), body: z.instanceof(ReadableStream) }))
  .handler(({ input }) => {
    const { filename, text } = exportEgg(input.egg, input.format);
    return {
      headers: { "content-type": "application/json", "content-disposition": `attachment; filename="${filename}"` },
      body: new Blob([text]).stream(),
    };
  });

export const check = staff("eggs:read", { ...one, values: z.record(z.string().max(191), z.string().max(10_000)) })
  .meta({ guard: "staff", argument: "eggs:read", reads: true })
  .route({ method: "POST", path: `${ONE}/check`, summary: "Whether values fit the rules of an egg's variables" })
  .output(z.object({ wrong: z.record(z.string(), z.string()) }))
  .handler(({ input }) => checkValues(input.egg, input.values));
