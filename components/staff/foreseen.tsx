/** A button for a write that first says what it comes to: it is tried out, its sentences are shown, and then it is asked for. */
"use client";
import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import { type Api, attempt } from "#components/ui/attempt.ts";
import { Button, type ButtonProps } from "#components/ui/button.tsx";
import type { ConfirmDialogProps } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Failure } from "#lib/api/client.ts";

const ConfirmDialog = dynamic(() => import("#components/ui/confirm-dialog.tsx").then((module) => module.ConfirmDialog));

export interface ForeseenProps extends Pick<ConfirmDialogProps, "title" | "confirm" | "tone" | "typeName"> {
  label: ReactNode;
  /** Says whom or what it is about, where the label alone does not. */
  accessibleLabel?: string;
  button?: Pick<ButtonProps, "variant" | "size" | "className">;
  disabled?: boolean;
  /** The write, or what would come of it. */
  call: (api: Api, dryRun: boolean) => Promise<{ says: readonly string[] }>;
  /** Said where it changes what nobody may do. */
  nothing?: string;
  onDone: () => void;
  /** What was wrong before anything was asked; null once it is tried again. Otherwise it is told at the edge of the screen. */
  onFailure?: (failure: Failure | null) => void;
}

export function Foreseen(props: ForeseenProps) {
  const { label, accessibleLabel, button, disabled, call, nothing, onDone, onFailure, ...dialog } = props;
  const { pending, run } = useAction();
  const [says, setSays] = useState<readonly string[] | null>(null);
  const ask = async () => {
    onFailure?.(null);
    const outcome = await run((api) => call(api, true));
    if (outcome?.ok) setSays(outcome.value.says);
    else if (outcome && onFailure) onFailure(outcome.failure);
    else if (outcome) toast(outcome.failure.message, { tone: "bad" });
  };
  const apply = async () => {
    await attempt((api) => call(api, false));
    onDone();
  };
  return (
    <>
      <Button
        {...button}
        disabled={disabled}
        pending={pending}
        aria-haspopup="dialog"
        aria-label={accessibleLabel}
        onClick={ask}
      >
        {label}
      </Button>
      {says !== null && (
        <ConfirmDialog {...dialog} open onOpenChange={(open) => !open && setSays(null)} onConfirm={apply}>
          <ul className="flex list-disc flex-col gap-1 ps-5 wrap-anywhere">
            {says.length === 0 && <li>{nothing ?? "What people may do does not change."}</li>}
            {says.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </ConfirmDialog>
      )}
    </>
  );
}
