/** Pages outside the dashboard that could not be made. */
"use client";
import { ErrorMessage } from "#components/frame/error-message.tsx";

export default function PageError({ error, retry }: { error: unknown; retry: () => void }) {
  return <ErrorMessage error={error} retry={retry} />;
}
