/** An invitation behind a link: what it is to, and the way to answer it for whoever holds it. */
"use client";
import { useEffect, useState } from "react";
import { AuthCard } from "#components/frame/auth-card.tsx";
import { attempt, Refusal } from "#components/ui/attempt.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { FailureBanner } from "#components/ui/failure-banner.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Time } from "#components/ui/time.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Failure } from "#lib/api/client.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import { NewAccount } from "./new-account.tsx";
import { forgetToken, takeToken } from "./token.ts";
import { guestWords, nameOf, pathOfAnswer, roleWords, serverWords } from "./words.ts";

type Looked = Outputs["invites"]["look"];
type State =
  | { step: "loading" }
  | { step: "void"; message: string }
  | { step: "failed"; failure: Failure }
  | { step: "shown"; token: string; invitation: Looked }
  | { step: "declined"; invitation: Looked };

const INCOMPLETE = "This address has no invitation in it. Open the whole link from the mail.";

/** `self` is who is signed in: the e-mail address. */
export function Invite({ self, now }: { self: string | null; now: number }) {
  const [state, setState] = useState<State>({ step: "loading" });

  useEffect(() => {
    let current = 0;
    const look = async () => {
      const turn = ++current;
      const next = await lookAt(takeToken());
      if (turn === current) setState(next);
    };
    void look();
    // Another link that is opened in this tab.
    window.addEventListener("hashchange", look);
    return () => {
      current = -1;
      window.removeEventListener("hashchange", look);
    };
  }, []);

  if (state.step === "loading")
    return (
      <AuthCard title="Invitation">
        <div role="status" className="flex flex-col gap-3">
          <span className="sr-only">Loading the invitation</span>
          <Skeleton className="w-full" />
          <Skeleton className="w-2/3" />
        </div>
      </AuthCard>
    );
  if (state.step === "failed")
    return (
      <AuthCard title="Invitation">
        <FailureBanner failure={state.failure} />
        <Button className="mt-4" onClick={() => window.location.reload()}>
          Try again
        </Button>
      </AuthCard>
    );
  if (state.step === "void")
    return (
      <AuthCard title="This invitation cannot be used" description={state.message}>
        <p className="text-dim">Whoever invited you can send another.</p>
        <LinkButton href={self ? "/dashboard" : "/login"} className="mt-4">
          {self ? "Go to your overview" : "Sign in"}
        </LinkButton>
      </AuthCard>
    );
  if (state.step === "declined")
    return (
      <AuthCard
        title="Invitation declined"
        description={`${state.invitation.invitedBy} is told. Nothing else happens.`}
      >
        <LinkButton href={self ? "/dashboard" : "/login"}>{self ? "Go to your overview" : "Sign in"}</LinkButton>
      </AuthCard>
    );
  const { token, invitation } = state;
  const decline = () => {
    forgetToken();
    setState({ step: "declined", invitation });
  };
  return (
    <AuthCard title={titleOf(invitation)} description={<Terms invitation={invitation} now={now} />}>
      <Answer token={token} invitation={invitation} self={self} onDeclined={decline} />
    </AuthCard>
  );
}

function titleOf(invitation: Looked): string {
  if (invitation.zone) return `Guest of ${invitation.zone.displayName}`;
  return invitation.server ? `Use the server ${invitation.server.name}` : `Join ${invitation.organisation}`;
}

async function lookAt(token: string): Promise<State> {
  if (token === "") return { step: "void", message: INCOMPLETE };
  try {
    return { step: "shown", token, invitation: await attempt((api) => api.invites.look({ token })) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.failure.code !== "not_found") return { step: "failed", failure: error.failure };
    forgetToken();
    return { step: "void", message: error.failure.message };
  }
}

