/** The members with their levels, and the two acts: set a level, and go back to the member default. */
"use client";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Ladder } from "#components/ui/ladder.tsx";
import { Table, THead, Th } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { LadderRow } from "#lib/dns/zone-permissions.ts";
import { stepsOfLevel } from "./zone-view.ts";

const AccessForm = dynamic(() => import("./access-form.tsx").then((module) => module.AccessForm));
const ConfirmDialog = dynamic(() => import("#components/ui/confirm-dialog.tsx").then((module) => module.ConfirmDialog));

export interface AccessTableProps {
  organisation: string;
  zone: string;
  rows: readonly LadderRow[];
  now: number;
}

const roles = { owner: "Owner", admin: "Admin", member: "Member" } as const;

export function AccessTable({ organisation, zone, rows, now }: AccessTableProps) {
  const router = useRouter();
  const [open, setOpen] = useState<{ act: "set" | "clear"; row: LadderRow } | null>(null);
  const opener = useRef<HTMLElement | null>(null);

  const show = (act: "set" | "clear", row: LadderRow) => {
    opener.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    setOpen({ act, row });
  };
  const close = () => {
    setOpen(null);
    requestAnimationFrame(() => opener.current?.isConnected && opener.current.focus());
  };
  const done = (row: LadderRow) => {
    toast(`${row.name} now has: ${row.level}`, { tone: "ok" });
    close();
    router.refresh();
  };
  const clear = async (row: LadderRow) => {
    const { api, failureOf } = await import("#lib/api/client.ts");
    try {
      done(await api.dns.clearPermission({ organisation, zone, user: row.userId }));
    } catch (error) {
      throw new Error(failureOf(error).message);
    }
  };

  return (
    <>
      <Table label="Access" stack>
        <THead>
          <Th>Member</Th>
          <Th>Role</Th>
          <Th>Level</Th>
          <Th>From</Th>
          <Th>Only for</Th>
          <Th>Until</Th>
          <Th hidden>Actions</Th>
        </THead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.userId} className="hover:bg-hover">
              <td data-label="Member">
                <div className="min-w-0 wrap-anywhere">
                  {row.name}
                  <div className="text-faint">{row.email}</div>
                </div>
              </td>
              <td data-label="Role">{roles[row.role]}</td>
              <td data-label="Level">
                <Ladder value={stepsOfLevel(row.level)} label={row.level} />
              </td>
              <td data-label="From" className="text-dim">
                {sourceOf(row)}
              </td>
              <td data-label="Only for" className="font-mono wrap-anywhere">
                {narrowingOf(row)}
              </td>
              <td data-label="Until">{row.own?.expiresAt != null && <Time at={row.own.expiresAt} now={now} />}</td>
              <td className="w-px text-end whitespace-nowrap">
                {row.role === "member" && (
                  <span className="inline-flex flex-wrap gap-1.5">
                    <Button size="sm" aria-label={`Set level of ${row.name}`} onClick={() => show("set", row)}>
                      Set level
                    </Button>
                    {row.own && (
                      <Button
                        size="sm"
                        aria-label={`Back to member default: ${row.name}`}
                        onClick={() => show("clear", row)}
                      >
                        Back to member default
                      </Button>
                    )}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      {open?.act === "set" && (
        <AccessForm organisation={organisation} zone={zone} row={open.row} onDone={done} onClose={close} />
      )}
      {open?.act === "clear" && (
        <ConfirmDialog
          open
          onOpenChange={(still) => !still && close()}
          title={`Take back the level of ${open.row.name}?`}
          confirm="Back to member default"
          tone="primary"
          onConfirm={() => clear(open.row)}
        >
          {open.row.name} has {open.row.level} in {zone} now, and will then have: {open.row.inherited}.
        </ConfirmDialog>
      )}
    </>
  );
}

function sourceOf({ role, own }: LadderRow): string {
  if (role !== "member") return "Role";
  if (own?.expired) return "Member default (the level set here has ended)";
  return own ? "Set here" : "Member default";
}

const narrowingOf = ({ own }: LadderRow): string => (own ? [...own.names, ...own.types].join(", ") : "");
