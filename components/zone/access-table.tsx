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
import { isBelow } from "#lib/access/zone-level.ts";
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

const saidOf = (row: LadderRow): string =>
  row.role === null && row.own === null ? `${row.name} is no longer a guest` : `${row.name} now has: ${row.level}`;

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
  const done = (done: LadderRow | { email: string }) => {
    toast("level" in done ? saidOf(done) : `${done.email} is invited`, { tone: "ok" });
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
              <td data-label="Role">{row.role ? roles[row.role] : "Guest"}</td>
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
                {(row.role === "member" || row.role === null) && (
                  <span className="inline-flex flex-wrap gap-1.5 sm:justify-end">
                    <Button size="sm" aria-label={`Set level of ${row.name}`} onClick={() => show("set", row)}>
                      Set level
                    </Button>
                    {row.own && (
                      <Button size="sm" aria-label={`${wayBack(row)}: ${row.name}`} onClick={() => show("clear", row)}>
                        {wayBack(row)}
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
          title={
            open.row.role === null ? `Remove the guest ${open.row.name}?` : `Take back the level of ${open.row.name}?`
          }
          confirm={open.row.role === null ? "Remove guest" : "Back to member default"}
          tone={open.row.role === null ? "danger" : "primary"}
          onConfirm={() => clear(open.row)}
        >
          <p>
            {open.row.name} has {open.row.level} in {zone} now, and will then have: {open.row.inherited}.
          </p>
          {gives(open.row) && (
            <p className="mt-2 font-medium text-text">
              This gives more access than now. It is noted so in the audit log.
            </p>
          )}
        </ConfirmDialog>
      )}
    </>
  );
}

const wayBack = (row: LadderRow): string => (row.role === null ? "Remove" : "Back to member default");

/** Whether taking the row away gives more, be it only outside its names and types. */
const gives = ({ own, inherited }: LadderRow): boolean => own !== null && isBelow(own, inherited);

function sourceOf({ role, own, level, inherited }: LadderRow): string {
  if (role === null)
    return own?.expired ? "Invitation (has ended)" : level === "none" ? "Invitation (guests are off)" : "Invitation";
  if (role !== "member") return "Role";
  if (own?.expired && (level !== inherited || isBelow(own, inherited))) return "Set here (its end gives no more)";
  if (own?.expired) return "Member default (the level set here has ended)";
  return own ? "Set here" : "Member default";
}

const narrowingOf = ({ own }: LadderRow): string => (own ? [...own.names, ...own.types].join(", ") : "");
