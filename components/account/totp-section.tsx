/** Two-step sign-in: the authenticator app, and the recovery codes that stand in for it. */
import { Badge } from "#components/ui/badge.tsx";
import { Facts, Panel } from "#components/ui/panel.tsx";
import { Time } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";
import { RemoveTotp, RenewCodes, SetUpTotp } from "./totp-actions.tsx";

const FEW = 3;

export async function TotpSection() {
  const { totp, recoveryCodes, required, passkeys, password } = await load((api) => api.factors.state({}));
  const now = Date.now();
  const description = password
    ? "After your password, a code from an authenticator app. A passkey needs no second step."
    : "Counts with a password only, which your account does not have. A passkey needs no second step.";
  if (!totp)
    return (
      <Panel title="Two-step sign-in" description={description} actions={<SetUpTotp replaces={false} />}>
        <p className="text-dim">
          Off.{required && " Your role requires a second factor: add a passkey or set this up."}
        </p>
      </Panel>
    );
  const last = required && passkeys === 0;
  return (
    <Panel
      title="Two-step sign-in"
      description={description}
      actions={
        <>
          <SetUpTotp replaces />
          {!last && <RemoveTotp />}
        </>
      }
      footer={<RenewCodes left={recoveryCodes} />}
    >
      <Facts
        items={[
          {
            label: "Authenticator app",
            value: (
              <>
                <Badge tone="ok">On</Badge> since <Time at={totp.since} now={now} />
                {last && <span className="text-dim">. Your role asks for a second factor, so it stays on.</span>}
              </>
            ),
          },
          {
            label: "Recovery codes",
            value: (
              <>
                {recoveryCodes} of 10 left
                {recoveryCodes <= FEW && (
                  <Badge tone="warn" className="ms-2">
                    {recoveryCodes === 0 ? "Make new ones" : "Nearly used up"}
                  </Badge>
                )}
              </>
            ),
          },
        ]}
      />
    </Panel>
  );
}
