/** Words and addresses of bulk changes. Pure. */
import type { Tone } from "#components/ui/badge.tsx";
import type { Outputs } from "#lib/api/outputs.ts";

export const BULK = "/dashboard/zones/bulk";

/** With what was searched for to begin with. */
export function bulkPath(q: string): string {
  const [, type = ""] = /(?:^|\s)type:([\w-]+)/i.exec(q) ?? [];
  const content = q.replace(/(?:^|\s)type:[\w-]+/gi, "").trim();
  const query = new URLSearchParams();
  if (type !== "") query.set("type", type.toUpperCase());
  if (content !== "") query.set("content", content);
  return query.size > 0 ? `${BULK}?${query}` : BULK;
}

export type Bulk = Outputs["dns"]["bulkOne"];
export type BulkSummary = Outputs["dns"]["bulks"]["items"][number];
export type BulkPreview = Extract<Outputs["dns"]["bulk"], { dryRun: true }>;
export type ZonePlan = BulkPreview["zones"][number];

type Wanted = Pick<BulkSummary, "find" | "change">;

/** Which records are meant, as a noun. */
export function findText({ find }: Wanted): string {
  const what = find.type === "" ? "records" : `${find.type} records`;
  const where = find.name === "" ? "" : ` at ${find.name}`;
  const having = find.content === "" ? "" : ` ${find.whole ? "with the value" : "that have"} “${find.content}”`;
  return `${what}${where}${having}`;
}

/** What is done with them, in a sentence. */
export function changeText(wanted: Wanted): string {
  const { change, find } = wanted;
  if (change.kind === "delete") return `Delete ${findText(wanted)}`;
  if (change.kind === "ttl") return `Set the TTL of ${findText(wanted)} to ${change.ttl}`;
  const at =
    find.type === "" && find.name === "" ? "" : ` in ${findText({ ...wanted, find: { ...find, content: "" } })}`;
  return `Replace “${find.content}” with “${change.content}”${at}`;
}

export const states: Record<Bulk["zones"][number]["state"] | "undone", { name: string; tone: Tone }> = {
  waiting: { name: "Waiting", tone: "neutral" },
  working: { name: "Under way", tone: "accent" },
  applied: { name: "Applied", tone: "ok" },
  undone: { name: "Undone", tone: "ok" },
  differs: { name: "Stored otherwise", tone: "warn" },
  partial: { name: "In part", tone: "warn" },
  unknown: { name: "No answer yet", tone: "warn" },
  refused: { name: "Refused", tone: "bad" },
  skipped: { name: "Skipped", tone: "warn" },
  failed: { name: "Failed", tone: "bad" },
};

/** "2 added, 1 changed" */
export function countsText({
  created,
  updated,
  deleted,
}: {
  created: number;
  updated: number;
  deleted: number;
}): string {
  const parts = [created && `${created} added`, updated && `${updated} changed`, deleted && `${deleted} deleted`];
  return parts.filter(Boolean).join(", ") || "Nothing";
}
