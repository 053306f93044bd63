/** The four views of the logs. */

import * as z from "zod";
import { logsDb } from "#db/logs/client.ts";
import type { Actor } from "#lib/actor.ts";
import { notFound } from "#lib/api/errors.ts";
import { maskText } from "#lib/api/masked.ts";
import { listAudit, oneEntry } from "./audit-list.ts";
import { listErrors, listSlow, oneError, oneStatement } from "./errors-list.ts";
import { listRequests, oneRequest } from "./requests.ts";
import { type LogQuery, type LogRow, listInput, numberOf, type Paged, views } from "./shapes.ts";

const lists = { audit: listAudit, requests: listRequests, errors: listErrors, slow: listSlow };
const single = { audit: oneEntry, requests: oneRequest, errors: oneError, slow: oneStatement };

export const listLogs = (query: LogQuery): Paged<LogRow> => lists[query.view](query);

const RELATED = 20;
const plain = z.object(listInput);

/** A row by its name, such as `audit.12`. */
export function openLog(row: string, { privacy }: Actor) {
  const view = views.find((one) => row.startsWith(`${one}.`));
  const found = view && single[view](numberOf(row));
  if (!found) throw notFound("row");
  const { requestId } = found;
  const others = requestId === null ? [] : (["requests", "audit", "errors"] as const).filter((other) => other !== view);
  const related = others.flatMap((other) => listLogs(plain.parse({ view: other, requestId, perPage: RELATED })).items);
  const all = { targetType: null, targetId: null, before: null, after: null, stack: null, ...found, related };
  if (privacy === "visible" || all.targetType !== "account") return all;
  return { ...all, before: withoutName(all.before), after: withoutName(all.after) };
}

/** What an account was called is masked here: of other things `name` is nobody's. */
const withoutName = (json: string | null): string | null =>
  json &&
  JSON.stringify(JSON.parse(json), (key, value) =>
    key === "name" && typeof value === "string" ? maskText("name", value) : value,
  );

/** Procedures and routes that were ever asked for. */
export const knownActions = (): string[] =>
  logsDb()
    .$client.prepare(
      "select distinct case action when '' then template else action end as name from routes order by name",
    )
    .pluck()
    .all() as string[];
