/** A token that was made just now: shown this once, with how to use it. */
"use client";
import { Banner } from "#components/ui/banner.tsx";
import { CopyField } from "#components/ui/copy-field.tsx";

export function MadeToken({ token }: { token: string }) {
  return (
    <div className="flex flex-col gap-4">
      <Banner tone="warn" title="Copy it now: it is not shown again">
        Whoever has it can do what it may do. Keep it like a password.
      </Banner>
      <CopyField label="Token" value={token} />
      <div>
        <p className="mb-1 font-medium">Try it</p>
        <pre className="rounded-md border border-line bg-bg px-3 py-2 font-mono text-xs overflow-x-auto">
          {`export ZONEGATE_TOKEN='…'\ncurl -H "Authorization: Bearer $ZONEGATE_TOKEN" \\\n  ${window.location.origin}/api/dns/zones`}
        </pre>
      </div>
    </div>
  );
}
