/** What a text about mail says, and what is wrong with it. A plain function's worth: rows use it too. */
import type { Reading } from "#lib/dns/mail/reading.ts";

export function MailReading({ reading: { kind, summary, problems }, named }: { reading: Reading; named?: boolean }) {
  return (
    <div className="text-xs">
      <p className="text-dim">
        {named && <strong className="font-semibold">{kind}. </strong>}
        {summary}
      </p>
      {problems.map((problem) => (
        <p key={problem} className="text-warn">
          {problem}
        </p>
      ))}
    </div>
  );
}
