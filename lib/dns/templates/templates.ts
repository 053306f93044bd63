/** An organisation's templates: kept, checked when they are written, and one of them the standard for new zones. */
import { and, asc, count, eq } from "drizzle-orm";
import * as z from "zod";
import { type DbOrTx, db, type Tx, transaction } from "#db/client.ts";
import { zoneTemplates as rows } from "#db/schema/index.ts";
import type { Actor } from "#lib/actor.ts";
import { invalid, notFound, Problem } from "#lib/api/errors.ts";
import { audit } from "#lib/audit/audit.ts";
import { newId } from "#lib/id.ts";
import { limitOf } from "#lib/organisations/limits.ts";
import { makePlan } from "../plan.ts";
import { localProvider } from "../providers/local.ts";
import { type RRset, rrsetKey } from "../rrset.ts";
import { checkZone } from "../rules.ts";
import { hostNames, recordsIn, type TemplateContent } from "./content.ts";

const seconds = (label: string) =>
  z
    .number({ error: `${label}: enter seconds.` })
    .int(`${label}: enter whole seconds.`)
    .min(60, `${label}: at least 60 seconds.`)
    .max(2_147_483_647, `${label}: too long.`);

export const contentInput = {
  records: z.string().max(100_000, "A template has at most 100,000 characters.").default(""),
  nameservers: z.array(z.string().max(255)).max(13, "At most 13 name servers.").default([]),
  soa: z
    .strictObject({
      refresh: seconds("Refresh"),
      retry: seconds("Retry"),
      expire: seconds("Expire"),
      minimum: seconds("Negative TTL"),
    })
    .nullable()
    .default(null),
};
export const templateInput = {
  name: z
    .string()
    .trim()
    .min(1, "Enter a name.")
    .max(60, "A name has at most 60 characters.")
    .regex(/^[^\p{Cc}\p{Cf}]*$/u, "A name cannot contain control characters."),
  standard: z.boolean().default(false),
  ...contentInput,
};
export const Template = z.object({
  id: z.string(),
  name: z.string(),
  standard: z.boolean(),
  records: z.string(),
  nameservers: z.array(z.string()),
  soa: z.object({ refresh: z.number(), retry: z.number(), expire: z.number(), minimum: z.number() }).nullable(),
  /** How many records it brings. */
  count: z.number().int(),
  updatedAt: z.number().int(),
});
export type Template = z.output<typeof Template>;

export interface TemplateInput extends TemplateContent {
  name: string;
  standard: boolean;
}

/** Whose they are. */
export interface Keeper {
  organisation: { id: string };
  asStaff: boolean;
}

export const listTemplates = (organisationId: string): { items: Template[] } => ({
  items: db()
    .select()
    .from(rows)
    .where(eq(rows.organisationId, organisationId))
    .orderBy(asc(rows.name), asc(rows.id))
    .all()
    .map(templateOf),
});

export function addTemplate(keeper: Keeper, input: TemplateInput, actor: Actor): Template {
  const content = checked(input);
  return transaction((tx) => {
    const limit = limitOf(keeper.organisation.id, "limits.templates_per_organisation", tx);
    const own = eq(rows.organisationId, keeper.organisation.id);
    const has = tx.select({ n: count() }).from(rows).where(own).get()?.n ?? 0;
    if (has >= limit) throw new Problem("conflict", `An organisation can have at most ${limit} templates.`);
    const now = Date.now();
    const row = {
      id: newId(now),
      organisationId: keeper.organisation.id,
      name: input.name,
      content: JSON.stringify(content),
      standard: input.standard ? 1 : 0,
      createdAt: now,
      updatedAt: now,
    };
    makeWay(tx, row);
    tx.insert(rows).values(row).run();
    audit(tx, actor, { ...targetOf(row, keeper), after: { name: row.name, standard: input.standard, ...content } });
    return templateOf(row);
  });
}

