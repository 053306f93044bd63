/** What every page of a server has on top: its name and state, what stands in its way, and the tabs. */
import type { ReactNode } from "react";
import { PageName } from "#components/frame/page-name.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Banner } from "#components/ui/banner.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { AfterMove } from "./after-move.tsx";
import { Refreshing } from "./backups/refreshing.tsx";
import { InstallLog } from "./install-log.tsx";
import { openServer, type Server } from "./server-data.ts";
import { tabsOf } from "./server-tabs.ts";
import { addressOf, StateBadge } from "./words.tsx";

export async function ServerFrame({ server, children }: { server: string; children: ReactNode }) {
  const open = await openServer(server);
  const note = noteOf(open);
  return (
    <>
      <Refreshing while={open.state === "installing" || open.state === "deleting" || open.state === "transferring"} />
      <AfterMove moving={open.state === "transferring"} />
      <PageName name={open.name} />
      <PageHeader
        title={open.name}
        badge={
          <>
            <StateBadge {...open} /> {open.asStaff && <Badge tone="accent">As staff</Badge>}
          </>
        }
        meta={[
          <span key="address" className="font-mono">
            {addressOf(open.address)}
          </span>,
          open.egg,
          ...(open.organisation ? [open.organisation.name] : []),
        ]}
      />
      {open.suspended && (
        <Banner tone="warn" title="This server is suspended" className="mb-3.5">
          {open.suspendedReason ?? "It is stopped, and cannot be used until that is lifted."}
        </Banner>
      )}
      {note && (
        <Banner
          tone={note.tone}
          className="mb-3.5"
          action={
            open.state === "install_failed" &&
            open.opens.includes("settings") &&
            open.opens.includes("files") && <InstallLog server={open.id} />
          }
        >
          {note.text}
        </Banner>
      )}
      <Tabs label="Server" items={tabsOf(open)} className="mb-3.5" />
      {children}
    </>
  );
}

function noteOf({ state, problem, moving }: Server): { tone: "info" | "bad" | "warn"; text: string } | null {
  switch (state) {
    case "installing":
      return { tone: "info", text: "Its node is installing it. That can take some minutes." };
    case "install_failed":
      return { tone: "bad", text: `It could not be installed. ${problem ?? "Install it again in its settings."}` };
    case "interrupted":
      return {
        tone: "warn",
        text: `${problem ?? "Its node started anew while it was being installed."} Install it again in its settings.`,
      };
    case "transferring":
      return {
        tone: "info",
        text: `It is moving${moving ? ` to another node, ${moving.to}${moving.location ? ` in ${moving.location}` : ""}` : ""}, with all of its files, and is stopped meanwhile. Its console, files and backups can be reached when that is over.${moving?.address ? ` Its address will be ${addressOf(moving.address)}.` : ""}`,
      };
    case "deleting":
      return { tone: "bad", text: problem ?? "It is being deleted, with all of its files." };
    default:
      return null;
  }
}
