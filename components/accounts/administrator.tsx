/** The switch that makes somebody an administrator, or no longer one: the role rootAdmin, and all that comes of it said first. */
"use client";
import { useRouter } from "next/navigation";
import { Foreseen } from "#components/staff/foreseen.tsx";
import { toast } from "#components/ui/toast.tsx";

const ROOT = "rootAdmin";

export interface AdministratorProps {
  user: string;
  email: string;
  roles: readonly { id: string; name: string }[];
}

export function Administrator({ user, email, roles }: AdministratorProps) {
  const router = useRouter();
  const on = roles.some(({ name }) => name === ROOT);
  const others = roles.filter(({ name }) => name !== ROOT).map(({ id }) => id);
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 rounded-md border border-line px-3 py-2.5">
      <div className="min-w-0">
        <p className="font-medium">Administrator: {on ? "yes" : "no"}</p>
        <p className="text-dim">Everything, now and later, with the role {ROOT}.</p>
      </div>
      <Foreseen
        label={on ? "Take it away" : "Make administrator"}
        accessibleLabel={on ? `Take it away: administrator, ${email}` : `Make administrator: ${email}`}
        button={{ size: "sm", variant: on ? "danger" : "default" }}
        title={on ? `Is ${email} no longer an administrator?` : `Make ${email} an administrator?`}
        confirm={on ? "Take it away" : "Make administrator"}
        tone={on ? "danger" : "primary"}
        call={(api, dryRun) => api.accounts.assign({ user, roles: on ? others : [...others, ROOT], dryRun })}
        onDone={() => {
          toast(on ? `${email} is no longer an administrator` : `${email} is an administrator now`);
          router.refresh();
        }}
      />
    </div>
  );
}
