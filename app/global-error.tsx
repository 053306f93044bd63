/** When even the root layout could not be made. */
"use client";
import { ErrorMessage } from "#components/frame/error-message.tsx";
import "./globals.css";

export default function GlobalError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en-GB">
      <body>
        <title>Something went wrong · Zonegate</title>
        <ErrorMessage error={error} retry={retry} />
      </body>
    </html>
  );
}
