/** What went wrong with a call, and the way on where there is one. */
import type { Failure } from "#lib/api/client.ts";
import { Banner } from "./banner.tsx";
import { Button } from "./button.tsx";
import { Code } from "./code.tsx";
import { TextLink } from "./text-link.tsx";

export interface FailureBannerProps {
  failure: Failure;
  /** The same call once more. */
  again?: () => void;
  /** That is under way. */
  asking?: boolean;
  className?: string;
}

export function FailureBanner({ failure, again, asking, className }: FailureBannerProps) {
  const signedOut = failure.code === "unauthenticated";
  const owed = failure.code === "second_factor_required";
  const requestId = failure.code === "internal" ? failure.details.requestId : undefined;
  const link = signedOut ? (
    <TextLink href="/login">Sign in</TextLink>
  ) : (
    owed && <TextLink href="/second-factor">Go on</TextLink>
  );
  const retry = again && (
    <Button size="sm" pending={asking} onClick={again}>
      Try again
    </Button>
  );
  return (
    <Banner tone="bad" live action={link || retry} className={className}>
      {signedOut ? "Your session has ended." : failure.message}
      {typeof requestId === "string" && (
        <p className="mt-1">
          Request id: <Code>{requestId}</Code>
        </p>
      )}
    </Banner>
  );
}