export function editTemplate(keeper: Keeper, id: string, input: TemplateInput, actor: Actor): Template {
  const content = checked(input);
  return transaction((tx) => {
    const before = loadTemplate(keeper.organisation.id, id, tx);
    const set = {
      name: input.name,
      content: JSON.stringify(content),
      standard: input.standard ? 1 : 0,
      updatedAt: Date.now(),
    };
    const row = { id, organisationId: keeper.organisation.id, ...set };
    makeWay(tx, row);
    tx.update(rows).set(set).where(eq(rows.id, id)).run();
    const { id: _id, count: _count, updatedAt: _at, ...said } = before;
    audit(tx, actor, {
      ...targetOf(row, keeper),
      before: said,
      after: { name: row.name, standard: input.standard, ...content },
    });
    return templateOf(row);
  });
}

export function removeTemplate(keeper: Keeper, id: string, actor: Actor): { removed: string } {
  return transaction((tx) => {
    const before = loadTemplate(keeper.organisation.id, id, tx);
    tx.delete(rows).where(eq(rows.id, id)).run();
    audit(tx, actor, { ...targetOf(before, keeper), before: { name: before.name, records: before.records } });
    return { removed: id };
  });
}

export function loadTemplate(organisationId: string, id: string, tx: DbOrTx = db()): Template {
  const row = tx
    .select()
    .from(rows)
    .where(and(eq(rows.id, id), eq(rows.organisationId, organisationId)))
    .get();
  if (!row) throw notFound("template");
  return templateOf(row);
}

/** Its name is not taken, and it alone is the standard if it is to be. */
function makeWay(
  tx: Tx,
  { id, organisationId, name, standard }: { id: string; organisationId: string; name: string; standard: number },
) {
  const own = eq(rows.organisationId, organisationId);
  const named = tx
    .select({ id: rows.id })
    .from(rows)
    .where(and(own, eq(rows.name, name)))
    .get();
  if (named && named.id !== id) {
    const message = "There is a template of this name already.";
    throw new Problem("already_exists", message, { fields: { name: message } });
  }
  if (standard === 1) tx.update(rows).set({ standard: 0 }).where(own).run();
}

/** Stands in for the zone that is not known yet. */
const SAMPLE = "a-zone.example.";

/** What is stored: read, and held against the rules of a zone as if it were one. */
function checked({ records, nameservers, soa }: TemplateContent): TemplateContent {
  const hosts = hostNames(nameservers);
  if (!hosts.ok) throw invalid({ nameservers: hosts.reason });
  const filled = recordsIn({ records }, SAMPLE);
  if (!filled.ok) throw invalid({ records: filled.reason });
  const apex: RRset[] = [
    { name: SAMPLE, type: "SOA", ttl: 3600, records: [{ content: `ns1.${SAMPLE} a.${SAMPLE} 1 3600 600 86400 60` }] },
    { name: SAMPLE, type: "NS", ttl: 3600, records: [{ content: `ns1.${SAMPLE}` }] },
  ];
  const scope = new Set(filled.rrsets.map(rrsetKey));
  const plan = makePlan([], filled.rrsets, { scope, apex: SAMPLE });
  const { errors } = checkZone({ apex: SAMPLE, current: apex, plan, capabilities: localProvider().capabilities });
  const [first] = errors;
  if (first) {
    const at = first.name === SAMPLE ? "@" : first.name.slice(0, -SAMPLE.length - 1);
    throw invalid({ records: `${at} ${first.type}: ${first.message}` });
  }
  return { records: records.trim(), nameservers: hosts.value, soa };
}

function templateOf(
  row: Pick<typeof rows.$inferSelect, "id" | "name" | "content" | "standard" | "updatedAt">,
): Template {
  const { id, name, standard, updatedAt } = row;
  const content = JSON.parse(row.content) as TemplateContent;
  const filled = recordsIn(content, SAMPLE);
  const found = filled.ok ? filled.rrsets.reduce((sum, set) => sum + set.records.length, 0) : 0;
  return { id, name, standard: standard === 1, ...content, count: found, updatedAt };
}

const targetOf = ({ id, name }: { id: string; name: string }, { organisation, asStaff }: Keeper) => ({
  target: { type: "template", id, label: name },
  organisationId: organisation.id,
  asStaff,
});
