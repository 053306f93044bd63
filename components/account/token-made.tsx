/** A token that was made just now: shown this once, with how to use it. */
"use client";
import { Copy } from "lucide-react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { toast } from "#components/ui/toast.tsx";

export function MadeToken({ token }: { token: string }) {
  const copy = () =>
    navigator.clipboard.writeText(token).then(
      () => toast("The token is copied"),
      () => toast("The browser did not let it be copied", { tone: "bad" }),
    );

  return (
    <div className="flex flex-col gap-4">
      <Banner tone="warn" title="Copy it now: it is not shown again">
        Whoever has it can do what it may do. Keep it like a password.
      </Banner>
      <div className="flex items-end gap-2">
        <Field label="Token" className="flex-1">
          <Input mono readOnly value={token} onFocus={(event) => event.currentTarget.select()} />
        </Field>
        <Button onClick={copy}>
          <Copy aria-hidden="true" />
          Copy
        </Button>
      </div>
      <div>
        <p className="mb-1 font-medium">Try it</p>
        <pre className="rounded-md border border-line bg-bg px-3 py-2 font-mono text-xs break-all whitespace-pre-wrap">
          {`export ZONEGATE_TOKEN='…'\ncurl -H "Authorization: Bearer $ZONEGATE_TOKEN" ${window.location.origin}/api/dns/zones`}
        </pre>
      </div>
    </div>
  );
}
