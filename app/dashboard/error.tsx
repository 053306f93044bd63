/** Pages of the dashboard that could not be made; the frame stays. */
"use client";
import { ErrorMessage } from "#components/frame/error-message.tsx";

export default function PageError({ error, retry }: { error: unknown; retry: () => void }) {
  return <ErrorMessage error={error} retry={retry} inside />;
}
