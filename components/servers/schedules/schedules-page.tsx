/** The schedules of a server. */

import { EmptyState } from "#components/ui/empty-state.tsx";
import { CalendarClock } from "#components/ui/icons.tsx";
import { load } from "#lib/api/caller.ts";
import { Refreshing } from "../backups/refreshing.tsx";
import { AddSchedule } from "./add-schedule.tsx";
import { ScheduleList } from "./schedule-list.tsx";

export async function SchedulesPage({ params }: { params: Promise<{ server: string }> }) {
  const { server } = await params;
  const { items } = await load((api) => api.servers.schedules.list({ server }));
  return (
    <>
      <Refreshing while={items.some(({ last }) => last?.state === "running")} />
      <div className="mb-2.5 flex flex-wrap items-center justify-between gap-2">
        <p className="text-dim">
          What is done by the clock. A step is done with the rights of whoever wrote it, as long as they have them.
        </p>
        {items.length > 0 && <AddSchedule server={server} />}
      </div>
      {items.length === 0 ? (
        <EmptyState
          icon={<CalendarClock />}
          title="Nothing is done by the clock yet"
          action={<AddSchedule server={server} />}
        >
          A schedule starts, stops or restarts the server, sends it commands and makes backups, one after the other.
        </EmptyState>
      ) : (
        <ScheduleList server={server} items={items} now={Date.now()} />
      )}
    </>
  );
}
