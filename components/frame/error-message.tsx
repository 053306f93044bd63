/** What is said when a page could not be made, with another try. */
"use client";
import { Button } from "#components/ui/button.tsx";
import { Code } from "#components/ui/code.tsx";
import { MessagePage } from "./message-page.tsx";

export interface ErrorMessageProps {
  error: unknown;
  retry: () => void;
  inside?: boolean;
}

export function ErrorMessage({ error, retry, inside }: ErrorMessageProps) {
  const digest = error instanceof Error && "digest" in error ? error.digest : undefined;
  return (
    <MessagePage
      title="This page could not be shown"
      inside={inside}
      actions={
        <>
          <Button variant="primary" onClick={() => retry()}>
            Try again
          </Button>
          {/* A whole new page: what went wrong here may be held in this one. */}
          <Button onClick={() => window.location.assign("/dashboard")}>Go to the overview</Button>
        </>
      }
    >
      <p>Something went wrong while it was put together. Nothing was changed.</p>
      {typeof digest === "string" && (
        <p>
          Reference: <Code>{digest}</Code>
        </p>
      )}
    </MessagePage>
  );
}
