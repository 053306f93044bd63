/** What the record form says beside its fields. */
"use client";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import type { mailStarts } from "#lib/dns/mail/starts.ts";
import type { ZoneView } from "./zone-view.ts";

export function Narrowed({ narrowed: { names, types } }: { narrowed: NonNullable<ZoneView["narrowed"]> }) {
  const where = [
    names.length > 0 && `the names ${names.join(", ")}`,
    types.length > 0 && `the types ${types.join(", ")}`,
  ];
  return <Banner>Your level applies to {where.filter(Boolean).join(" and ")} only.</Banner>;
}

const looks: Readonly<Record<string, string>> = { A: "an IPv4 address", AAAA: "an IPv6 address", CNAME: "a host name" };

/** The value belongs to another type than the one that is chosen. */
export const BetterType = ({ type, onTake }: { type: string; onTake: () => void }) => (
  <p className="flex flex-wrap items-center gap-2 text-xs text-warn">
    This looks like {looks[type]}.
    <Button size="sm" onClick={onTake}>
      Make it {type}
    </Button>
  </p>
);

/** A key alone is no record: what receivers look for has tags around it. */
export const KeyAlone = ({ onMake }: { onMake: () => void }) => (
  <p className="flex flex-wrap items-center gap-2 text-xs text-warn">
    This is a public key alone.
    <Button size="sm" onClick={onMake}>
      Make it a DKIM record
    </Button>
  </p>
);

/** For those who know what they want and not how it is written. */
export const MailStarts = ({ onBegin }: { onBegin: (kind: keyof typeof mailStarts) => void }) => (
  <p className="flex flex-wrap items-center gap-2 text-xs text-dim">
    Begin with
    {(["SPF", "DMARC"] as const).map((kind) => (
      <Button key={kind} size="sm" onClick={() => onBegin(kind)}>
        {kind}
      </Button>
    ))}
  </p>
);
