/** How a node's daemon gets its configuration: by a command, by hand, or anew with other credentials. */
"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { copyText } from "#components/ui/copy-text.ts";
import { CopyValue } from "#components/ui/copy-value.tsx";
import { Field } from "#components/ui/field.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { exactTime } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import type { TabRow } from "./tab-props.ts";

type Shown =
  | { kind: "command"; setup: Outputs["nodes"]["setUp"] }
  | { kind: "configuration"; text: string }
  | { kind: "rotated"; applied: boolean; message: string };

export function NodeSetup({ node }: { node: TabRow<"nodes"> }) {
  const router = useRouter();
  const { pending, run } = useAction();
  const [shown, setShown] = useState<Shown | null>(null);
  const show = async (call: Parameters<typeof run<Shown>>[0]) => {
    const outcome = await run(call);
    if (!outcome) return;
    if (outcome.ok) setShown(outcome.value);
    else toast(outcome.failure.message, { tone: "bad" });
  };
  return (
    <Panel
      title="Its daemon"
      description="Wings 1.11 or later, or Pelican’s. It is told where the panel is and what to prove itself with; whatever is shown here is noted in the audit log."
    >
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap gap-2">
          <Button
            disabled={pending}
            onClick={() => show(async (api) => ({ kind: "command", setup: await api.nodes.setUp({ node: node.id }) }))}
          >
            Make a command
          </Button>
          <Button
            disabled={pending}
            onClick={() =>
              show(async (api) => ({ kind: "configuration", ...(await api.nodes.configuration({ node: node.id })) }))
            }
          >
            Show config.yml
          </Button>
          <ConfirmButton
            label="Replace credentials"
            button={{ variant: "danger" }}
            title={`Replace the credentials of ${node.name}?`}
            confirm="Replace them"
            call={(api) => api.nodes.rotateCredentials({ node: node.id })}
            onDone={(outcome) => {
              setShown({ kind: "rotated", ...outcome });
              router.refresh();
            }}
          >
            The panel gives the daemon new ones where it can. Those it has count for a minute longer; commands that were
            made before work no more.
          </ConfirmButton>
        </div>
        {shown?.kind === "command" && (
          <div className="flex flex-col gap-3">
            <Banner live>
              Run one of these on the machine before {exactTime(shown.setup.until)}. It works once, and is not shown
              again.
            </Banner>
            <div>
              <p className="mb-1 text-dim">Wings is installed there</p>
              <CopyValue label="The command" value={shown.setup.configure} />
            </div>
            <div>
              <p className="mb-1 text-dim">Wings is not there yet (Docker is)</p>
              <CopyValue label="The command that installs" value={shown.setup.install} />
            </div>
          </div>
        )}
        {shown?.kind === "configuration" && (
          <div className="flex flex-col gap-3">
            <Banner tone="warn" live action={<Button onClick={() => setShown(null)}>Hide it</Button>}>
              This belongs into /etc/pterodactyl/config.yml on the node and nowhere else: who has it can do with every
              server there as they like.
            </Banner>
            <Field label="config.yml">
              <Textarea mono readOnly rows={12} value={shown.text} onFocus={(event) => event.currentTarget.select()} />
            </Field>
            <div>
              <Button onClick={() => copyText(shown.text, "The configuration is copied")}>Copy it</Button>
            </div>
          </div>
        )}
        {shown?.kind === "rotated" && (
          <Banner tone={shown.applied ? "ok" : "warn"} live>
            {shown.message}
          </Banner>
        )}
      </div>
    </Panel>
  );
}
