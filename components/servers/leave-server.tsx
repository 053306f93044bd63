/** The way out of a server that one was let into. */
"use client";
import { useRouter } from "next/navigation";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { toast } from "#components/ui/toast.tsx";

export function LeaveServer({ server, name }: { server: string; name: string }) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Leave this server"
      title={`Leave ${name}?`}
      confirm="Leave"
      call={(api) => api.servers.people.leave({ server })}
      onDone={() => {
        toast(`You have left ${name}`);
        router.push("/dashboard/servers");
      }}
    >
      You can come back only if you are invited again.
    </ConfirmButton>
  );
}
