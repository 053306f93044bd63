/** What happens to one RRset: the lines that go, that come, and that stay. */
import type { RRset } from "#lib/dns/rrset.ts";
import { type Line, linesOf, ttlText } from "./draft.ts";
import { extrasOf, plainContent } from "./record-content.tsx";

const LINE = "flex gap-2 px-2 wrap-anywhere whitespace-pre-wrap [&_i]:not-italic";
const looks = {
  before: { sign: "–", word: "Before", className: `${LINE} bg-bad-bg text-bad` },
  after: { sign: "+", word: "After", className: `${LINE} bg-ok-bg text-ok` },
  kept: { sign: " ", word: "Stays", className: `${LINE} text-dim` },
} as const;

export interface RRsetDiffProps {
  type: string;
  before: RRset | null;
  after: RRset | null;
  /** At most so many lines. */
  cap?: number;
}

export function RRsetDiff({ type, before, after, cap = 100 }: RRsetDiffProps) {
  const lines = linesOf(before, after);
  const rest = lines.length - cap;
  return (
    <ul className="overflow-hidden rounded-sm font-mono">
      {before && after && before.ttl !== after.ttl && (
        <>
          {lineOf("before", `TTL ${ttlText(before.ttl)}`, "ttl")}
          {lineOf("after", `TTL ${ttlText(after.ttl)}`, "ttl")}
        </>
      )}
      {lines
        .slice(0, cap)
        .map((line) => lineOf(line.mark, plainContent(type, line.record.content), line.record.content, line))}
      {rest > 0 && <li className="px-2 font-sans text-faint">and {rest} more</li>}
    </ul>
  );
}

function lineOf(mark: Line["mark"], text: string, key: string, line?: Line) {
  const { sign, word, className } = looks[mark];
  return (
    <li key={`${mark} ${key}`} className={className}>
      <span aria-hidden="true" className="w-2 shrink-0 select-none">
        {sign}
      </span>
      <span className="sr-only">{word}: </span>
      <span className="min-w-0">
        {text}
        {line && extrasOf(line.record)}
      </span>
    </li>
  );
}
