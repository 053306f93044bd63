/** What a tab shows that could not be loaded: the others stay beside it, and it can be tried again. */
"use client";
import { catchError, type ErrorInfo } from "next/error";
import { useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { Code } from "#components/ui/code.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { CloudAlert } from "#components/ui/icons.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";

export const TabBoundary = catchError((props: { title: string }, info: ErrorInfo) => (
  <TabFailure {...props} {...info} />
));

function TabFailure({ title, error, retry }: { title: string } & ErrorInfo) {
  const [pending, start] = useTransition();
  const digest = error instanceof Error && "digest" in error ? error.digest : undefined;
  return (
    <>
      <PageHeader title={title} />
      <div role="alert">
        <EmptyState
          icon={<CloudAlert />}
          title="This tab could not be loaded"
          action={
            <Button variant="primary" pending={pending} onClick={() => start(() => retry())}>
              Try again
            </Button>
          }
        >
          Something went wrong in the panel. Nothing was changed.
          {typeof digest === "string" && (
            <>
              {" "}
              Reference: <Code>{digest}</Code>
            </>
          )}
        </EmptyState>
      </div>
    </>
  );
}
