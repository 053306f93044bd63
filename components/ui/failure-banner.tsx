/** What went wrong with a call, and the way on where there is one. */
import type { Failure } from "#lib/api/client.ts";
import { Banner } from "./banner.tsx";
import { Code } from "./code.tsx";
import { TextLink } from "./text-link.tsx";

export function FailureBanner({ failure }: { failure: Failure }) {
  const signedOut = failure.code === "unauthenticated";
  const owed = failure.code === "second_factor_required";
  const requestId = failure.code === "internal" ? failure.details.requestId : undefined;
  const link = signedOut ? (
    <TextLink href="/login">Sign in</TextLink>
  ) : (
    owed && <TextLink href="/second-factor">Go on</TextLink>
  );
  return (
    <Banner tone="bad" live action={link}>
      {signedOut ? "Your session has ended." : failure.message}
      {typeof requestId === "string" && (
        <p className="mt-1">
          Request id: <Code>{requestId}</Code>
        </p>
      )}
    </Banner>
  );
}
