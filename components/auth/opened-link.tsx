/** Looks at a one-time link before it asks anything of whoever came with it. */
"use client";
import { type ReactNode, useEffect, useState } from "react";
import { type Api, attempt, Refusal } from "#components/ui/attempt.ts";
import { Button } from "#components/ui/button.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { Failure } from "#lib/api/client.ts";

export interface OpenedLinkProps {
  token: string | null;
  /** Whose link it is: the same function at every render. */
  open: (api: Api, token: string) => Promise<{ email: string }>;
  /** Where another one is asked for. */
  again: { href: string; label: string };
  children: (link: { token: string; email: string }) => ReactNode;
}

type State = { email: string } | { failure: Failure } | null;

export function OpenedLink({ token, open, again, children }: OpenedLinkProps) {
  const [state, setState] = useState<State>(null);

  useEffect(() => {
    let current = true;
    setState(null);
    if (token !== null) void look(token, open).then((next) => current && setState(next));
    return () => {
      current = false;
    };
  }, [token, open]);

  if (token === null || state === null) {
    return (
      <div role="status" className="flex flex-col gap-3">
        <span className="sr-only">Looking at the link</span>
        <Skeleton className="w-full" />
        <Skeleton className="w-2/3" />
      </div>
    );
  }
  if ("email" in state) return children({ token, email: state.email });
  return (
    <>
      <FailureBanner failure={state.failure} />
      <div className="mt-4 flex justify-end">
        {state.failure.code === "unreachable" ? (
          <Button onClick={() => window.location.reload()}>Try again</Button>
        ) : (
          <LinkButton href={again.href}>{again.label}</LinkButton>
        )}
      </div>
    </>
  );
}

async function look(token: string, open: OpenedLinkProps["open"]): Promise<State> {
  if (token === "") return { failure: INCOMPLETE };
  try {
    return await attempt((api) => open(api, token));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { failure: error.failure };
  }
}

const INCOMPLETE: Failure = {
  code: "wrong_token",
  message: "This address has no link in it. Open the whole link from the mail.",
  fields: {},
  details: {},
};
