/** One change in the history: who, when, what became of it, and its diff to open. */
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Link } from "#components/ui/link.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { exactTime, Time } from "#components/ui/time.tsx";
import type { HistoryEntry } from "#lib/dns/history.ts";
import { relativeName } from "#lib/dns/name.ts";
import { rrsetKey } from "#lib/dns/rrset.ts";
import { linesOf } from "./draft.ts";
import { HistoryActions } from "./history-actions.tsx";
import { rowLabel } from "./record-rows.tsx";
import { columnOf } from "./rrset-column.tsx";
import { RRsetDiff } from "./rrset-diff.tsx";
import type { ZoneRef } from "./take-back-dialog.tsx";

export type Entry = Omit<HistoryEntry, "plan"> & { plan: readonly Step[] };
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
  undelete: "Zone brought back",
  transfer: "Moved here from another organisation",
};
/** Lines of a diff on the page: a whole zone is only summed up. */
const CAP_ZONE = 20;
const CAP_CHANGE = 60;

export interface HistoryEntryProps {
  entry: Entry;
  zone: ZoneRef;
  now: number;
  /** Its diff is shown at once. */
  opened?: boolean;
  /** The caller may change records somewhere in the zone. */
  writes: boolean;
  /** The address of the history with something else shown. */
  hrefFor: (filters: Record<string, string>) => string;
}

export function HistoryEntryItem({ entry, zone, now, writes, hrefFor, opened }: HistoryEntryProps) {
  const { apex } = zone;
  const [word, tone] = states[entry.state];
  const kind = kinds[entry.kind];
  const done = entry.state === "applied" || entry.state === "differs" || entry.state === "partial";
  const ofRecords = entry.kind === "change" || entry.kind === "outside";
  const by = entry.kind === "outside" ? "Outside the panel" : entry.actor.label;
  return (
    <li className="px-3 py-2.5" data-kind={entry.kind}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {kind && <span className="font-medium wrap-anywhere">{kind}</span>}
        {entry.kind !== "outside" && <Who actor={entry.actor} dim={kind !== undefined} hrefFor={hrefFor} />}
        {entry.kind === "outside" ? <Badge tone="warn">Outside</Badge> : <Badge tone={tone}>{word}</Badge>}
        {entry.undoneBy && (
          <Badge>
            <Link href={hrefFor({ change: entry.undoneBy })} className="text-inherit">
              Undone
            </Link>
          </Badge>
        )}
        <span className="text-dim">{countsText(entry.records)}</span>
        <span className="ms-auto flex items-center gap-2">
          <Time at={entry.createdAt} now={now} className="text-faint" />
          {writes && done && (
            <HistoryActions
              zone={zone}
              change={entry.id}
              by={by}
              at={entry.createdAt}
              undo={ofRecords && entry.undoneBy === null && entry.plan.length > 0}
              restore={entry.kind !== "delete"}
            />
          )}
        </span>
      </div>
      {entry.undoes && (
        <p className="mt-0.5 text-dim">
          Takes back <TextLink href={hrefFor({ change: entry.undoes })}>an earlier change</TextLink>.
        </p>
      )}
      {entry.restoredTo !== null && (
        <p className="mt-0.5 text-dim">Restores the zone to {exactTime(entry.restoredTo)}.</p>
      )}
      {entry.message !== "" && <p className="mt-0.5 text-dim">{entry.message}</p>}
      {entry.steps > 1 && entry.stepsDone < entry.steps && (
        <p className="mt-0.5 text-dim">
          {entry.stepsDone} of {entry.steps} steps are known to be done.
        </p>
      )}
      {entry.hidden > 0 && (
        <p className="mt-0.5 text-faint">
          {entry.hidden === 1 ? "1 RRset" : `${entry.hidden} RRsets`} that you cannot see{" "}
          {entry.hidden === 1 ? "is" : "are"} left out.
        </p>
      )}
      {entry.plan.length > 0 && (
        <details className="mt-0.5" open={opened || undefined}>
          <summary className="rounded-sm text-dim hover:text-text">
            <span className="font-mono wrap-anywhere">{namesText(entry.plan, entry.more, apex)}</span>
          </summary>
          <Diffs
            plan={entry.plan}
            more={entry.more}
            apex={apex}
            cap={entry.kind === "change" ? CAP_CHANGE : CAP_ZONE}
          />
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

/** Leads to what else they have done here. */
function Who({ actor, dim, hrefFor }: { actor: Entry["actor"]; dim: boolean } & Pick<HistoryEntryProps, "hrefFor">) {
  const look = dim ? "text-dim wrap-anywhere" : "font-medium wrap-anywhere";
  if (actor.id === null) return <span className={look}>{actor.label}</span>;
  return (
    <TextLink tone={dim ? "dim" : "plain"} href={hrefFor({ actor: actor.id })} className={look}>
      {actor.label}
    </TextLink>
  );
}

interface DiffsProps {
  plan: readonly Step[];
  /** Steps that follow these. */
  more: number;
  apex: string;
  cap: number;
}

function Diffs({ plan, more, apex, cap }: DiffsProps) {
  const shown: { step: Step; cap: number }[] = [];
  let left = cap;
  for (const step of plan) {
    if (left <= 0) break;
    shown.push({ step, cap: left });
    left -= linesOf(step.before, step.after).length;
  }
  const rest = plan.length + more - shown.length;
  return (
    <ul className="mt-1.5 grid gap-2">
      {shown.map(({ step, cap: lines }) => (
        <li key={rrsetKey(step)}>
          <p className="mb-0.5 font-mono font-semibold wrap-anywhere">{label(step, apex)}</p>
          <RRsetDiff type={step.type} before={step.before} after={step.after} cap={lines} />
        </li>
      ))}
      {rest > 0 && <li className="text-faint">and {rest.toLocaleString("en-GB")} more</li>}
    </ul>
  );
}

const label = ({ name, type }: { name: string; type: string }, apex: string): string =>
  rowLabel({ relative: relativeName(name, apex), type });

function namesText(plan: readonly Step[], more: number, apex: string): string {
  const names = plan.slice(0, 3).map((step) => label(step, apex));
  const rest = plan.length + more - names.length;
  return rest > 0 ? `${names.join(", ")} and ${rest.toLocaleString("en-GB")} more` : names.join(", ");
}

function countsText({ created, updated, deleted }: { created: number; updated: number; deleted: number }): string {
  const parts = [
    created > 0 && `${created} added`,
    updated > 0 && `${updated} changed`,
    deleted > 0 && `${deleted} removed`,
  ];
  return parts.filter(Boolean).join(", ");
}
