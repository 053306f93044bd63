/** One change in the history: who, when, what became of it, and its diff to open. */
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { HistoryEntry } from "#lib/dns/history.ts";
import { relativeName } from "#lib/dns/name.ts";
import { rrsetKey } from "#lib/dns/rrset.ts";
import { linesOf } from "./draft.ts";
import { rowLabel } from "./record-rows.tsx";
import { columnOf } from "./rrset-column.tsx";
import { RRsetDiff } from "./rrset-diff.tsx";

type Entry = Omit<HistoryEntry, "plan"> & { plan: readonly Step[] };
/** As it arrives. */
interface Step {
  name: string;
  type: string;
  before: HistoryEntry["plan"][number]["before"];
  after: HistoryEntry["plan"][number]["after"];
}

const states: Record<HistoryEntry["state"], readonly [string, Tone]> = {
  pending: ["Pending", "accent"],
  applied: ["Applied", "ok"],
  differs: ["Differs", "warn"],
  refused: ["Refused", "bad"],
  not_applied: ["Not applied", "neutral"],
  partial: ["Partial", "warn"],
  unknown: ["Unknown", "warn"],
};
const kinds: Partial<Record<HistoryEntry["kind"], string>> = {
  outside: "Changed outside the panel",
  create: "Zone created",
  link: "Zone linked",
  delete: "Zone deleted",
  sign: "DNSSEC switched on",
  unsign: "DNSSEC switched off",
};
/** Lines of a diff on the page: a whole zone is only summed up. */
const CAP_ZONE = 20;
const CAP_CHANGE = 60;

export function HistoryEntryItem({ entry, apex, now }: { entry: Entry; apex: string; now: number }) {
  const [word, tone] = states[entry.state];
  const kind = kinds[entry.kind];
  return (
    <li className="px-3 py-2.5">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
        <span className="font-medium wrap-anywhere">{kind ?? entry.actor.label}</span>
        {kind && entry.kind !== "outside" && <span className="text-dim wrap-anywhere">{entry.actor.label}</span>}
        <Badge tone={tone}>{word}</Badge>
        <span className="text-dim">{countsText(entry.records)}</span>
        <Time at={entry.createdAt} now={now} className="ms-auto text-faint" />
      </div>
      {entry.message !== "" && <p className="mt-0.5 text-dim">{entry.message}</p>}
      {entry.steps > 1 && entry.stepsDone < entry.steps && (
        <p className="mt-0.5 text-dim">
          {entry.stepsDone} of {entry.steps} steps are known to be done.
        </p>
      )}
      {entry.plan.length > 0 && (
        <details className="mt-0.5">
          <summary className="rounded-sm text-dim hover:text-text">
            <span className="font-mono wrap-anywhere">{namesText(entry.plan, apex)}</span>
          </summary>
          <Diffs plan={entry.plan} apex={apex} cap={entry.kind === "change" ? CAP_CHANGE : CAP_ZONE} />
          {entry.differs.length > 0 && (
            <ul className="mt-2 grid gap-2">
              {entry.differs.map((difference) => (
                <li key={rrsetKey(difference)}>
                  <p className="mb-1 font-mono font-semibold wrap-anywhere">{label(difference, apex)}</p>
                  <dl className="grid gap-2 sm:grid-cols-2">
                    {columnOf("Sent", difference.sent, difference.type)}
                    {columnOf("Stored", difference.found, difference.type)}
                  </dl>
                </li>
              ))}
            </ul>
          )}
        </details>
      )}
    </li>
  );
}

function Diffs({ plan, apex, cap }: { plan: readonly Step[]; apex: string; cap: number }) {
  const shown: { step: Step; cap: number }[] = [];
  let left = cap;
  for (const step of plan) {
    if (left <= 0) break;
    shown.push({ step, cap: left });
    left -= linesOf(step.before, step.after).length;
  }
  const rest = plan.length - shown.length;
  return (
    <ul className="mt-1.5 grid gap-2">
      {shown.map(({ step, cap: lines }) => (
        <li key={rrsetKey(step)}>
          <p className="mb-0.5 font-mono font-semibold wrap-anywhere">{label(step, apex)}</p>
          <RRsetDiff type={step.type} before={step.before} after={step.after} cap={lines} />
        </li>
      ))}
      {rest > 0 && <li className="text-faint">and {rest} more</li>}
    </ul>
  );
}

const label = ({ name, type }: { name: string; type: string }, apex: string): string =>
  rowLabel({ relative: relativeName(name, apex), type });

function namesText(plan: readonly Step[], apex: string): string {
  const names = plan.slice(0, 3).map((step) => label(step, apex));
  return plan.length > 3 ? `${names.join(", ")} and ${plan.length - 3} more` : names.join(", ");
}

function countsText({ created, updated, deleted }: { created: number; updated: number; deleted: number }): string {
  const parts = [
    created > 0 && `${created} added`,
    updated > 0 && `${updated} changed`,
    deleted > 0 && `${deleted} removed`,
  ];
  return parts.filter(Boolean).join(", ");
}