function Terms({ invitation, now }: { invitation: Looked; now: number }) {
  const { organisation, role, zone, server, invitedBy, email, expiresAt } = invitation;
  const who = <strong className="font-semibold text-text wrap-anywhere">{email}</strong>;
  return (
    <>
      <p>
        {invitedBy} invites {who}{" "}
        {role && (
          <>
            to join {organisation} as {roleWords(role)}.
          </>
        )}
        {zone && (
          <>
            to {guestWords(zone)}, in the zone {zone.displayName} of {organisation}. The access ends{" "}
            <Time at={zone.until} now={now} />.
          </>
        )}
        {server && (
          <>
            to use the server {server.name} of {organisation}. {serverWords(server.capabilities)}
            {server.until !== null && (
              <>
                {" "}
                The access ends <Time at={server.until} now={now} />.
              </>
            )}
          </>
        )}
      </p>
      <p className="mt-1 text-faint">
        The invitation ends <Time at={expiresAt} now={now} />.
      </p>
    </>
  );
}

interface AnswerProps {
  token: string;
  invitation: Looked;
  self: string | null;
  onDeclined: () => void;
}

function Answer({ token, invitation, self, onDeclined }: AnswerProps) {
  const decline = <Decline token={token} invitation={invitation} onDone={onDeclined} />;
  if (invitation.you === "invited") return <Accept token={token} decline={decline} />;
  if (invitation.you === "somebody else") return <AnotherAccount email={invitation.email} self={self} />;
  if (!invitation.account) return <NewAccount token={token} email={invitation.email} decline={decline} />;
  return (
    <>
      <p className="text-dim">This address has an account. Sign in with it, and you come back here.</p>
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        {decline}
        <LinkButton variant="primary" href="/login?callbackUrl=%2Finvite">
          Sign in to accept
        </LinkButton>
      </div>
    </>
  );
}

function Accept({ token, decline }: { token: string; decline: React.ReactNode }) {
  const { pending, failure, run } = useAction();
  const [left, setLeft] = useState(false);
  const accept = async () => {
    const outcome = await run((api) => api.invites.accept({ token }));
    if (!outcome?.ok) return;
    setLeft(true);
    forgetToken();
    window.location.assign(pathOfAnswer(outcome.value));
  };
  return (
    <>
      {failure && <FailureBanner failure={failure} />}
      {failure?.code === "second_factor_required" && (
        <p className="mt-2">
          <TextLink href="/dashboard/settings/security">Set up a second factor</TextLink>, then open this page again.
        </p>
      )}
      <div className="mt-4 flex flex-wrap justify-end gap-2 first:mt-0">
        {decline}
        <Button variant="primary" pending={pending || left} onClick={accept}>
          Accept
        </Button>
      </div>
    </>
  );
}

function AnotherAccount({ email, self }: { email: string; self: string | null }) {
  const [pending, setPending] = useState(false);
  const [failed, setFailed] = useState(false);
  const change = async () => {
    setPending(true);
    setFailed(false);
    try {
      const { signOut } = await import("next-auth/react");
      await signOut({ callbackUrl: "/invite" });
    } catch {
      setPending(false);
      setFailed(true);
    }
  };
  return (
    <>
      <Banner tone="warn" title="You are signed in with another address">
        <span className="wrap-anywhere">
          {self ? `You are ${self}. ` : ""}To accept this invitation, sign out and go on as {email}.
        </span>
      </Banner>
      {failed && (
        <Banner tone="bad" live className="mt-2">
          Signing out did not work. Try again.
        </Banner>
      )}
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <LinkButton href="/dashboard">Stay signed in</LinkButton>
        <Button variant="primary" pending={pending} onClick={change}>
          Sign out and go on
        </Button>
      </div>
    </>
  );
}

function Decline({ token, invitation, onDone }: { token: string; invitation: Looked; onDone: () => void }) {
  return (
    <ConfirmButton
      label="Decline"
      title={`Decline the invitation to ${nameOf(invitation)}?`}
      confirm="Decline invitation"
      call={(api) => api.invites.decline({ token })}
      onDone={onDone}
    >
      The link stops working. Should you change your mind, you need another invitation.
    </ConfirmButton>
  );
}
