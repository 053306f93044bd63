/** Rows as they are written, by the filters of the page. */
"use client";
import { useEffect, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Radio, Square } from "#components/ui/icons.tsx";
import { exactTime } from "#components/ui/time.tsx";
import { one, type Query } from "./address.ts";
import { Outcome, took } from "./log-words.tsx";
import type { TabData } from "./tab-props.ts";

type Row = TabData<"logs">["items"][number];

const MOST = 200;
const PARAMS = ["actor", "action", "status", "over", "requestId", "target", "q"];

export function FollowLogs({ query, view }: { query: Query; view: Row["view"] }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Radio aria-hidden="true" />
        Follow live
      </Button>
      {open && (
        <Dialog open onOpenChange={setOpen} title="Live log" size="lg">
          <Stream query={query} view={view} />
        </Dialog>
      )}
    </>
  );
}

type State = "waiting" | "open" | "closed";

function Stream({ query, view }: { query: Query; view: Row["view"] }) {
  const [rows, setRows] = useState<readonly Row[]>([]);
  const [skipped, setSkipped] = useState(0);
  const [state, setState] = useState<State>("waiting");
  const [stopped, setStopped] = useState(false);
  const set = PARAMS.filter((param) => one(query, param) !== "").map((param) => [param, one(query, param)]);
  const address = `/api/admin/logs/follow?${new URLSearchParams([["view", view], ...set])}`;

  useEffect(() => {
    if (stopped) return;
    const source = new EventSource(address);
    source.addEventListener("open", () => setState("open"));
    source.addEventListener("message", ({ data }) => {
      const news = JSON.parse(data) as { items: Row[]; skipped: number };
      setRows((before) => [...news.items.toReversed(), ...before].slice(0, MOST));
      setSkipped((before) => before + news.skipped);
    });
    // The panel ended it: the permission is gone, or the panel stops.
    source.addEventListener("done", () => {
      source.close();
      setState("closed");
    });
    source.addEventListener("error", () => setState(source.readyState === EventSource.CLOSED ? "closed" : "waiting"));
    return () => source.close();
  }, [address, stopped]);

  const says = stopped
    ? "Stopped."
    : { waiting: "Connecting…", open: "Rows appear here as they are written.", closed: "The connection was closed." }[
        state
      ];
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <p role="status" className="text-dim">
          {says}
          {skipped > 0 && ` ${skipped} were left out because too many came at once.`}
        </p>
        {!stopped && state !== "closed" && (
          <Button size="sm" onClick={() => setStopped(true)}>
            <Square aria-hidden="true" />
            Stop
          </Button>
        )}
      </div>
      <ul aria-label="Live rows" className="min-h-[40vh] rounded-lg border border-line font-mono text-xs">
        {rows.map((row) => (
          <li key={row.id} className="flex flex-wrap gap-x-3 border-line2 border-b px-3 py-1.5 wrap-anywhere">
            <time dateTime={new Date(row.at).toISOString()} className="text-dim">
              {exactTime(row.at)}
            </time>
            <span className="min-w-0 flex-1 basis-60">{row.view === "requests" ? row.target : row.action}</span>
            {row.outcome !== null && <Outcome {...row} />}
            <span className="text-dim">{took(row.ms)}</span>
            <span className="text-dim">{row.actor ?? row.text}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
