/** Where a session is led that owes the second factor its role asks for: nothing else is open to it. */
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { AuthCard } from "#components/frame/auth-card.tsx";
import { SignOut } from "#components/frame/sign-out.tsx";
import { currentActor, load } from "#lib/api/caller.ts";
import { deviceOf } from "#lib/auth/device.ts";
import { pages } from "#lib/panel-here.ts";
import { returnPath } from "./return-path.ts";
import { SecondFactorSteps } from "./second-factor-steps.tsx";

export async function SecondFactor({ callbackUrl }: { callbackUrl: string | string[] | undefined }) {
  const [actor, factors] = await Promise.all([currentActor(), load((api) => api.factors.state({}))]);
  const next = returnPath(callbackUrl);
  if (actor.mfa !== "missing") redirect(next);
  const device = deviceOf((await headers()).get("user-agent") ?? "");
  return (
    <AuthCard
      title={factors.mayEnrol ? "Set up a second factor" : "Confirm that it is you"}
      description={
        factors.mayEnrol
          ? "Your role asks for one, so that a password alone is not enough to act in your name. Nothing else opens before that."
          : "Your role asks for a second factor, and this session has not shown one yet."
      }
      footer={
        <>
          Signed in as {actor.label}. <SignOut className="inline-flex items-center gap-1.5 underline [&_svg]:hidden" />
        </>
      }
    >
      <SecondFactorSteps factors={factors} next={next} device={pages().facts().passkeys ? device : null} />
    </AuthCard>
  );
}
