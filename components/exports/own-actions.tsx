/** Asking for one's data, and what can be done with what was made. */
"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import type { Api } from "#components/ui/attempt.ts";
import { Button } from "#components/ui/button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

function useAct() {
  const router = useRouter();
  const { pending, run } = useAction();
  const act = async (call: (api: Api) => Promise<unknown>, done: string) => {
    const outcome = await run(call);
    if (!outcome) return;
    if (outcome.ok) toast(done);
    else toast(outcome.failure.message, { tone: "bad" });
    router.refresh();
  };
  return { pending, act };
}

export function AskForData() {
  const { pending, act } = useAct();
  return (
    <Button
      pending={pending}
      onClick={() => act((api) => api.exports.ask({}), "Your export has started. You will get a mail when it is ready")}
    >
      Request your data
    </Button>
  );
}

export function CancelExport({ id }: { id: string }) {
  const { pending, act } = useAct();
  return (
    <Button
      size="sm"
      pending={pending}
      onClick={() => act((api) => api.exports.cancelOwn({ export: id }), "Export cancelled")}
    >
      Cancel
    </Button>
  );
}

export function DeleteExport({ id }: { id: string }) {
  const { pending, act } = useAct();
  return (
    <Button
      size="sm"
      variant="ghost"
      pending={pending}
      onClick={() => act((api) => api.exports.removeOwn({ export: id }), "Archive deleted")}
    >
      Delete
    </Button>
  );
}

const LOOK_EVERY_MS = 2_000;

/** Looks again while something is being made. */
export function Watch() {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [router]);
  return null;
}
