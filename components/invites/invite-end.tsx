/** When an invitation that waits ends, or that its link opens nothing as things stand. */
import { Badge } from "#components/ui/badge.tsx";
import { Time } from "#components/ui/time.tsx";

export const InviteEnd = ({ valid, at, now }: { valid: boolean; at: number; now: number }) =>
  valid ? <Time at={at} now={now} /> : <Badge tone="warn">Not valid</Badge>;

export const InvalidInvites = ({ items }: { items: readonly { valid: boolean }[] }) =>
  items.some(({ valid }) => !valid) && (
    <p className="mt-2 text-dim">
      An invitation is not valid while whoever sent it may not invite. Sent again, it is yours.
    </p>
  );
