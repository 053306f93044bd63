/** What the walk's calls about schedules are about. */
import { fresh, type Stage } from "../support/stage.ts";

type Values = Record<string, unknown>;

export const scheduleSamples: Record<string, (stage: Stage) => Values> = {
  "servers.schedules.runs": (stage) => ({ schedule: insertSchedule(stage) }),
  "servers.schedules.create": () => ({
    name: "Nightly",
    cron: "30 4 * * *",
    steps: [{ kind: "power", payload: "restart" }],
  }),
  "servers.schedules.edit": (stage) => ({ schedule: insertSchedule(stage), enabled: false }),
  "servers.schedules.remove": (stage) => ({ schedule: insertSchedule(stage) }),
  "servers.schedules.run": (stage) => ({ schedule: insertSchedule(stage) }),
};

function insertSchedule({ sql, server }: Stage): string {
  const id = `schedule-${fresh()}`;
  sql.run(
    "insert into server_schedules (id, server_id, name, cron, created_at, updated_at) values (?, ?, 'Nightly', '30 4 * * *', 0, 0)",
    id,
    server,
  );
  return id;
}
