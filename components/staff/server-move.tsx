/** Moving a server to another node: what that would be, and how far it is. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { Refreshing } from "#components/servers/backups/refreshing.tsx";
import { addressOf } from "#components/servers/words.tsx";
import { attempt } from "#components/ui/attempt.ts";
import { Banner } from "#components/ui/banner.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Outputs } from "#lib/api/outputs.ts";
import type { TabRow } from "./tab-props.ts";

const MoveDialog = dynamic(() => import("./move-dialog.tsx").then((module) => module.MoveDialog));

type Server = TabRow<"servers">;

export function MoveServer({ server, now }: { server: Server; now: number }) {
  const { pending, run } = useAction();
  const latest = useRef(0);
  const [preview, setPreview] = useState<Outputs["staffServers"]["transfer"]["open"] | null>(null);
  const open = async () => {
    const got = await run((api) => api.staffServers.transfer.open({ server: server.id }));
    if (got?.ok) setPreview(got.value);
    else if (got) toast(got.failure.message, { tone: "bad" });
  };
  const look = async (query: { q: string; node: string | null }) => {
    const mine = ++latest.current;
    const found = await attempt((api) => api.staffServers.transfer.open({ server: server.id, ...query })).catch(
      () => null,
    );
    // Somebody has typed on meanwhile, or closed it.
    if (found && latest.current === mine) setPreview(found);
  };
  return (
    <>
      <Button aria-haspopup="dialog" pending={pending} onClick={open}>
        Move to another node
      </Button>
      {preview && (
        <MoveDialog
          server={server}
          preview={preview}
          look={look}
          now={now}
          onClose={() => {
            latest.current++;
            setPreview(null);
          }}
        />
      )}
    </>
  );
}

interface MovingServerProps {
  server: Server;
  moving: NonNullable<Server["moving"]>;
  mayStop: boolean;
  now: number;
}

export function MovingServer({ server, moving, mayStop, now }: MovingServerProps) {
  const router = useRouter();
  return (
    <>
      <Refreshing while />
      <Banner
        title={`Moving from ${moving.from} to ${moving.to}`}
        action={
          mayStop && (
            <ConfirmButton
              label="Call it off"
              title={`Leave ${server.name} on ${moving.from}?`}
              confirm="Call it off"
              tone="danger"
              call={(api) => api.staffServers.transfer.cancel({ server: server.id })}
              onDone={() => {
                toast(`${server.name} stays on ${moving.from}`);
                router.refresh();
              }}
            >
              What has arrived at {moving.to} is deleted there. The server can be started again where it is.
            </ConfirmButton>
          )
        }
      >
        Begun <Time at={moving.startedAt} now={now} />. It is stopped, and stays on {moving.from} until {moving.to} has
        all of its files.
        {moving.address && ` Its address will be ${addressOf(moving.address)}.`}
      </Banner>
    </>
  );
}
